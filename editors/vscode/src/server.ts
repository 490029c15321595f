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
  MessageType,
  ShowMessageNotification,
  State as ClientState,
  type CloseHandlerResult,
  type LanguageClientOptions,
  type ShowMessageParams,
} from 'vscode-languageclient/node';

import { CrashCounter } from './crash_counter';
import { findProgram } from './find_program';
import { visitsBefore } from './notebook';
import { isEnabled } from './settings';
import type { Snooze } from './snooze';
import { readStatus, stateOf, type State } from './status';

/** What fimd completes: files, unsaved documents and cells, not what other extensions show. */
const kDocuments = ['file', 'untitled', 'vscode-notebook-cell'].map((scheme) => ({ scheme }));

/** Loading a model is no part of a start, so a start that takes this long is none. */
const kStartTimeoutMs = 30_000;

/** Why the server cannot run or complete, and what may help. */
export interface Failure {
  readonly message: string;
  /** The setting to change; empty: none would help. */
  readonly setting: string;
  readonly restartable: boolean;
}

/** Leaves its errors in the log: the user is told once, by us, with what can be done. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #stateChanged = new vscode.EventEmitter<State>();
  readonly #failed = new vscode.EventEmitter<Failure>();
  readonly #snooze: Snooze;
  #crashes = new CrashCounter();
  #abortStart: (reason: string) => void = () => undefined;
  #state = stateOf('off');
  #client: LanguageClient | undefined;
  #queue: Promise<void> = Promise.resolve();

  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidFail = this.#failed.event;

  constructor(log: vscode.LogOutputChannel, snooze: Snooze) {
    this.#log = log;
    this.#snooze = snooze;
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
      this.#setState(stateOf('off'));
    });
  }

  /** Tells the server which document has the focus: what is looked at ranks first as context. */
  focus(document: vscode.TextDocument | undefined): void {
    const known = document !== undefined && vscode.languages.match(kDocuments, document) > 0;
    if (!known) return this.#sendFocus({});
    for (const { uri } of visitsBefore(codeCellsAround(document), document)) {
      this.#sendFocus({ textDocument: { uri: uri.toString() } });
    }
  }

  dispose(): void {
    void this.stop();
    this.#stateChanged.dispose();
    this.#failed.dispose();
  }

  #sendFocus(params: object): void {
    const client = this.#client;
    if (client?.state !== ClientState.Running) return;
    client.sendNotification('$/fimd/didFocus', params).catch((error: unknown) => {
      this.#log.warn(`the focus was not sent: ${String(error)}`);
    });
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(step);
    return this.#queue;
  }

  #setState(state: State): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }

  #fail(problem: string, help: { setting?: string; restartable?: boolean }): void {
    this.#log.error(problem);
    this.#setState(stateOf('error', problem));
    const { setting = '', restartable = false } = help;
    this.#failed.fire({ message: `fimd: ${problem}`, setting, restartable });
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
    if ('problem' in program) return this.#fail(program.problem, { setting: 'fimd.path' });

    this.#log.info(`starting ${program.file} lsp`);
    this.#setState(stateOf('starting'));
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
      if (newState !== ClientState.Running || client !== this.#client) return;
      if (this.#state.mode === 'starting') this.#setState(stateOf('ready')); // else it said more
      this.focus(vscode.window.activeTextEditor?.document);
    });
    client.onNotification(ShowMessageNotification.type, (params) => this.#onMessage(params));
    try {
      await this.#startOrFail(client);
    } catch (error) {
      this.#client = undefined;
      client.serverProcess?.kill();
      const problem = `${program.file} lsp did not start: ${messageOf(error)}`;
      this.#fail(problem, { setting: 'fimd.path', restartable: true });
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
        provideInlineCompletionItems: (document, position, context, token, next) => {
          const invoked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
          const asleep = this.#snooze.untilMs !== undefined && !invoked;
          if (asleep || !isEnabledIn(document)) return undefined;
          return next(document, position, context, token);
        },
      },
    };
  }

  // An error that the status explains too is one with a setting to change.
  #onMessage({ type, message }: ShowMessageParams): void {
    if (type === MessageType.Error) {
      this.#failed.fire({ message, setting: this.#state.setting, restartable: false });
    } else if (type === MessageType.Warning) {
      void vscode.window.showWarningMessage(message);
    } else {
      void vscode.window.showInformationMessage(message);
    }
  }

  #onClosed(): CloseHandlerResult {
    const message = 'the server ended by itself';
    if (this.#client?.state === ClientState.Running) {
      if (this.#crashes.mayRestart(Date.now())) {
        // The client is done with its own end only after this returned.
        setImmediate(() => void this.#enqueue(() => this.#restartClient()));
      } else {
        this.#client = undefined;
        const problem = 'The server ended again and again, and is not started any more.';
        this.#fail(problem, { restartable: true });
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

/** The cells of code in the notebook that `document` is a cell of, in its order. */
function codeCellsAround(document: vscode.TextDocument): vscode.TextDocument[] {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cells = notebook.getCells();
    if (!cells.some((cell) => cell.document === document)) continue;
    const code = cells.filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
    return code.map((cell) => cell.document);
  }
  return [];
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
