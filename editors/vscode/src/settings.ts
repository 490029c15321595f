// What the setting `fimd.enable` means, as the server understands it too.

/** The setting `fimd.enable`: by language identifier, "*" for the languages that are not listed. */
export type EnableTable = Readonly<Record<string, unknown>>;

/** What the user wrote for `key`; undefined when there is nothing, or no boolean. */
function ownBoolean(table: EnableTable, key: string): boolean | undefined {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof value === 'boolean' ? value : undefined;
}

/** Whether suggestions are wanted in documents of this language. */
export function isEnabled(table: EnableTable, languageId: string): boolean {
  return ownBoolean(table, languageId) ?? ownBoolean(table, '*') ?? true;
}
