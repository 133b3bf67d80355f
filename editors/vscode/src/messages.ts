// What a person is told when the server cannot be started, and what to do about it.

import type { Location } from "./locate";

/** Return the message for an ormlint that was not found. */
export function notFound(location: Extract<Location, { found: false }>, trusted: boolean): string {
  if (!trusted) {
    return (
      "ormlint was not found outside this workspace, and from a workspace that is not trusted nothing is run. " +
      "Trust the workspace, or install ormlint on the PATH: pipx install 'ormlint[lsp]'."
    );
  }
  const command = location.interpreter
    ? `"${location.interpreter}" -m pip install "ormlint[lsp]"`
    : "pipx install 'ormlint[lsp]'";
  return `ormlint was not found. Install it: ${command}; or name the executable in the setting ormlint.path.`;
}

/** Return the message for a server that ended before it answered; `errors` is what it wrote to its standard error. */
export function didNotStart(command: string, code: number | null, errors: string): string {
  const last = errors.trim().split(/\r?\n/).at(-1)?.trim() ?? "";
  if (/needs pygls/.test(errors)) {
    return `The ormlint in ${command} was installed without its language server. Install it with its extra: pip install "ormlint[lsp]".`;
  }
  if (/invalid choice: '?server'?/.test(errors)) {
    return `The ormlint in ${command} has no language server: update it.`;
  }
  const end = code === null ? "was ended" : `ended with ${code}`;
  return `The server ${command} ${end} before it answered${last ? `: ${last}` : ""}`;
}
