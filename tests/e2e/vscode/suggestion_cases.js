// Ghost text: shown, accepted, refused, and where it is not wanted.
const assert = require('node:assert/strict');

const { bodyOfPush, session } = require('./session');

const kIndent = ' '.repeat(8);
const kRequest = '"method":"textDocument/inlineCompletion"';

session.addQueues('queue', 'word', 'dismiss', 'language', 'workspace');

session.check('Tab accepts what is shown', async (workbench) => {
  const file = await session.openPush('queue.py');
  const ghost = await workbench.waitForGhost();
  assert.notEqual(ghost.trim(), '');
  await workbench.press('Tab');
  assert.equal(bodyOfPush(await workbench.savedText(file)), `${kIndent}${ghost}`);
  await session.waitForSent('"command":"fimd.didAccept"'); // the server learns of it
});

session.check('Control and Right accept a word and keep the rest', async (workbench) => {
  const file = await session.openPush('word.py');
  const ghost = await workbench.waitForGhost();
  await workbench.press('Control+ArrowRight');
  const word = bodyOfPush(await workbench.savedText(file)).slice(kIndent.length);
  assert.notEqual(word, '');
  assert.ok(ghost.startsWith(word), `inserted ${JSON.stringify(word)} of ${JSON.stringify(ghost)}`);
  if (word === ghost) return; // a suggestion of one word
  assert.equal(word + (await workbench.waitForGhost(ghost)), ghost);
});

session.check('Escape dismisses and changes nothing', async (workbench) => {
  const file = await session.openPush('dismiss.py');
  await workbench.waitForGhost();
  await workbench.press('Escape');
  await workbench.waitForNoGhost();
  assert.equal(bodyOfPush(await workbench.savedText(file)), kIndent);
});

session.check('A language that is off is not even asked about', async (workbench) => {
  await workbench.openFile('language.py');
  await workbench.run('fimd: Toggle Suggestions for This Language');
  await workbench.waitForStatus('fimd: off for python');
  assert.equal(session.server.userSettings['fimd.enable'].python, false); // it outlives the window
  const asked = session.numSent(kRequest);
  const file = await session.openPush('language.py');
  await workbench.savedText(file);
  await workbench.run('fimd: Toggle Suggestions for This Language');
  await workbench.waitForStatus('fimd: ready');
  assert.equal(await workbench.ghost(), '');
  assert.equal(session.numSent(kRequest), asked);
  await workbench.askForGhost();
});

session.check('Disabled in the workspace, it is silent until enabled again', async (workbench) => {
  await workbench.openFile('workspace.py');
  await workbench.run('fimd: Disable (Workspace)');
  await workbench.waitForStatus('fimd: off');
  await session.waitForSent('"method":"exit"'); // no process stays
  await session.openPush('workspace.py');
  await workbench.run('fimd: Enable (Workspace)');
  await workbench.waitForStatus('fimd: ready');
  await workbench.askForGhost();
});
