// The extension's settings.

import * as vscode from "vscode";
import type { ImportStrategy } from "./locate";

export interface Settings {
  enable: boolean;
  path: string[];
  interpreter: string[];
  importStrategy: ImportStrategy;
  diagnosticMode: "openFilesOnly" | "workspace";
}

/** The settings that take effect only when the server is started anew. The client itself follows `trace.server`. */
const STARTING: readonly (keyof Settings)[] = ["enable", "path", "interpreter", "importStrategy", "diagnosticMode"];

export function readSettings(): Settings {
  const given = vscode.workspace.getConfiguration("ormlint");
  return {
    enable: given.get("enable", true),
    path: words(given.get("path")),
    interpreter: words(given.get("interpreter")),
    importStrategy: given.get("importStrategy") === "fromPath" ? "fromPath" : "fromEnvironment",
    diagnosticMode: given.get("diagnosticMode") === "workspace" ? "workspace" : "openFilesOnly",
  };
}

export function needsRestart(event: vscode.ConfigurationChangeEvent): boolean {
  return STARTING.some((name) => event.affectsConfiguration(`ormlint.${name}`));
}

/** Return the strings of a setting; the editor does not check what is written into it. */
function words(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.filter((item): item is string => typeof item === "string" && item.trim() !== "");
}
