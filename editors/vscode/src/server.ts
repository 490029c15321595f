// The process `fimd lsp` and the language client that speaks with it.
//
// Starts and stops happen one after another, whoever asks for them. Each start makes a new client,
// since a setting may have changed what is to be started.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as readline from 'node:readline';

import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State as ClientState,
  type CloseHandlerResult,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';

import { CrashCounter } from './crash_counter';
import { findProgram } from './find_program';
import { isEnabled } from './settings';
import { readStatus, type State } from './status';

/** What fimd completes: files and unsaved documents, not what other extensions show. */
const kDocuments = [{ scheme: 'file' }, { scheme: 'untitled' }];

/** Loading a model is no part of a start, so a start that takes this long is none. */
const kStartTimeoutMs = 30_000;

const kOff: State = { mode: 'off', message: '' };

/** Leaves its errors in the log: the user is told once, by us, with what can be done. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #stateChanged = new vscode.EventEmitter<State>();
  readonly #failed = new vscode.EventEmitter<string>();
  #crashes = new CrashCounter();
  #abortStart: (reason: string) => void = () => undefined;
  #state: State = kOff;
  #client: LanguageClient | undefined;
  #queue: Promise<void> = Promise.resolve();

  readonly onDidChangeState = this.#stateChanged.event;
  /** The server cannot run, and why. What a running server complains about is shown by itself. */
  readonly onDidFail = this.#failed.event;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  get state(): State {
    return this.#state;
  }

  /** Starts the server, or starts it again when it runs. Failures go to the state and the log. */
  restart(): Promise<void> {
    this.#crashes = new CrashCounter();
    return this.#enqueue(() => this.#restartClient());
  }

  stop(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#stopClient();
      this.#setState(kOff);
    });
  }

  /** Tells the server which document has the focus: what is looked at ranks first as context. */
  focus(document: vscode.TextDocument | undefined): void {
    const client = this.#client;
    if (client?.state !== ClientState.Running) return;
    const known = document !== undefined && vscode.languages.match(kDocuments, document) > 0;
    const params = known ? { textDocument: { uri: document.uri.toString() } } : {};
    client.sendNotification('$/fimd/didFocus', params).catch((error: unknown) => {
      this.#log.warn(`the focus was not sent: ${String(error)}`);
    });
  }

  dispose(): void {
    void this.stop();
    this.#stateChanged.dispose();
    this.#failed.dispose();
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(step);
    return this.#queue;
  }

  #setState(state: State): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }

  #fail(message: string): void {
    this.#log.error(message);
    this.#setState({ mode: 'error', message });
    this.#failed.fire(message);
  }

  async #restartClient(): Promise<void> {
    await this.#stopClient();
    await this.#startClient();
  }

  async #startClient(): Promise<void> {
    const setting = vscode.workspace.getConfiguration('fimd').get('path', '');
    const program = findProgram(setting, {
      home: os.homedir(),
      searchPath: process.env['PATH'] ?? '',
      isExecutable,
    });
    if ('problem' in program) return this.#fail(program.problem);

    this.#log.info(`starting ${program.file} lsp`);
    this.#setState({ mode: 'starting', message: '' });
    const client = new QuietClient(
      'fimd',
      'fimd',
      { command: program.file, args: ['lsp'] },
      this.#clientOptions(),
    );
    this.#client = client;
    client.onNotification('$/fimd/status', (params: unknown) => {
      const state = readStatus(params);
      if (state !== undefined && client === this.#client) this.#setState(state);
    });
    client.onDidChangeState(({ newState }) => {
      const runs = newState === ClientState.Running && client === this.#client;
      if (runs) this.#setState({ mode: 'ready', message: '' });
    });
    try {
      await this.#startOrFail(client);
    } catch (error) {
      this.#client = undefined;
      client.serverProcess?.kill();
      this.#fail(`${program.file} lsp did not start: ${messageOf(error)}`);
    }
  }

  // The client itself waits forever for the answer of a process that has ended.
  async #startOrFail(client: LanguageClient): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const failed = new Promise<never>((_, reject) => {
      this.#abortStart = (reason) => reject(new Error(reason));
      const late = `no answer in ${kStartTimeoutMs / 1000} seconds`;
      timer = setTimeout(() => this.#abortStart(late), kStartTimeoutMs);
    });
    try {
      await Promise.race([client.start(), failed]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #stopClient(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    try {
      await client.dispose();
    } catch (error) {
      this.#log.warn(`the server did not stop by itself: ${messageOf(error)}`);
    }
  }

  #clientOptions(): LanguageClientOptions {
    return {
      documentSelector: kDocuments,
      outputChannel: this.#log,
      stdioOptions: { stdout: () => undefined, stderr: logLines }, // stdout is the protocol's
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.#onClosed(),
      },
      middleware: {
        provideInlineCompletionItems: (document, position, context, token, next) =>
          isEnabledIn(document) ? next(document, position, context, token) : undefined,
      },
    };
  }

  #onClosed(): CloseHandlerResult {
    const message = 'the server ended by itself';
    if (this.#client?.state === ClientState.Running) {
      if (this.#crashes.mayRestart(Date.now())) {
        // The client is done with its own end only after this returned.
        setImmediate(() => void this.#enqueue(() => this.#restartClient()));
      } else {
        this.#client = undefined;
        this.#fail('The server ended again and again, and is not started any more.');
      }
    } else {
      this.#abortStart('it ended at once; the log may say why');
    }
    return { action: CloseAction.DoNotRestart, handled: true, message };
  }
}

/** Whether the user wants suggestions in this document's language. */
export function isEnabledIn(document: vscode.TextDocument): boolean {
  const table = vscode.workspace.getConfiguration('fimd').get('enable', {});
  return isEnabled(table, document.languageId);
}

/** Lines of the server's own log, "fimd: level: text", at their level. */
function logLines(input: NodeJS.ReadableStream, log: vscode.LogOutputChannel): void {
  readline.createInterface({ input }).on('line', (line) => {
    if (line.startsWith('fimd: error:')) log.error(line);
    else if (line.startsWith('fimd: warning:')) log.warn(line);
    else log.info(line);
  });
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
