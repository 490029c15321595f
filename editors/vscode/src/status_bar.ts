// The item in the status bar, and the menu that it opens.
import * as vscode from 'vscode';

import { isEnabledIn, type Server } from './server';
import { viewStatus, type ActiveLanguage } from './status';

const kColors = {
  none: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

export function activeLanguage(): ActiveLanguage | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && { id: document.languageId, enabled: isEnabledIn(document) };
}

export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.#item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right);
    this.#item.name = 'fimd';
    this.#item.command = 'fimd.showMenu';
    this.update();
    this.#item.show();
  }

  update(): void {
    const view = viewStatus(this.#server.state, activeLanguage());
    this.#item.text = view.text;
    this.#item.tooltip = view.tooltip;
    this.#item.accessibilityInformation = { label: view.label };
    this.#item.backgroundColor = kColors[view.severity];
  }

  dispose(): void {
    this.#item.dispose();
  }
}

interface MenuEntry extends vscode.QuickPickItem {
  readonly command: string;
  readonly argument?: string;
}

/** `off` tells whether fimd is disabled in this workspace. */
export async function showMenu(off: boolean): Promise<void> {
  const language = activeLanguage();
  const entries: MenuEntry[] = [
    off
      ? { label: '$(check) Enable (Workspace)', command: 'fimd.enable' }
      : { label: '$(circle-slash) Disable (Workspace)', command: 'fimd.disable' },
  ];
  if (language !== undefined && !off) {
    const verb = language.enabled ? '$(circle-slash) Disable' : '$(check) Enable';
    entries.push({ label: `${verb} for ${language.id}`, command: 'fimd.toggleLanguage' });
  }
  entries.push(
    { label: '$(refresh) Restart the Server', command: 'fimd.restart' },
    { label: '$(output) Show Log', command: 'fimd.showLog' },
    {
      label: '$(gear) Settings',
      command: 'workbench.action.openSettings',
      argument: '@ext:fimd.fimd',
    },
  );
  const entry = await vscode.window.showQuickPick(entries, { title: 'fimd' });
  if (entry === undefined) return;
  const args = entry.argument === undefined ? [] : [entry.argument];
  await vscode.commands.executeCommand(entry.command, ...args);
}
