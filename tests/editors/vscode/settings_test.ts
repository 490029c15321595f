import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isEnabled } from '../../../editors/vscode/src/settings';

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
