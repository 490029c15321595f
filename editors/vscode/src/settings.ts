// What the setting `fimd.enable` means, as the server understands it too, and where settings are
// changed.

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

/** Where VS Code keeps a setting, by what its own commands are called. */
export type SettingsScope = 'Settings' | 'RemoteSettings' | 'WorkspaceSettings';

/** The settings that hold paths and the like of the machine with the files. */
const kOfMachine = ['fimd.path', 'fimd.model', 'fimd.threads'];

/** The scope that decides about `setting`: in a remote window, User does not list the machine's. */
export function scopeOf(setting: string, inWorkspace: boolean, remote: boolean): SettingsScope {
  if (inWorkspace) return 'WorkspaceSettings';
  return remote && kOfMachine.includes(setting) ? 'RemoteSettings' : 'Settings';
}
