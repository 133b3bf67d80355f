// The card of a model: what ormlint knows of its table, its columns and its relationships.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

export const SCHEME = "ormlint-card";

/** A mapped class of the workspace, as `ormlint/models` lists them. */
interface Model {
  name: string;
  module: string;
  table: string | null;
  uri: string;
  line: number;
  character: number;
}

/** The answer to `ormlint/modelCard`. */
interface Card {
  name: string;
  text: string;
}

/** The documents that show cards; each is asked for when it is shown. */
export class Cards implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(client: LanguageClient | undefined): Promise<void> {
    if (!client) {
      void vscode.window.showWarningMessage("ormlint's server does not run; see its logs.", "Show Logs").then((chosen) => {
        if (chosen) {
          void vscode.commands.executeCommand("ormlint.showLogs");
        }
      });
      return;
    }
    const card = (await this.atCursor(client)) ?? (await this.chosen(client));
    if (!card) {
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${card.name}` });
    this.texts.set(uri.toString(), `${card.text}\n`);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  private async atCursor(client: LanguageClient): Promise<Card | null> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || editor.document.languageId !== "python" || editor.document.uri.scheme !== "file") {
      return null;
    }
    return client.sendRequest<Card | null>("ormlint/modelCard", {
      textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
      position: client.code2ProtocolConverter.asPosition(editor.selection.active),
    });
  }

  private async chosen(client: LanguageClient): Promise<Card | null> {
    const models = await client.sendRequest<Model[]>("ormlint/models", {});
    if (models.length === 0) {
      void vscode.window.showInformationMessage("ormlint knows of no mapped class in this workspace.");
      return null;
    }
    const items = models.map((model) => ({
      label: model.name,
      description: model.table ?? "",
      detail: model.module,
      model,
    }));
    const item = await vscode.window.showQuickPick(items, {
      placeHolder: "Model",
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (!item) {
      return null;
    }
    return client.sendRequest<Card | null>("ormlint/modelCard", {
      textDocument: { uri: item.model.uri },
      position: { line: item.model.line, character: item.model.character },
    });
  }
}
