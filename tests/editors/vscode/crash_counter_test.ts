import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CrashCounter } from '../../../editors/vscode/src/crash_counter';

function verdicts(...crashesMs: number[]): boolean[] {
  const counter = new CrashCounter();
  return crashesMs.map((crashMs) => counter.mayRestart(crashMs));
}

test('gives up at the fifth crash in three minutes', () => {
  assert.deepEqual(verdicts(0, 1, 2, 3, 4), [true, true, true, true, false]);
});

test('old crashes are forgotten', () => {
  assert.deepEqual(verdicts(0, 1, 2, 3, 180_000), [true, true, true, true, true]);
});
