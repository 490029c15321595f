// The item in the status bar, and its menu.
const assert = require('node:assert/strict');
const path = require('node:path');

const { bodyOfPush, session } = require('./session');

const kIndentingServer = path.join(__dirname, 'indenting_server.js');

session.addQueues('status', 'indent');
session.files['keystore.properties'] = 'storeFile=a.jks\n';

session.check('The status names the model and the reason for silence', async (workbench) => {
  await workbench.openFile('keystore.properties');
  await workbench.waitForStatus('fimd: silent here');
  const placeholder = await workbench.menuPlaceholder();
  assert.match(placeholder, /model: demo; .*secret/);
  await workbench.openFile('status.py');
  await workbench.waitForStatus('fimd: ready');
});

session.check('A snooze from the menu lasts until it is ended there', async (workbench) => {
  await session.openPush('status.py');
  await workbench.waitForGhost();
  await workbench.choose('Snooze...', '1 hour');
  await workbench.waitForStatusLike('fimd: snoozed until');
  await workbench.waitForNoGhost();
  const asked = session.numSent('"triggerKind":2');
  await workbench.press('Space', 'Backspace');
  await workbench.askForGhost();
  assert.equal(session.numSent('"triggerKind":2'), asked);
  await workbench.choose('End the Snooze');
  await workbench.waitForStatus('fimd: ready');
});

session.check('The palette has no command that would change nothing', async (workbench) => {
  const commands = await workbench.commands('fimd: ');
  assert.ok(commands.includes('fimd: Disable (Workspace)'), String(commands));
  for (const absent of ['fimd: Enable (Workspace)', 'fimd: End the Snooze']) {
    assert.ok(!commands.includes(absent), absent);
  }
});

session.check('While a large model loads, its percents show', async (workbench) => {
  session.server.configureMachine({ 'fimd.path': kIndentingServer });
  await workbench.waitForStatus('fimd: loading, 40 %');
});

session.check('Tab accepts what begins with indentation', async (workbench) => {
  const file = await session.openPush('indent.py');
  await workbench.waitForStatus('fimd: ready');
  await workbench.press('Shift+Home', 'Delete');
  const ghost = await workbench.askForGhost();
  assert.match(ghost, /^ {8}\S/);
  await workbench.press('Tab');
  assert.equal(bodyOfPush(await workbench.savedText(file)), ghost);
  const starts = session.numSent('"method":"initialized"');
  session.server.configureMachine({ 'fimd.path': session.recorder });
  await session.waitForSent('"method":"initialized"', starts + 1);
});
