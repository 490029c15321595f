// What the status bar shows, as plain data.

export type Mode = 'starting' | 'ready' | 'busy' | 'warning' | 'error' | 'off';

export interface State {
  readonly mode: Mode;
  /** One sentence for the user; may be empty. */
  readonly message: string;
}

export interface ActiveLanguage {
  readonly id: string;
  readonly enabled: boolean;
}

export interface StatusView {
  readonly text: string;
  /** What a screen reader says, and what tests look for. */
  readonly label: string;
  readonly tooltip: string;
  readonly severity: 'none' | 'warning' | 'error';
}

const kModeOfKind: Readonly<Record<string, Mode>> = {
  Normal: 'ready',
  Warning: 'warning',
  Error: 'error',
  Inactive: 'off',
};

/** Reads the parameters of `$/fimd/status`; undefined when they are none. */
export function readStatus(params: unknown): State | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  const { kind, busy, message } = params as Record<string, unknown>;
  if (typeof kind !== 'string' || !Object.hasOwn(kModeOfKind, kind)) return undefined;
  const mode = kModeOfKind[kind] ?? 'ready';
  return {
    mode: mode === 'ready' && busy === true ? 'busy' : mode,
    message: typeof message === 'string' ? message : '',
  };
}

const kIcons: Readonly<Record<Mode, string>> = {
  starting: '$(loading~spin)',
  ready: '$(sparkle)',
  busy: '$(loading~spin)',
  warning: '$(warning)',
  error: '$(error)',
  off: '$(circle-slash)',
};

/** How `state` looks while a document of `language` has the focus, if any. */
export function viewStatus(state: State, language: ActiveLanguage | undefined): StatusView {
  const alive = state.mode === 'ready' || state.mode === 'busy';
  const silent = alive && language !== undefined && !language.enabled;
  const mode = silent ? 'off' : state.mode;
  const label = silent ? `fimd: off for ${language.id}` : `fimd: ${mode}`;
  return {
    text: `${kIcons[mode]} fimd`,
    label,
    tooltip: state.message ? `${label}\n${state.message}` : label,
    severity: mode === 'warning' || mode === 'error' ? mode : 'none',
  };
}
