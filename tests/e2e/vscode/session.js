// VS Code with the extension, a workspace, and a program in fimd's place that keeps what the editor
// sends. The cases share one: a start takes longer than they do.
//
// FIMD_BINARY is the fimd to test, FIMD_EXTENSION the folder of the built extension, FIMD_E2E_OUT
// where what a failure leaves behind goes.
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

/** A queue whose push() is empty. */
const kQueue = `class Queue:
    def __init__(self):
        self.items = []

    def push(self, item):

    def pop(self):
        return self.items.pop(0)
`;
const kLineOfPush = 4;

class Session {
  #cases = [];
  #failed = false;

  /** What the workspace holds from the start, by name; each file of cases adds its own. */
  files = {};

  /** What fimd is set to from the start, besides its program. */
  settings = {};

  addQueues(...names) {
    for (const name of names) this.files[`${name}.py`] = kQueue;
  }

  async #start() {
    this.home = fs.mkdtempSync(path.join(os.tmpdir(), 'fimd-vscode-'));
    this.workspace = path.join(this.home, 'workspace');
    this.recorder = path.join(this.home, 'fimd');
    this.pids = path.join(this.home, 'pids');
    this.traffic = path.join(this.home, 'to_server.log');
    fs.mkdirSync(this.workspace);
    for (const [name, text] of Object.entries(this.files)) {
      fs.writeFileSync(this.pathOf(name), text);
    }
    fs.writeFileSync(this.traffic, '');
    this.#writeRecorder();
    this.server = await CodeServer.start({
      home: this.home,
      extension: process.env.FIMD_EXTENSION,
      workspace: this.workspace,
      machineSettings: { 'fimd.path': this.recorder, ...this.settings },
    });
    this.workbench = await Workbench.open(this.server.url);
    await this.workbench.waitForStatus('fimd: ready', kStartTimeoutMs);
  }

  async #stop() {
    await this.workbench?.close();
    this.server?.stop();
    if (!this.#failed) fs.rmSync(this.home, kRemoveOptions);
  }

  /** Adds a test, whose `body` is given the workbench. */
  check(name, body) {
    this.#cases.push({ name, body });
  }

  /** Runs the tests in the order in which they were added. */
  run() {
    before(() => this.#start());
    after(() => this.#stop());
    for (const { name, body } of this.#cases) test(name, () => this.#runCase(name, body));
  }

  // What failed leaves a picture and what the editor sent.
  async #runCase(name, body) {
    try {
      await body(this.workbench);
    } catch (error) {
      this.#failed = true;
      const out = process.env.FIMD_E2E_OUT ?? this.home;
      fs.mkdirSync(out, { recursive: true });
      await this.workbench.screenshot(path.join(out, `${name.replaceAll(' ', '_')}.png`));
      fs.writeFileSync(path.join(out, 'code_server.log'), this.server.log);
      fs.copyFileSync(this.traffic, path.join(out, 'to_server.log'));
      throw error;
    }
  }

  /** Opens the queue `name`, and a line of its own below the header of push(); returns the path. */
  async openPush(name) {
    return this.openLineBelow(name, kLineOfPush);
  }

  /** Opens the file `name`, and a line of its own below `row`; returns the path. */
  async openLineBelow(name, row) {
    const { workbench } = this;
    await workbench.openFile(name);
    await workbench.press('Control+Home', ...Array(row).fill('ArrowDown'), 'End', 'Enter');
    return this.pathOf(name);
  }

  pathOf(name) {
    return path.join(this.workspace, name);
  }

  /** What the editor sent, in all its starts of the server. */
  get sent() {
    return fs.readFileSync(this.traffic, 'utf8');
  }

  /** The parameters of all that was sent as `method`. */
  messages(method) {
    const bodies = this.sent.split(/Content-Length: \d+\r\n\r\n/).filter((body) => body !== '');
    const messages = bodies.map((body) => JSON.parse(body));
    return messages.filter((message) => message.method === method).map(({ params }) => params);
  }

  numSent(text) {
    return this.sent.split(text).length - 1;
  }

  async waitForSent(text, count = 1) {
    const deadline = Date.now() + kTimeoutMs;
    while (this.numSent(text) < count) {
      assert.ok(Date.now() < deadline, `the editor did not send ${text} ${count} times`);
      await new Promise((resolve) => setTimeout(resolve, kPollMs));
    }
  }

  /** Ends the server as a crash does, and waits for the next one if it is `restarted`. */
  async crash({ restarted = true } = {}) {
    const starts = this.numSent('"method":"initialized"');
    for (const pid of fs.readFileSync(this.pids, 'utf8').split('\n').filter(Boolean)) {
      process.kill(Number(pid), 'SIGKILL');
    }
    if (restarted) await this.waitForSent('"method":"initialized"', starts + 1);
  }

  // The ids are those of one start's processes.
  #writeRecorder() {
    const lines = [
      '#!/bin/sh',
      `echo $$ > '${this.pids}'`,
      `tee -a '${this.traffic}' |`,
      `  sh -c 'echo $$ >> "${this.pids}"; exec "$@"' sh "$FIMD_BINARY" "$@"`,
    ];
    fs.writeFileSync(this.recorder, `${lines.join('\n')}\n`, { mode: 0o755 });
  }
}

/** The body of push() in a queue's text. */
function bodyOfPush(text) {
  const [, rest] = text.split('item):\n');
  return rest.split('\n\n    def pop')[0];
}

module.exports = { session: new Session(), bodyOfPush };
