import assert from 'node:assert/strict';
import { test } from 'node:test';

import { visitsBefore } from '../../../editors/vscode/src/notebook';

function visits(cells: string, front: string): string {
  return visitsBefore([...cells], front).join('');
}

test('the cell above comes last before the one in front, those below come first', () => {
  assert.equal(visits('abcde', 'c'), 'edabc');
  assert.equal(visits('abc', 'a'), 'cba');
  assert.equal(visits('abc', 'c'), 'abc');
  assert.equal(visits('a', 'a'), 'a');
});

test('a cell that is none of them comes alone', () => {
  assert.equal(visits('abc', 'x'), 'x');
  assert.equal(visits('', 'x'), 'x');
});

test('of a long notebook the nearest cells count', () => {
  assert.equal(visits('abcdefghijklmnopqrstuvwxyz', 'n'), 'rqpofghijklmn');
});
