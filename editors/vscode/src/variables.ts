// What stands in a setting as it is written, and what it means on this machine.

import * as path from "node:path";

/** What the variables of a setting are replaced by. */
export interface Surroundings {
  /** The workspace's folders, as absolute paths. */
  folders: readonly string[];
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** Return `node:path` as it is on a platform, so that each can be tested on any. */
export function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}

/**
 * Return the absolute paths that a setting's value means: one for each folder where it speaks of the workspace.
 * A value with an unknown variable, or one that needs a folder where none is open, means nothing.
 */
export function expanded(value: string, where: Surroundings): string[] {
  const { isAbsolute, join } = pathsOf(where.platform);
  let text = value.trim();
  if (text === "~" || text.startsWith("~/") || (where.platform === "win32" && text.startsWith("~\\"))) {
    text = where.home + text.slice(1);
  }
  let known = true;
  text = text.replace(/\$\{(userHome|env:[^}]*)\}/g, (_, name: string) => {
    const found = name === "userHome" ? where.home : where.env[name.slice("env:".length)];
    known &&= Boolean(found);
    return found ?? "";
  });
  if (!known || text === "") {
    return [];
  }
  const texts = text.includes("${workspaceFolder}")
    ? where.folders.map((folder) => text.replaceAll("${workspaceFolder}", () => folder))
    : [text];
  return texts
    .filter((item) => !item.includes("${"))
    .flatMap((item) => (isAbsolute(item) ? [item] : where.folders.map((folder) => join(folder, item))));
}
