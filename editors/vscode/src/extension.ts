// The extension: starts the server, shows its state, and carries the user's wishes to it. What to
// suggest, and when, is the server's business.
import * as vscode from 'vscode';

import { reportFailures } from './failures';
import { isLanguageOn } from './menu';
import { openSetting } from './open_setting';
import { Server } from './server';
import { kClock, Snooze } from './snooze';
import { askSnooze, showMenu, StatusBar } from './status_bar';

/** Set in the workspace's own storage, and as a context, while fimd is disabled there. */
const kOffKey = 'fimd.off';
/** Set as a context while suggestions wait for the end of a snooze. */
const kSnoozedKey = 'fimd.snoozed';

let running: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const { registerCommand, executeCommand } = vscode.commands;
  const log = vscode.window.createOutputChannel('fimd', { log: true });
  const snooze = new Snooze(kClock, () => {
    void executeCommand('setContext', kSnoozedKey, snooze.untilMs !== undefined);
    bar.update();
  });
  const server = new Server(log, snooze);
  const bar = new StatusBar(server, snooze);
  running = server;

  const isOff = (): boolean => context.workspaceState.get(kOffKey, false);
  const setOff = async (off: boolean): Promise<void> => {
    await context.workspaceState.update(kOffKey, off);
    await executeCommand('setContext', kOffKey, off);
    await (off ? server.stop() : server.restart());
  };
  context.subscriptions.push(
    log,
    bar,
    { dispose: () => snooze.end() },
    registerCommand('fimd.enable', () => setOff(false)),
    registerCommand('fimd.disable', () => setOff(true)),
    registerCommand('fimd.toggleLanguage', () => toggleLanguage(bar)),
    registerCommand('fimd.snooze', () => askSnooze(snooze)),
    registerCommand('fimd.endSnooze', () => snooze.end()),
    registerCommand('fimd.restart', () => setOff(false)),
    registerCommand('fimd.suggest', () => executeCommand('editor.action.inlineSuggest.trigger')),
    registerCommand('fimd.openSetting', openSetting),
    registerCommand('fimd.showHelp', () => showHelp(context.extensionUri)),
    registerCommand('fimd.showLog', () => log.show()),
    registerCommand('fimd.showMenu', () => showMenu(isOff(), bar)),
    server.onDidChangeState(() => bar.update()),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      bar.update();
      server.focus(editor?.document);
    }),
    vscode.workspace.onDidCloseTextDocument(() => bar.update()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('fimd.enable')) bar.update();
      if (event.affectsConfiguration('fimd.path') && !isOff()) void server.restart();
    }),
    reportFailures(server),
  );
  await executeCommand('setContext', kOffKey, isOff());
  if (!isOff()) await server.restart();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

function showHelp(extension: vscode.Uri): Thenable<unknown> {
  const help = vscode.Uri.joinPath(extension, 'help.md');
  return vscode.commands.executeCommand('markdown.showPreview', help);
}

/** Turns the active editor's language on or off where it is set, else in the user's settings. */
async function toggleLanguage(bar: StatusBar): Promise<void> {
  const language = bar.scene.document?.language;
  if (language === undefined) {
    void vscode.window.showInformationMessage('fimd: open a file of the language first.');
    return;
  }
  const settings = vscode.workspace.getConfiguration('fimd');
  const values = settings.inspect<Record<string, boolean>>('enable');
  const inWorkspace = Object.hasOwn(values?.workspaceValue ?? {}, language);
  const table = inWorkspace ? values?.workspaceValue : values?.globalValue;
  const target = inWorkspace
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  const wanted = !isLanguageOn(bar.state, bar.scene);
  await settings.update('enable', { ...table, [language]: wanted }, target);
}
