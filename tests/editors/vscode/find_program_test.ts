import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findProgram } from '../../../editors/vscode/src/find_program';

function find(setting: string, searchPath: string, ...executables: string[]): string {
  const isExecutable = (file: string): boolean => executables.includes(file);
  const found = findProgram(setting, { home: '/h', searchPath, isExecutable });
  return 'file' in found ? found.file : `problem: ${found.problem}`;
}

test('an absolute path, or one below the home folder, is taken as it is', () => {
  assert.equal(find('/opt/fimd', '/bin', '/opt/fimd', '/bin/fimd'), '/opt/fimd');
  assert.equal(find(' ~/bin/fimd ', '/bin', '/h/bin/fimd'), '/h/bin/fimd');
  assert.match(find('~other/fimd', '/bin', '/h/fimd'), /expected an absolute path/);
});

test('a name is looked for in PATH, in its order', () => {
  assert.equal(find('', '/a:/b', '/b/fimd', '/a/fimd'), '/a/fimd');
  assert.equal(find('fimd-next', '/a:/b', '/b/fimd-next'), '/b/fimd-next');
});

test('the workspace does not choose what is run', () => {
  assert.match(find('./fimd', '/a', 'fimd', './fimd'), /expected an absolute path/);
  assert.match(find('', ':.:bin', 'fimd', 'bin/fimd'), /not found in PATH/);
});

test('a problem names what was looked for', () => {
  assert.match(find('/opt/fimd', '/bin'), /\/opt\/fimd .* is not an executable file/);
  assert.match(find('', '/bin'), /program fimd was not found/);
});
