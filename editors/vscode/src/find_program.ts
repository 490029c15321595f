// Finds the program `fimd`, without touching the disk itself.
import * as path from 'node:path';

export interface Machine {
  readonly home: string;
  /** The variable PATH. */
  readonly searchPath: string;
  isExecutable(file: string): boolean;
}

export type FoundProgram = { readonly file: string } | { readonly problem: string };

const kDefaultName = 'fimd';

function expandHome(file: string, home: string): string {
  return file.startsWith('~/') ? path.join(home, file.slice(2)) : file;
}

/**
 * The program that the setting `fimd.path` means: an absolute path, one that begins with `~/`, or a
 * name that is looked for in PATH. A path relative to the workspace is refused: what is opened must
 * not choose what is run.
 */
export function findProgram(setting: string, machine: Machine): FoundProgram {
  const wanted = expandHome(setting.trim(), machine.home) || kDefaultName;
  if (path.isAbsolute(wanted)) {
    return machine.isExecutable(wanted)
      ? { file: wanted }
      : { problem: `${wanted} (the setting fimd.path) is not an executable file.` };
  }
  if (wanted.includes('/')) {
    return { problem: `fimd.path is "${wanted}", expected an absolute path or a name in PATH.` };
  }
  for (const folder of machine.searchPath.split(path.delimiter)) {
    const file = path.join(folder, wanted);
    // An empty or relative entry of PATH means the current folder, which is the workspace.
    if (path.isAbsolute(folder) && machine.isExecutable(file)) return { file };
  }
  return { problem: `The program ${wanted} was not found in PATH.` };
}
