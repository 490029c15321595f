import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readStatus, viewStatus, type Mode } from '../../../editors/vscode/src/status';

test('reads what the server says of itself', () => {
  const cases: [unknown, Mode | undefined][] = [
    [{ kind: 'Normal', busy: false, message: '' }, 'ready'],
    [{ kind: 'Normal', busy: true, message: 'loading' }, 'busy'],
    [{ kind: 'Error', busy: true, message: 'no model' }, 'error'],
    [{ kind: 'Inactive' }, 'off'],
    [{ kind: 'constructor' }, undefined],
    [{ kind: 1 }, undefined],
    ['Normal', undefined],
    [null, undefined],
  ];
  for (const [params, mode] of cases) {
    assert.equal(readStatus(params)?.mode, mode, JSON.stringify(params));
  }
});

test('a language that is off shows, unless there is something worse to say', () => {
  const python = { id: 'python', enabled: false };
  const label = (mode: Mode): string => viewStatus({ mode, message: '' }, python).label;
  assert.equal(label('ready'), 'fimd: off for python');
  assert.equal(label('busy'), 'fimd: off for python');
  assert.equal(label('error'), 'fimd: error');
  assert.equal(label('off'), 'fimd: off');
});

test('the message is in the tooltip', () => {
  const view = viewStatus({ mode: 'error', message: 'no model' }, undefined);
  assert.equal(view.tooltip, 'fimd: error\nno model');
  assert.equal(view.severity, 'error');
});
