import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

import manifest from '../../../editors/vscode/package.json';

const kExtension = path.join(__dirname, '../..'); // from build/tests

test('the page of a marketplace has its parts', () => {
  const icon = fs.readFileSync(path.join(kExtension, '../../docs/images', manifest.icon));
  assert.equal(icon.toString('latin1', 1, 4), 'PNG');
  assert.deepEqual([icon.readUInt32BE(16), icon.readUInt32BE(20)], [128, 128]);
  const changes = fs.readFileSync(path.join(kExtension, 'changelog.md'), 'utf8');
  assert.match(changes, new RegExp(`^## ${manifest.version}$`, 'm'));
  assert.equal(manifest.license, 'MIT');
  assert.ok(manifest.keywords.length > 0 && manifest.keywords.length <= 30);
  assert.ok(manifest.categories.includes('AI'));
});

test('what is shown as plain text has no marks of Markdown', () => {
  const { commands, walkthroughs, configuration } = manifest.contributes;
  const shown: string[] = [manifest.description, ...commands.map(({ title }) => title)];
  for (const walkthrough of walkthroughs) {
    shown.push(walkthrough.title, walkthrough.description);
    for (const { title, description } of walkthrough.steps) shown.push(title, description);
  }
  for (const property of Object.values<object>(configuration.properties)) {
    if ('enumDescriptions' in property) shown.push(...(property.enumDescriptions as string[]));
  }
  for (const text of shown) assert.doesNotMatch(text, /`|\*\*/, text);
});

test('the walkthrough and the palette name commands that exist', () => {
  const { commands, menus, walkthroughs } = manifest.contributes;
  const known = new Set([...commands.map(({ command }) => command), 'fimd.openSetting']);
  const named = menus.commandPalette.map(({ command }) => command);
  const links = JSON.stringify(walkthroughs).matchAll(/\(command:([\w.]+)/g);
  named.push(...[...links].map(([, command]) => command ?? ''));
  for (const command of named) assert.ok(known.has(command), command);
});
