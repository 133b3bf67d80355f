// Where ormlint is: settings, the project's Python environment, the PATH, in this order; in a workspace that is not
// trusted nothing that lies in it.

import { expanded, pathsOf, type Surroundings } from "./variables";

export type ImportStrategy = "fromEnvironment" | "fromPath";

const CONFIGURED = "ormlint.interpreter";

/** What is asked: settings, and where the editor stands. */
export interface Query extends Surroundings {
  path: readonly string[];
  interpreter: readonly string[];
  importStrategy: ImportStrategy;
  trusted: boolean;
  /** The interpreter that the Python extension has selected. */
  selected?: string | undefined;
}

/** What has to be asked of the machine. */
export interface Machine {
  /** Tell whether a path is a file that can be run. */
  isExecutable(file: string): Promise<boolean>;
  /** Return where a path leads when links are followed; the path itself where it leads nowhere. */
  realPath(file: string): Promise<string>;
  /** Tell whether an interpreter can import ormlint. */
  hasOrmlint(interpreter: string): Promise<boolean>;
}

/** The command that was found, or what was looked at in vain. */
export type Location =
  | { found: true; command: string; args: string[]; origin: string; looked: string[] }
  | { found: false; looked: string[]; interpreter?: string | undefined };

/** Find ormlint. */
export async function locate(query: Query, machine: Machine): Promise<Location> {
  const looked: string[] = [];
  const take = (command: string, args: string[], origin: string): Location => ({
    found: true,
    command,
    args: [...args, "server"],
    origin,
    looked,
  });

  for (const file of query.path.flatMap((value) => expanded(value, query))) {
    if (await mayRun(file, "ormlint.path", query, machine, looked)) {
      return take(file, [], "ormlint.path");
    }
  }

  let interpreter: string | undefined;
  let configured = false;
  for (const [file, origin] of interpreters(query)) {
    if (configured && origin !== CONFIGURED) {
      break; // who names an interpreter does not mean another one
    }
    if (!(await mayRun(file, origin, query, machine, looked))) {
      continue;
    }
    configured ||= origin === CONFIGURED;
    const script = scriptBeside(file, query.platform);
    if (await machine.isExecutable(script)) {
      return take(script, [], origin);
    }
    if (await machine.hasOrmlint(file)) {
      return take(file, ["-m", "ormlint"], origin);
    }
    looked.push(`${file} (${origin}): ormlint is not installed there`);
    interpreter ??= file;
  }

  for (const file of onPath(query)) {
    if ((await machine.isExecutable(file)) && (await mayRun(file, "PATH", query, machine, looked))) {
      return take(file, [], "PATH");
    }
  }
  looked.push("PATH: no ormlint in any of its folders");
  return { found: false, looked, interpreter };
}

/** Yield the interpreters to look in, the most wanted first, each with the name of what speaks for it. */
function* interpreters(query: Query): Generator<[string, string]> {
  const { join } = pathsOf(query.platform);
  if (query.importStrategy === "fromPath") {
    return;
  }
  for (const value of query.interpreter) {
    for (const file of expanded(value, query)) {
      yield [file, CONFIGURED];
    }
  }
  if (!query.trusted) {
    return;
  }
  if (query.selected) {
    yield [query.selected, "the selected interpreter"];
  }
  const python = query.platform === "win32" ? join("Scripts", "python.exe") : join("bin", "python");
  for (const folder of query.folders) {
    for (const name of [".venv", "venv"]) {
      yield [join(folder, name, python), `${name} of the workspace`];
    }
  }
  const active = query.env["VIRTUAL_ENV"];
  if (active) {
    yield [join(active, python), "VIRTUAL_ENV"];
  }
}

/** Return the path that the script of ormlint has in an interpreter's environment. */
export function scriptBeside(interpreter: string, platform: NodeJS.Platform): string {
  const { basename, dirname, join } = pathsOf(platform);
  const folder = dirname(interpreter);
  if (platform !== "win32") {
    return join(folder, "ormlint");
  }
  // An environment's interpreter is among its scripts, a base installation's lies above them.
  return join(folder, ...(basename(folder).toLowerCase() === "scripts" ? [] : ["Scripts"]), "ormlint.exe");
}

/** Return the files of the PATH that would be ormlint. Relative entries depend on where one stands, so they are left out. */
export function onPath(query: Surroundings): string[] {
  const { delimiter, isAbsolute, join } = pathsOf(query.platform);
  const name = query.platform === "win32" ? Object.keys(query.env).find((key) => key.toUpperCase() === "PATH") : "PATH";
  return ((name && query.env[name]) || "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, query.platform === "win32" ? "ormlint.exe" : "ormlint"));
}

async function mayRun(
  file: string,
  origin: string,
  query: Query,
  machine: Machine,
  looked: string[],
): Promise<boolean> {
  if (!(await machine.isExecutable(file))) {
    looked.push(`${file} (${origin}): no such program`);
    return false;
  }
  if (!query.trusted && (await liesInWorkspace(file, query, machine))) {
    looked.push(`${file} (${origin}): it lies in the workspace, which is not trusted`);
    return false;
  }
  return true;
}

/** Tell whether a file lies in the workspace, as it is written or where its links lead. */
async function liesInWorkspace(file: string, query: Query, machine: Machine): Promise<boolean> {
  const { isAbsolute, relative, resolve } = pathsOf(query.platform);
  const names = [resolve(file), await machine.realPath(file)];
  for (const folder of query.folders) {
    for (const top of [resolve(folder), await machine.realPath(folder)]) {
      for (const name of names) {
        const way = relative(top, name);
        if (way === "" || (!/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way))) {
          return true;
        }
      }
    }
  }
  return false;
}
