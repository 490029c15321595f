// The extension: starts the server, shows its state, and carries the user's wishes to it. What to
// suggest, and when, is the server's business.
import * as vscode from 'vscode';

import { Server } from './server';
import { activeLanguage, showMenu, StatusBar } from './status_bar';

/** Set in the workspace's own storage while fimd is disabled there. */
const kOffKey = 'fimd.off';

let running: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel('fimd', { log: true });
  const server = new Server(log);
  const bar = new StatusBar(server);
  running = server;

  const isOff = (): boolean => context.workspaceState.get(kOffKey, false);
  const setOff = async (off: boolean): Promise<void> => {
    await context.workspaceState.update(kOffKey, off);
    await (off ? server.stop() : server.restart());
  };
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    log,
    bar,
    registerCommand('fimd.enable', () => setOff(false)),
    registerCommand('fimd.disable', () => setOff(true)),
    registerCommand('fimd.toggleLanguage', toggleLanguage),
    registerCommand('fimd.restart', () => setOff(false)),
    registerCommand('fimd.showLog', () => log.show()),
    registerCommand('fimd.showMenu', () => showMenu(isOff())),
    server.onDidChangeState((state) => {
      bar.update();
      if (state.mode === 'ready') server.focus(vscode.window.activeTextEditor?.document);
    }),
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      bar.update();
      server.focus(editor?.document);
    }),
    vscode.workspace.onDidCloseTextDocument(() => bar.update()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('fimd.enable')) bar.update();
      if (event.affectsConfiguration('fimd.path') && !isOff()) void server.restart();
    }),
    reportFailures(server, context.extensionUri),
  );
  if (!isOff()) await server.restart();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}

/** Offers what may help when the server cannot run. */
function reportFailures(server: Server, extension: vscode.Uri): vscode.Disposable {
  const actions: Record<string, () => Thenable<unknown>> = {
    'Open Settings': () =>
      vscode.commands.executeCommand('workbench.action.openSettings', 'fimd.path'),
    'Open Help': () =>
      vscode.commands.executeCommand(
        'markdown.showPreview',
        vscode.Uri.joinPath(extension, 'help.md'),
      ),
    'Show Log': () => vscode.commands.executeCommand('fimd.showLog'),
  };
  return server.onDidFail((message) => {
    void vscode.window
      .showErrorMessage(`fimd: ${message}`, ...Object.keys(actions))
      .then((choice) => (choice === undefined ? undefined : actions[choice]?.()));
  });
}

/** Turns the active editor's language on or off where it is set, else in the user's settings. */
async function toggleLanguage(): Promise<void> {
  const language = activeLanguage();
  if (language === undefined) {
    void vscode.window.showInformationMessage('fimd: open a file of the language first.');
    return;
  }
  const settings = vscode.workspace.getConfiguration('fimd');
  const values = settings.inspect<Record<string, boolean>>('enable');
  const inWorkspace = Object.hasOwn(values?.workspaceValue ?? {}, language.id);
  const table = inWorkspace ? values?.workspaceValue : values?.globalValue;
  const target = inWorkspace
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await settings.update('enable', { ...table, [language.id]: !language.enabled }, target);
}
