// The item in the status bar, and the menu that it opens.
import * as vscode from 'vscode';

import { menuEntries } from './menu';
import { isEnabledIn, type Server } from './server';
import type { Snooze } from './snooze';
import { viewStatus, type Scene, type State, type StatusView } from './status';

const kColors = {
  none: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

const kSnoozes = [
  { label: '5 minutes', minutes: 5 },
  { label: '15 minutes', minutes: 15 },
  { label: '1 hour', minutes: 60 },
  { label: '4 hours', minutes: 240 },
];

export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #server: Server;
  readonly #snooze: Snooze;

  constructor(server: Server, snooze: Snooze) {
    this.#server = server;
    this.#snooze = snooze;
    this.#item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right);
    this.#item.name = 'fimd';
    this.#item.command = 'fimd.showMenu';
    this.update();
    this.#item.show();
  }

  get state(): State {
    return this.#server.state;
  }

  get scene(): Scene {
    const document = vscode.window.activeTextEditor?.document;
    const { untilMs } = this.#snooze;
    return {
      document: document && {
        uri: document.uri.toString(),
        language: document.languageId,
        enabled: isEnabledIn(document),
      },
      snoozedUntil: untilMs === undefined ? '' : timeOfDay(untilMs),
    };
  }

  get view(): StatusView {
    return viewStatus(this.state, this.scene);
  }

  update(): void {
    const view = this.view;
    this.#item.text = view.text;
    this.#item.tooltip = view.tooltip;
    this.#item.accessibilityInformation = { label: view.label };
    this.#item.backgroundColor = kColors[view.severity];
  }

  dispose(): void {
    this.#item.dispose();
  }
}

/** `off` tells whether fimd is disabled in this workspace. */
export async function showMenu(off: boolean, bar: StatusBar): Promise<void> {
  const [title, ...reasons] = bar.view.tooltip.split('\n');
  const entry = await vscode.window.showQuickPick(menuEntries(off, bar.state, bar.scene), {
    title: title ?? '',
    placeHolder: reasons.join('; '),
  });
  if (entry === undefined) return;
  const args = entry.argument === undefined ? [] : [entry.argument];
  await vscode.commands.executeCommand(entry.command, ...args);
}

export async function askSnooze(snooze: Snooze): Promise<void> {
  const title = 'Suggest only when asked for';
  const choice = await vscode.window.showQuickPick(kSnoozes, { title });
  if (choice === undefined) return;
  snooze.start(choice.minutes);
  await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
}

function timeOfDay(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
