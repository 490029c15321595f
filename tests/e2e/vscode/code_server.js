// VS Code itself, as a server for one browser: the workbench runs in the browser, extensions run in
// a Node process of the server's, with child processes and standard streams as on a desktop.
//
// It is the plain VS Code server inside the npm package code-server; the package's own wrapper is
// not used, nor any of its native addons, so that nothing is compiled or fetched when it is
// installed. What is missing without them (terminal, search, Quick Open) no test needs.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const kServer = 'code-server/lib/vscode/out/server-main.js';
const kStartTimeoutMs = 60_000;
const kPollMs = 50;

/** Quiet: no welcome page, no popup that hides ghost text, nothing that asks the network. */
const kUserSettings = {
  'chat.commandCenter.enabled': false,
  'editor.inlineSuggest.enabled': true,
  'editor.quickSuggestions': { other: 'off' },
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
};

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function findServer() {
  try {
    return require.resolve(kServer);
  } catch {
    throw new Error('VS Code is not installed: run tests/e2e/install.sh');
  }
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

class CodeServer {
  #process;
  #home;

  /**
   * Starts with empty data folders below `home` (a second run would restore the unsaved files of
   * the first), the extension in the folder `extension`, and the folder `workspace` open.
   */
  static async start({ home, extension, workspace, machineSettings }) {
    const server = new CodeServer();
    server.#home = home;
    const folder = (name) => path.join(home, name);
    const { publisher, name, version } = require(path.join(extension, 'package.json'));
    fs.cpSync(extension, folder(`extensions/${publisher}.${name}-${version}`), { recursive: true });
    fs.mkdirSync(folder('user/User'), { recursive: true });
    fs.mkdirSync(folder('user/Machine'));
    fs.writeFileSync(folder('user/User/settings.json'), JSON.stringify(kUserSettings));
    server.configureMachine(machineSettings);

    const port = await freePort();
    const log = fs.openSync(folder('code-server.log'), 'w');
    const options = ['--host', '127.0.0.1', '--port', String(port)];
    options.push('--without-connection-token', '--accept-server-license-terms');
    options.push('--telemetry-level', 'off', '--disable-workspace-trust');
    options.push('--server-data-dir', folder('server'), '--user-data-dir', folder('user'));
    options.push('--extensions-dir', folder('extensions'));
    server.#process = spawn(process.execPath, [findServer(), ...options], {
      env: { ...process.env, HOME: home, NODE_PATH: '' },
      stdio: ['ignore', log, log],
    });
    const base = `http://127.0.0.1:${port}`;
    server.url = `${base}/?folder=${encodeURIComponent(workspace)}`;
    await server.#untilReady(`${base}/version`);
    return server;
  }

  /** The log of VS Code's server and what extension hosts print. */
  get log() {
    return fs.readFileSync(path.join(this.#home, 'code-server.log'), 'utf8');
  }

  /** What the user's settings hold now. */
  get userSettings() {
    const file = path.join(this.#home, 'user/User/settings.json');
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  }

  /** Replaces the settings of the machine that the server runs on: what holds paths. */
  configureMachine(settings) {
    const file = path.join(this.#home, 'user/Machine/settings.json');
    fs.writeFileSync(file, JSON.stringify(settings));
  }

  /** The extension host ends soon after its server. */
  stop() {
    this.#process.kill();
  }

  async #untilReady(url) {
    const deadline = Date.now() + kStartTimeoutMs;
    while (!(await answers(url))) {
      if (this.#process.exitCode !== null || Date.now() > deadline) {
        this.stop();
        throw new Error(`VS Code's server did not start:\n${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, kPollMs));
    }
  }
}

module.exports = { CodeServer };
