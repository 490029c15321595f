import assert from 'node:assert/strict';
import { test } from 'node:test';

import { menuEntries } from '../../../editors/vscode/src/menu';
import { stateOf, type Scene, type Silence } from '../../../editors/vscode/src/status';

const kUri = 'file:///p/q.tex';

function labels({ off = false, enabled = true, snoozedUntil = '', silence = '' } = {}): string {
  const scene: Scene = { document: { uri: kUri, language: 'latex', enabled }, snoozedUntil };
  const reason: Silence = { uri: kUri, reason: silence, text: '' };
  const state = { ...stateOf('ready'), silence: silence === '' ? undefined : reason };
  return menuEntries(off, state, scene)
    .map(({ label }) => label.replace(/\$\(.*?\) /, ''))
    .join(', ');
}

const kRest = 'Model, Restart the Server, Show Log, Settings, Help';

test('the menu offers what would change something', () => {
  const cases: [object, string][] = [
    [{}, 'Disable (Workspace), Disable for latex, Snooze...'],
    [{ enabled: false }, 'Disable (Workspace), Enable for latex, Snooze...'],
    [{ snoozedUntil: '14:05' }, 'Disable (Workspace), Disable for latex, End the Snooze'],
    [{ off: true, snoozedUntil: '14:05' }, 'Enable (Workspace)'],
    [{ silence: 'prose' }, 'Disable (Workspace), Enable for latex, Snooze...'],
    [{ silence: 'ignored' }, 'Disable (Workspace), Disable for latex, Snooze...'],
  ];
  for (const [given, expected] of cases) {
    assert.equal(labels(given), `${expected}, ${kRest}`, JSON.stringify(given));
  }
});

test('without a document there is no language to switch', () => {
  const scene = { document: undefined, snoozedUntil: '' };
  const commands = menuEntries(false, stateOf('ready'), scene).map(({ command }) => command);
  assert.ok(!commands.includes('fimd.toggleLanguage'));
});

test('the entry of the model has its name and opens its setting', () => {
  const state = { ...stateOf('ready'), model: 'demo' };
  const entries = menuEntries(false, state, { document: undefined, snoozedUntil: '' });
  const model = entries.find(({ description }) => description === 'demo');
  assert.deepEqual([model?.command, model?.argument], ['fimd.openSetting', 'fimd.model']);
});
