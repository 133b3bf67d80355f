// The server's life: found, started, watched, ended.

import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as vscode from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { type Location, locate } from "./locate";
import { machineAt } from "./machine";
import { didNotStart, notFound } from "./messages";
import { selectedInterpreter } from "./python";
import { readSettings, type Settings } from "./settings";
import type { Status } from "./status";

const STOPPING = 3_000; // milliseconds for a server to end by itself
const CRASHES = 3; // as often it is started again within the span below
const SPAN = 180_000;
const SILENCED = "notFoundSilenced";

type Found = Extract<Location, { found: true }>;

/** A process, and the moment when it has ended and all it wrote is read. */
interface Child {
  process: ChildProcess;
  closed: Promise<void>;
}

/** The library's client, which throws when it is stopped after a start that failed, and shows each error by itself. */
class Client extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false); // `Server` says once what is wrong, and what to do
  }

  override async stop(timeout = STOPPING): Promise<void> {
    if (this.needsStop()) {
      await super.stop(timeout).catch(() => undefined);
    }
  }
}

/** The one server of a window. Its starts and stops are done one after the other, in the order they were asked for. */
export class Server implements vscode.Disposable {
  private client: Client | undefined;
  private child: Child | undefined;
  private errors = "";
  private asked = 0;
  private starting = false;
  private crashes: number[] = [];
  private last: Promise<void> = Promise.resolve();
  private told = new Set<string>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly trace: vscode.OutputChannel,
    private readonly status: Status,
  ) {}

  /** The client of the running server. */
  get running(): LanguageClient | undefined {
    return this.client?.isRunning() ? this.client : undefined;
  }

  /** Start the server, or start it anew. One that was started and does not answer is not waited for. */
  restart(): Promise<void> {
    this.asked += 1;
    this.crashes = [];
    if (this.starting) {
      this.child?.process.kill();
    }
    return this.next(async () => {
      await this.end();
      await this.start();
    });
  }

  stop(): Promise<void> {
    return this.next(() => this.end());
  }

  dispose(): void {
    void this.stop();
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.last = this.last.then(step).catch((error: unknown) => {
      this.log.error(error instanceof Error ? error : String(error));
      this.status.failed(String(error));
    });
    return this.last;
  }

  private async start(): Promise<void> {
    const settings = readSettings();
    if (!settings.enable) {
      this.status.off();
      this.log.info("off: ormlint.enable is false");
      return;
    }
    this.status.starting();
    // `python -m` imports what lies where it stands, so the server stands where nothing does.
    const neutral = this.context.globalStorageUri.fsPath;
    await fs.mkdir(neutral, { recursive: true });
    const location = await this.find(settings, neutral);
    for (const line of location.looked) {
      this.log.info(line);
    }
    if (!location.found) {
      const message = notFound(location, vscode.workspace.isTrusted);
      this.log.error(message);
      this.status.failed("it was not found");
      void this.tellNotFound(message);
      return;
    }
    await this.launch(location, settings, neutral);
  }

  private async find(settings: Settings, neutral: string): Promise<Location> {
    const trusted = vscode.workspace.isTrusted;
    return locate(
      {
        ...settings,
        trusted,
        selected: trusted ? await selectedInterpreter(this.log) : undefined,
        folders: (vscode.workspace.workspaceFolders ?? [])
          .filter((folder) => folder.uri.scheme === "file")
          .map((folder) => folder.uri.fsPath),
        home: os.homedir(),
        env: process.env,
        platform: process.platform,
      },
      machineAt(neutral),
    );
  }

  private async launch(found: Found, settings: Settings, neutral: string): Promise<void> {
    const shown = [found.command, ...found.args].join(" ");
    this.log.info(`starting ${shown} (${found.origin})`);
    const client = new Client("ormlint", "ormlint", () => this.spawned(found, neutral), {
      documentSelector: [{ scheme: "file", language: "python" }],
      outputChannel: this.log,
      traceOutputChannel: this.trace,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { settings: { diagnosticMode: settings.diagnosticMode } },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => this.closed(shown),
      },
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        const version = client.initializeResult?.serverInfo?.version ?? "";
        this.status.running(version, found.origin);
        this.log.info(`ormlint ${version} runs`);
      }
    });
    this.client = client;
    const asked = this.asked;
    this.starting = true;
    try {
      await client.start();
    } catch (error) {
      this.log.error(String(error));
    } finally {
      this.starting = false;
    }
    if (client.isRunning()) {
      return;
    }
    // A start can fail without a word: its promise is given up when the connection is lost meanwhile.
    const code = await ended(this.child, STOPPING);
    const message = didNotStart(found.command, code, this.errors);
    this.client = undefined;
    await client.dispose().catch(() => undefined);
    await this.kill();
    this.log.error(message);
    this.status.failed(message);
    if (asked === this.asked) {
      void this.tell(message);
    }
  }

  private async spawned(found: Found, neutral: string): Promise<ChildProcess> {
    const child = spawn(found.command, found.args, { cwd: neutral, windowsHide: true });
    this.errors = "";
    child.stderr.on("data", (data: Buffer) => {
      this.errors = (this.errors + data.toString("utf8")).slice(-4_000);
    });
    child.on("error", (error) => {
      this.errors += error.message;
    });
    child.stdin.on("error", () => undefined); // a server that is gone reads nothing; `closed` tells of it
    // `close` comes when all that was written is read, `exit` may come before.
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.child = { process: child, closed };
    return child;
  }

  /** The connection was lost. A server that had run is started again, unless it ends again and again. */
  private async closed(shown: string): Promise<CloseHandlerResult> {
    if (!this.client?.initializeResult) {
      return { action: CloseAction.DoNotRestart, handled: true, message: "the server ended before it answered" };
    }
    const code = await ended(this.child, STOPPING);
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < SPAN), now];
    const message = `${shown} ended (${code ?? this.child?.process.signalCode ?? "still alive"})`;
    if (this.crashes.length <= CRASHES) {
      return { action: CloseAction.Restart, handled: true, message: `${message}; it is started again` };
    }
    this.status.failed("it ended again and again");
    void this.tell(`ormlint's server ended ${this.crashes.length} times in three minutes and is not started again.`);
    return { action: CloseAction.DoNotRestart, handled: true, message };
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose(STOPPING).catch(() => undefined);
    await this.kill();
  }

  private async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child && (await ended(child, STOPPING)) === null && child.process.signalCode === null) {
      child.process.kill();
    }
  }

  private async tell(message: string): Promise<void> {
    const chosen = await vscode.window.showErrorMessage(message, "Restart", "Show Logs");
    if (chosen === "Restart") {
      await this.restart();
    } else if (chosen === "Show Logs") {
      this.log.show();
    }
  }

  private async tellNotFound(message: string): Promise<void> {
    if (this.told.has(message) || this.context.workspaceState.get(SILENCED)) {
      return;
    }
    this.told.add(message);
    const trusted = vscode.workspace.isTrusted;
    const remedy = trusted ? "Open Settings" : "Manage Trust";
    const chosen = await vscode.window.showWarningMessage(message, remedy, "Show Logs", "Don't Show Again");
    if (chosen === remedy) {
      await (trusted
        ? vscode.commands.executeCommand("workbench.action.openSettings", "ormlint")
        : vscode.commands.executeCommand("workbench.trust.manage"));
    } else if (chosen === "Show Logs") {
      this.log.show();
    } else if (chosen === "Don't Show Again") {
      await this.context.workspaceState.update(SILENCED, true);
    }
  }
}

/** Return a process's exit code when it ends within a time; null when it does not, or a signal ended it. */
async function ended(child: Child | undefined, patience: number): Promise<number | null> {
  if (!child) {
    return null;
  }
  let timer: NodeJS.Timeout | undefined;
  const tired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([child.closed, tired]);
  clearTimeout(timer);
  return child.process.exitCode;
}
