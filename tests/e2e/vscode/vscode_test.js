// A user of VS Code types Python with real keys, and sees, accepts and refuses ghost text.
//
// FIMD_BINARY is the fimd to test, FIMD_EXTENSION the folder of the built extension, FIMD_E2E_OUT
// where what a failure leaves behind goes. FIMD_SCREENSHOT, if set, is the file to which the
// picture for the documentation is written.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');

const { CodeServer } = require('./code_server');
const { Workbench } = require('./workbench');

const kStartTimeoutMs = 120_000;
const kTimeoutMs = 30_000;
const kPollMs = 50;
// The extension host writes its last files after its server has gone.
const kRemoveOptions = { recursive: true, force: true, maxRetries: 20, retryDelay: 200 };

const kQueue = `class Queue:
    def __init__(self):
        self.items = []

    def push(self, item):

    def pop(self):
        return self.items.pop(0)
`;
const kLineOfPush = 4;
const kIndent = ' '.repeat(8);
const kFiles = ['queue.py', 'word.py', 'dismiss.py', 'language.py', 'workspace.py', 'crash.py'];
const kRequest = 'textDocument/inlineCompletion';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'fimd-vscode-'));
const workspace = path.join(home, 'workspace');
const recorder = path.join(home, 'fimd');
const pids = path.join(home, 'pids');
const traffic = path.join(home, 'to_server.log');
let server;
let workbench;
let failed = false;

// A program in fimd's place that keeps what the editor sends, and the ids of its processes.
function writeRecorder() {
  const lines = [
    '#!/bin/sh',
    `echo $$ > '${pids}'`,
    `tee -a '${traffic}' | sh -c 'echo $$ >> "${pids}"; exec "$@"' sh "$FIMD_BINARY" "$@"`,
  ];
  fs.writeFileSync(recorder, `${lines.join('\n')}\n`, { mode: 0o755 });
}

function sent() {
  return fs.readFileSync(traffic, 'utf8');
}

function numSent(method) {
  return sent().split(`"method":"${method}"`).length - 1;
}

async function waitForSent(text, count = 1) {
  const deadline = Date.now() + kTimeoutMs;
  while (sent().split(text).length <= count) {
    assert.ok(Date.now() < deadline, `the editor did not send ${text} ${count} times`);
    await new Promise((resolve) => setTimeout(resolve, kPollMs));
  }
}

// Opens `name`, and a line of its own below the header of push(); returns the file.
async function openPush(name) {
  await workbench.openFile(name);
  await workbench.press('Control+Home', ...Array(kLineOfPush).fill('ArrowDown'), 'End', 'Enter');
  return path.join(workspace, name);
}

function bodyOfPush(text) {
  const [, rest] = text.split('item):\n');
  return rest.split('\n\n    def pop')[0];
}

before(async () => {
  fs.mkdirSync(workspace);
  for (const name of kFiles) {
    fs.writeFileSync(path.join(workspace, name), kQueue);
  }
  fs.writeFileSync(traffic, '');
  writeRecorder();
  server = await CodeServer.start({
    home,
    extension: process.env.FIMD_EXTENSION,
    workspace,
    machineSettings: { 'fimd.path': recorder },
  });
  workbench = await Workbench.open(server.url);
  await workbench.waitForStatus('fimd: ready', kStartTimeoutMs);
});

after(async () => {
  await workbench?.close();
  server?.stop();
  if (!failed) fs.rmSync(home, kRemoveOptions);
});

async function check(name, body) {
  await test(name, async () => {
    try {
      await body();
    } catch (error) {
      failed = true;
      const out = process.env.FIMD_E2E_OUT ?? home;
      fs.mkdirSync(out, { recursive: true });
      await workbench.screenshot(path.join(out, `${name.replaceAll(' ', '_')}.png`));
      fs.writeFileSync(path.join(out, 'code_server.log'), server.log);
      fs.copyFileSync(traffic, path.join(out, 'to_server.log'));
      throw error;
    }
  });
}

check('Tab accepts what is shown', async () => {
  const file = await openPush('queue.py');
  const ghost = await workbench.waitForGhost();
  if (process.env.FIMD_SCREENSHOT) await workbench.screenshot(process.env.FIMD_SCREENSHOT);
  assert.notEqual(ghost.trim(), '');
  await workbench.press('Tab');
  assert.equal(bodyOfPush(await workbench.savedText(file)), `${kIndent}${ghost}`);
  await waitForSent('"command":"fimd.didAccept"'); // the server learns of it
});

check('Control and Right accept a word and keep the rest', async () => {
  const file = await openPush('word.py');
  const ghost = await workbench.waitForGhost();
  await workbench.press('Control+ArrowRight');
  const word = bodyOfPush(await workbench.savedText(file)).slice(kIndent.length);
  assert.notEqual(word, '');
  assert.ok(ghost.startsWith(word), `inserted ${JSON.stringify(word)} of ${JSON.stringify(ghost)}`);
  if (word === ghost) return; // a suggestion of one word
  assert.equal(word + (await workbench.waitForGhost(ghost)), ghost);
});

check('Escape dismisses and changes nothing', async () => {
  const file = await openPush('dismiss.py');
  await workbench.waitForGhost();
  await workbench.press('Escape');
  await workbench.waitForNoGhost();
  assert.equal(bodyOfPush(await workbench.savedText(file)), kIndent);
});

check('A language that is off is not even asked about', async () => {
  await workbench.openFile('language.py');
  await workbench.run('fimd: Toggle Suggestions for This Language');
  await workbench.waitForStatus('fimd: off for python');
  const asked = numSent(kRequest);
  const file = await openPush('language.py');
  await workbench.savedText(file);
  await workbench.run('fimd: Toggle Suggestions for This Language');
  await workbench.waitForStatus('fimd: ready');
  assert.equal(await workbench.ghost(), '');
  assert.equal(numSent(kRequest), asked);
  await workbench.askForGhost();
});

check('Disabled in the workspace, it is silent until enabled again', async () => {
  await workbench.openFile('workspace.py');
  await workbench.run('fimd: Disable (Workspace)');
  await workbench.waitForStatus('fimd: off');
  await waitForSent('"method":"exit"'); // no process stays
  await openPush('workspace.py');
  await workbench.run('fimd: Enable (Workspace)');
  await workbench.waitForStatus('fimd: ready');
  await workbench.askForGhost();
});

check('A server that dies is started again', async () => {
  await openPush('crash.py');
  await workbench.waitForGhost();
  const starts = numSent('initialize');
  for (const pid of fs.readFileSync(pids, 'utf8').split('\n').filter(Boolean)) {
    process.kill(Number(pid), 'SIGKILL');
  }
  await waitForSent('"method":"initialize"', starts + 1);
  await workbench.waitForStatus('fimd: ready');
  await workbench.press('Escape');
  await workbench.askForGhost();
});

check('A program that is missing or fails is reported', async () => {
  server.configureMachine({ 'fimd.path': '/nowhere/fimd' });
  await workbench.waitForStatus('fimd: error');
  await workbench.waitForNotification('is not an executable file');
  server.configureMachine({ 'fimd.path': '/bin/false' });
  await workbench.waitForNotification('/bin/false lsp did not start');
  server.configureMachine({ 'fimd.path': recorder });
  await workbench.waitForStatus('fimd: ready');
});
