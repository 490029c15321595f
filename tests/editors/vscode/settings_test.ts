import assert from 'node:assert/strict';
import { test } from 'node:test';

import manifest from '../../../editors/vscode/package.json';
import { isEnabled, scopeOf } from '../../../editors/vscode/src/settings';

test('a language that is listed decides for itself, the others follow the star', () => {
  const cases: [Record<string, unknown>, string, boolean][] = [
    [{}, 'python', true],
    [{ '*': false }, 'python', false],
    [{ '*': false, python: true }, 'python', true],
    [{ '*': true, markdown: false }, 'markdown', false],
    [{ '*': true, markdown: false }, 'python', true],
  ];
  for (const [table, language, expected] of cases) {
    assert.equal(isEnabled(table, language), expected, JSON.stringify([table, language]));
  }
});

test('what is no boolean counts as not set', () => {
  assert.equal(isEnabled({ python: 'no', '*': false }, 'python'), false);
  assert.equal(isEnabled({ '*': 0 }, 'python'), true);
  assert.equal(isEnabled({ '*': false }, 'constructor'), false);
});

test('a setting of the machine is changed where the files are, unless the workspace has it', () => {
  assert.equal(scopeOf('fimd.model', false, false), 'Settings');
  assert.equal(scopeOf('fimd.model', false, true), 'RemoteSettings');
  assert.equal(scopeOf('fimd.path', false, true), 'RemoteSettings');
  assert.equal(scopeOf('fimd.enable', false, true), 'Settings');
  assert.equal(scopeOf('fimd.model', true, true), 'WorkspaceSettings');
});

test('every setting that the manifest gives to the machine is changed there', () => {
  const { properties } = manifest.contributes.configuration;
  for (const [name, property] of Object.entries<object>(properties)) {
    const ofMachine = 'scope' in property && property.scope === 'machine-overridable';
    assert.equal(scopeOf(name, false, true) === 'RemoteSettings', ofMachine, name);
  }
});
