// What fails is told, with what may help, and is over when it is mended.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');

const { session } = require('./session');

const kDemoModel = path.join(__dirname, '../../../engine/models/demo');
const kNumCrashes = 5;

session.addQueues('crash');

session.check('A server that dies is started again', async (workbench) => {
  await session.openPush('crash.py');
  await workbench.waitForGhost();
  await session.crash();
  await workbench.waitForStatus('fimd: ready');
  await workbench.press('Escape');
  await workbench.askForGhost();
});

session.check('A server that dies again and again waits for Restart', async (workbench) => {
  for (let crashes = 2; crashes < kNumCrashes; ++crashes) {
    await session.crash();
    await workbench.waitForStatus('fimd: ready');
  }
  await session.crash({ restarted: false });
  await workbench.waitForStatus('fimd: error');
  await workbench.answerNotification('ended again and again', 'Restart');
  await workbench.waitForStatus('fimd: ready');
});

session.check('A program that is missing or fails is reported', async (workbench) => {
  session.server.configureMachine({ 'fimd.path': '/nowhere/fimd' });
  await workbench.waitForStatus('fimd: error');
  await workbench.waitForNotification('is not an executable file');
  session.server.configureMachine({ 'fimd.path': '/bin/false' });
  await workbench.waitForNotification('/bin/false lsp did not start');
  session.server.configureMachine({ 'fimd.path': session.recorder });
  await workbench.waitForStatus('fimd: ready');
});

session.check('A wrong model opens its setting, and is over when corrected', async (workbench) => {
  const configure = (model) =>
    session.server.configureMachine({ 'fimd.path': session.recorder, 'fimd.model': model });
  configure('/nowhere/model');
  await workbench.waitForStatus('fimd: error');
  await workbench.answerNotification('change fimd.model', 'Open Settings');
  assert.equal(await workbench.settingValue('fimd.model'), '/nowhere/model');
  fs.symlinkSync(kDemoModel, path.join(session.home, 'model'));
  configure('~/model');
  await workbench.waitForStatus('fimd: ready');
});
