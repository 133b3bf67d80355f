// The interpreter that is selected in the Python extension, where that is installed.

import { PVSC_EXTENSION_ID, PythonExtension } from "@vscode/python-extension";
import * as vscode from "vscode";

async function api(): Promise<PythonExtension | undefined> {
  // Without the extension its library throws.
  return vscode.extensions.getExtension(PVSC_EXTENSION_ID) ? PythonExtension.api() : undefined;
}

/** Return the path of the selected interpreter. */
export async function selectedInterpreter(log: vscode.LogOutputChannel): Promise<string | undefined> {
  try {
    const environments = (await api())?.environments;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const found = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
    return found?.executable.uri?.fsPath;
  } catch (error) {
    log.warn(`the Python extension did not say which interpreter is selected: ${String(error)}`);
    return undefined;
  }
}

/** Call back when another interpreter is selected. */
export async function onInterpreterSelected(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  changed: () => void,
): Promise<void> {
  try {
    const environments = (await api())?.environments;
    if (environments) {
      context.subscriptions.push(environments.onDidChangeActiveEnvironmentPath(changed));
    }
  } catch (error) {
    log.warn(`the Python extension cannot be listened to: ${String(error)}`);
  }
}
