// The extension: a thin client of `ormlint server`.

import * as vscode from "vscode";
import { Cards, SCHEME } from "./cards";
import { onInterpreterSelected } from "./python";
import { Server } from "./server";
import { needsRestart } from "./settings";
import { Status } from "./status";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("ormlint", { log: true });
  const trace = vscode.window.createOutputChannel("ormlint trace");
  const status = new Status();
  const cards = new Cards();
  const started = new Server(context, log, trace, status);
  server = started;
  const restart = () => void started.restart();

  context.subscriptions.push(
    log,
    trace,
    status,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, cards),
    vscode.commands.registerCommand("ormlint.restart", () => started.restart()),
    vscode.commands.registerCommand("ormlint.showLogs", () => log.show()),
    vscode.commands.registerCommand("ormlint.showModelCard", () => cards.show(started.running)),
    vscode.commands.registerCommand("ormlint.fixAll", () =>
      vscode.commands.executeCommand("editor.action.sourceAction", { kind: "source.fixAll.ormlint", apply: "first" }),
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (needsRestart(event)) {
        restart();
      }
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (!started.running) {
        restart(); // a folder more may bring the environment that was missing; a server that runs is told by the client
      }
    }),
  );
  void onInterpreterSelected(context, log, restart);
  restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
