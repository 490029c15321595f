import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  readStatus,
  stateOf,
  viewStatus,
  type Mode,
  type Scene,
  type State,
} from '../../../editors/vscode/src/status';

const kUri = 'file:///p/q.py';
const kSilence = { uri: kUri, reason: 'ignored', text: 'the file is ignored' };

function scene({ enabled = true, snoozedUntil = '', uri = kUri } = {}): Scene {
  return { document: { uri, language: 'python', enabled }, snoozedUntil };
}

function label(state: Partial<State>, where = scene()): string {
  return viewStatus({ ...stateOf('ready'), ...state }, where).label;
}

test('reads what the server says of itself', () => {
  const cases: [unknown, Mode | undefined][] = [
    [{ kind: 'Normal', busy: false, message: '' }, 'ready'],
    [{ kind: 'Normal', busy: true, message: 'loading' }, 'busy'],
    [{ kind: 'Normal', busy: true, state: 'loading', percent: 40 }, 'loading'],
    [{ kind: 'Normal', state: 'working' }, 'busy'],
    [{ kind: 'Normal', busy: true, state: 'a word of the future' }, 'busy'],
    [{ kind: 'Normal', state: 'constructor' }, 'ready'],
    [{ kind: 'Warning', state: 'ready' }, 'warning'],
    [{ kind: 'Error', busy: true, message: 'no model' }, 'error'],
    [{ kind: 'Error', state: 'failed', silence: kSilence }, 'error'],
    [{ kind: 'Inactive' }, 'off'],
    [{ kind: 'Inactive', state: 'ready' }, 'off'],
    [{ kind: 'Inactive', silence: kSilence }, 'ready'],
    [{ kind: 'Inactive', state: 'loading', silence: kSilence }, 'loading'],
    [{ kind: 'constructor' }, undefined],
    [{ kind: 1 }, undefined],
    ['Normal', undefined],
    [null, undefined],
  ];
  for (const [params, mode] of cases) {
    assert.equal(readStatus(params)?.mode, mode, JSON.stringify(params));
  }
});

test('every other member of a status may be absent or of another type', () => {
  assert.deepEqual(readStatus({ kind: 'Normal' }), stateOf('ready'));
  const odd = { kind: 'Normal', message: 1, model: [], percent: '4', setting: {}, silence: 'no' };
  assert.deepEqual(readStatus(odd), stateOf('ready'));
  assert.equal(readStatus({ kind: 'Normal', percent: 140 })?.percent, 100);
  assert.equal(readStatus({ kind: 'Inactive', silence: { uri: kUri } })?.silence?.text, '');
});

test('an error keeps its message and its setting while the document is silent', () => {
  const state = readStatus({
    kind: 'Error',
    message: 'no such folder',
    state: 'failed',
    setting: 'fimd.model',
    silence: kSilence,
  });
  assert.equal(state?.message, 'no such folder');
  assert.equal(state?.setting, 'fimd.model');
});

test('the part of a large model that is loaded shows in the item itself', () => {
  const state = { ...stateOf('loading', 'loading large'), percent: 40 };
  assert.equal(viewStatus(state, scene()).text, '$(loading~spin) fimd 40 %');
  assert.equal(label(state), 'fimd: loading, 40 %');
  assert.equal(label(stateOf('loading')), 'fimd: loading');
});

test('a language that is off shows, unless there is something worse to say', () => {
  const off = scene({ enabled: false });
  assert.equal(label(stateOf('ready'), off), 'fimd: off for python');
  assert.equal(label(stateOf('busy'), off), 'fimd: off for python');
  assert.equal(label(stateOf('error'), off), 'fimd: error');
  assert.equal(label(stateOf('off'), off), 'fimd: off');
});

test('the reason for silence shows for its own document only', () => {
  const state = { ...stateOf('ready'), silence: kSilence };
  assert.equal(label(state), 'fimd: silent here');
  assert.match(viewStatus(state, scene()).tooltip, /\nthe file is ignored$/);
  assert.equal(label(state, scene({ uri: 'file:///p/r.py' })), 'fimd: ready');
  assert.equal(label(state, { document: undefined, snoozedUntil: '' }), 'fimd: ready');
});

test('what the user switched off wins over the reason of the server', () => {
  const state = { ...stateOf('ready'), silence: kSilence };
  assert.equal(label(state, scene({ enabled: false })), 'fimd: off for python');
  assert.equal(label(state, scene({ snoozedUntil: '14:05' })), 'fimd: snoozed until 14:05');
  assert.equal(label(stateOf('error'), scene({ snoozedUntil: '14:05' })), 'fimd: error');
});

test('the model and the message are in the tooltip', () => {
  const failed = viewStatus(stateOf('error', 'no model'), scene());
  assert.equal(failed.tooltip, 'fimd: error\nno model');
  assert.equal(failed.severity, 'error');
  const ready = viewStatus({ ...stateOf('ready'), model: 'demo' }, scene());
  assert.equal(ready.tooltip, 'fimd: ready\nmodel: demo');
});
