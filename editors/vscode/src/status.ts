// The server's state beside the language in the status bar.

import * as vscode from "vscode";

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("ormlint", { language: "python" });

  constructor() {
    this.item.name = "ormlint";
    this.off();
  }

  off(): void {
    this.show("ormlint is off", vscode.LanguageStatusSeverity.Information, "ormlint.enable is false in the settings");
  }

  starting(): void {
    this.show("ormlint", vscode.LanguageStatusSeverity.Information, "starting", true);
  }

  running(version: string, origin: string): void {
    this.show(`ormlint ${version}`, vscode.LanguageStatusSeverity.Information, `from ${origin}`);
  }

  failed(reason: string): void {
    this.show("ormlint does not run", vscode.LanguageStatusSeverity.Error, reason);
  }

  dispose(): void {
    this.item.dispose();
  }

  private show(text: string, severity: vscode.LanguageStatusSeverity, detail: string, busy = false): void {
    this.item.text = text;
    this.item.severity = severity;
    this.item.detail = detail;
    this.item.busy = busy;
    this.item.command = { command: "ormlint.showLogs", title: "Show Logs" };
  }
}
