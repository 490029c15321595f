// What the status bar shows, as plain data.

export type Mode = 'starting' | 'loading' | 'ready' | 'busy' | 'warning' | 'error' | 'off';

/** Why a document gets no suggestions unless they are asked for. */
export interface Silence {
  readonly uri: string;
  readonly reason: string;
  /** For the user. */
  readonly text: string;
}

export interface State {
  readonly mode: Mode;
  /** One sentence for the user; may be empty. */
  readonly message: string;
  /** The model's name; empty: unknown. */
  readonly model: string;
  /** How much of the model is loaded; undefined: unknown. */
  readonly percent: number | undefined;
  /** The setting to change after a failure; empty: none would help. */
  readonly setting: string;
  readonly silence: Silence | undefined;
}

/** What the editor alone knows: where the user is, and what he switched off. */
export interface Scene {
  readonly document: FrontDocument | undefined;
  /** A time of day; empty: no snooze. */
  readonly snoozedUntil: string;
}

export interface FrontDocument {
  readonly uri: string;
  readonly language: string;
  /** By the setting `fimd.enable`. */
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

const kModeOfState: Readonly<Record<string, Mode>> = {
  loading: 'loading',
  ready: 'ready',
  working: 'busy',
  failed: 'error',
};

export function stateOf(mode: Mode, message = ''): State {
  return { mode, message, model: '', percent: undefined, setting: '', silence: undefined };
}

/** Reads the parameters of `$/fimd/status`; undefined when they are none. */
export function readStatus(params: unknown): State | undefined {
  const status = membersOf(params);
  const byKind = lookUp(kModeOfKind, status['kind']);
  if (byKind === undefined) return undefined;
  const silence = readSilence(status['silence']);
  // A document that is kept silent makes the kind Inactive; the state tells how the server fares.
  const silent = byKind === 'off' && silence !== undefined;
  const byState = lookUp(kModeOfState, status['state']);
  const mode = byState ?? (status['busy'] === true ? 'busy' : 'ready');
  const { percent } = status;
  return {
    mode: silent || byKind === 'ready' ? mode : byKind,
    message: silent ? '' : textOf(status['message']),
    model: textOf(status['model']),
    percent: typeof percent === 'number' ? Math.min(Math.max(percent, 0), 100) : undefined,
    setting: textOf(status['setting']),
    silence,
  };
}

/** What keeps the document in front silent, by the server's word; undefined: nothing. */
export function silenceIn(scene: Scene, state: State): Silence | undefined {
  return state.silence?.uri === scene.document?.uri ? state.silence : undefined;
}

/** How `state` looks in `scene`. What the user switched off wins over the server's reasons. */
export function viewStatus(state: State, scene: Scene): StatusView {
  const { icon, words, reason } = partsOf(state, scene);
  const percent = state.mode === 'loading' && state.percent !== undefined;
  const label = `fimd: ${words}`;
  const model = state.model === '' ? '' : `model: ${state.model}`;
  return {
    text: percent ? `${icon} fimd ${state.percent} %` : `${icon} fimd`,
    label,
    tooltip: [label, model, reason].filter((line) => line !== '').join('\n'),
    severity: state.mode === 'warning' || state.mode === 'error' ? state.mode : 'none',
  };
}

interface Parts {
  readonly icon: string;
  readonly words: string;
  readonly reason: string;
}

const kIcons: Readonly<Record<Mode, string>> = {
  starting: '$(loading~spin)',
  loading: '$(loading~spin)',
  ready: '$(sparkle)',
  busy: '$(loading~spin)',
  warning: '$(warning)',
  error: '$(error)',
  off: '$(circle-slash)',
};

function partsOf(state: State, scene: Scene): Parts {
  const { mode, message } = state;
  const { document, snoozedUntil } = scene;
  const parts = (icon: string, words: string, reason = message): Parts => ({ icon, words, reason });
  if (mode === 'loading' && state.percent !== undefined) {
    return parts(kIcons.loading, `loading, ${state.percent} %`);
  }
  if (mode !== 'ready' && mode !== 'busy') return parts(kIcons[mode], mode);
  if (snoozedUntil !== '') return parts('$(bell-slash)', `snoozed until ${snoozedUntil}`);
  if (document?.enabled === false) return parts(kIcons.off, `off for ${document.language}`);
  const silence = silenceIn(scene, state);
  if (silence !== undefined) return parts(kIcons.off, 'silent here', silence.text);
  return parts(kIcons[mode], mode);
}

function readSilence(value: unknown): Silence | undefined {
  const { uri, reason, text } = membersOf(value);
  if (typeof uri !== 'string') return undefined;
  return { uri, reason: textOf(reason), text: textOf(text) };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function lookUp(table: Readonly<Record<string, Mode>>, key: unknown): Mode | undefined {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
}
