import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Snooze, type Clock } from '../../../editors/vscode/src/snooze';

class TestClock implements Clock {
  timeMs = 1000;
  #waiting: { atMs: number; then: () => void }[] = [];

  nowMs = (): number => this.timeMs;

  wait = (delayMs: number, then: () => void): (() => void) => {
    const entry = { atMs: this.timeMs + delayMs, then };
    this.#waiting.push(entry);
    return () => (this.#waiting = this.#waiting.filter((other) => other !== entry));
  };

  pass(minutes: number): void {
    this.timeMs += minutes * 60_000;
    const due = this.#waiting.filter(({ atMs }) => atMs <= this.timeMs);
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > this.timeMs);
    for (const { then } of due) then();
  }
}

function make(): { clock: TestClock; snooze: Snooze; untils: (number | undefined)[] } {
  const clock = new TestClock();
  const untils: (number | undefined)[] = [];
  const snooze = new Snooze(clock, () => untils.push(snooze.untilMs));
  return { clock, snooze, untils };
}

test('a snooze ends by itself, and tells of both', () => {
  const { clock, snooze, untils } = make();
  snooze.start(5);
  clock.pass(4);
  assert.equal(snooze.untilMs, 301_000);
  clock.pass(1);
  assert.deepEqual(untils, [301_000, undefined]);
});

test('a later snooze takes the place of the first', () => {
  const { clock, snooze } = make();
  snooze.start(5);
  snooze.start(15);
  clock.pass(5);
  assert.equal(snooze.untilMs, 901_000);
});

test('ended early it is over, and does not end twice', () => {
  const { clock, snooze, untils } = make();
  snooze.end();
  snooze.start(5);
  snooze.end();
  clock.pass(5);
  assert.deepEqual(untils, [301_000, undefined]);
});
