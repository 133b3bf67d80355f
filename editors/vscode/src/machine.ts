// The machine that the editor's extensions run on, as `locate` asks about it.

import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import type { Machine } from "./locate";

const PROBE = "import importlib.util, sys; sys.exit(importlib.util.find_spec('ormlint') is None)";
const PATIENCE = 20_000; // milliseconds; an interpreter on a slow disk

/** Return the machine. `neutral` is an empty folder: `python -c` and `-m` import what lies where they stand. */
export function machineAt(neutral: string): Machine {
  return {
    async isExecutable(file) {
      try {
        await fs.access(file, fs.constants.X_OK);
        return (await fs.stat(file)).isFile();
      } catch {
        return false;
      }
    },
    async realPath(file) {
      try {
        return await fs.realpath(file);
      } catch {
        return file;
      }
    },
    hasOrmlint: (interpreter) =>
      new Promise((resolve) => {
        execFile(interpreter, ["-c", PROBE], { cwd: neutral, timeout: PATIENCE, windowsHide: true }, (error) =>
          resolve(error === null),
        );
      }),
  };
}
