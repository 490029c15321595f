// Tells the user why the server cannot run or complete, and offers what may help.
import * as vscode from 'vscode';

import { openSetting } from './open_setting';
import type { Failure, Server } from './server';

export function reportFailures(server: Server): vscode.Disposable {
  return server.onDidFail((failure) => void report(failure));
}

async function report({ message, setting, restartable }: Failure): Promise<void> {
  const { executeCommand } = vscode.commands;
  const actions: Record<string, () => Thenable<unknown>> = {
    ...(restartable && { Restart: () => executeCommand('fimd.restart') }),
    ...(setting !== '' && { 'Open Settings': () => openSetting(setting) }),
    'Open Help': () => executeCommand('fimd.showHelp'),
    'Show Log': () => executeCommand('fimd.showLog'),
  };
  const choice = await vscode.window.showErrorMessage(message, ...Object.keys(actions));
  if (choice !== undefined) await actions[choice]?.();
}
