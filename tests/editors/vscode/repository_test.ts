import assert from 'node:assert/strict';
import { test } from 'node:test';

import { webPage } from '../../../editors/vscode/repository';

test('a remote of the web has a page, without who fetched from it', () => {
  const page = 'https://example.org/team/fimd';
  const remotes = [
    'https://example.org/team/fimd',
    'https://example.org/team/fimd.git',
    'https://user:token@example.org/team/fimd.git\n',
    'https://token@example.org:8443/team/fimd/',
    'ssh://git@example.org:22/team/fimd.git',
    'git@example.org:team/fimd.git',
    'example.org:team/fimd',
  ];
  for (const remote of remotes) assert.equal(webPage(remote), page, remote);
});

test('a folder of this machine has none', () => {
  for (const remote of ['', '/srv/fimd', '../fimd', 'file:///srv/fimd', 'C:\\fimd', 'box:fimd']) {
    assert.equal(webPage(remote), undefined, remote);
  }
});
