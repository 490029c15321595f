// What the item in the status bar offers, as plain data.
import { silenceIn, type Scene, type State } from './status';

export interface MenuEntry {
  readonly label: string;
  readonly description?: string;
  readonly command: string;
  readonly argument?: string;
}

/** Reasons for silence that listing the language in `fimd.enable` takes away. */
const kListable = ['prose', 'disabled'];

/** Whether suggestions come in the language in front, for all that the user and the server say. */
export function isLanguageOn(state: State, scene: Scene): boolean {
  const silence = silenceIn(scene, state);
  const byServer = silence === undefined || !kListable.includes(silence.reason);
  return scene.document?.enabled === true && byServer;
}

/** `off` tells whether fimd is disabled in this workspace. */
export function menuEntries(off: boolean, state: State, scene: Scene): MenuEntry[] {
  const model = {
    label: '$(server-environment) Model',
    description: state.model,
    command: 'fimd.openSetting',
    argument: 'fimd.model',
  };
  return [
    off
      ? { label: '$(check) Enable (Workspace)', command: 'fimd.enable' }
      : { label: '$(circle-slash) Disable (Workspace)', command: 'fimd.disable' },
    ...(off ? [] : whileOn(state, scene)),
    model,
    { label: '$(refresh) Restart the Server', command: 'fimd.restart' },
    { label: '$(output) Show Log', command: 'fimd.showLog' },
    { label: '$(gear) Settings', command: 'fimd.openSetting' },
    { label: '$(question) Help', command: 'fimd.showHelp' },
  ];
}

function whileOn(state: State, scene: Scene): MenuEntry[] {
  const entries: MenuEntry[] = [];
  if (scene.document !== undefined) {
    const verb = isLanguageOn(state, scene) ? '$(circle-slash) Disable' : '$(check) Enable';
    const label = `${verb} for ${scene.document.language}`;
    entries.push({ label, command: 'fimd.toggleLanguage' });
  }
  entries.push(
    scene.snoozedUntil === ''
      ? { label: '$(bell-slash) Snooze...', command: 'fimd.snooze' }
      : { label: '$(bell) End the Snooze', command: 'fimd.endSnooze' },
  );
  return entries;
}
