// Opens the settings editor where a setting is in force.
import * as vscode from 'vscode';

import { scopeOf } from './settings';

/** Shows `setting` to be changed; without one, all of fimd's. */
export async function openSetting(setting?: string): Promise<void> {
  const { executeCommand } = vscode.commands;
  if (setting === undefined) {
    await executeCommand('workbench.action.openSettings', '@ext:fimd.fimd');
    return;
  }
  const values = vscode.workspace.getConfiguration().inspect(setting);
  const scope = scopeOf(
    setting,
    values?.workspaceValue !== undefined || values?.workspaceFolderValue !== undefined,
    vscode.env.remoteName !== undefined,
  );
  await executeCommand(`workbench.action.open${scope}`, { query: `@id:${setting}` });
}
