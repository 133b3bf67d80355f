// The real machine: what can be run, where links lead, and a probe that imports nothing of the workspace.

import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { machineAt } from "../src/machine";

function folder(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ormlint-test-")));
}

test("a program is a file that may be run", { skip: process.platform === "win32" }, async () => {
  const top = folder();
  const program = path.join(top, "program");
  fs.writeFileSync(program, "#!/bin/sh\n");
  const machine = machineAt(top);
  assert.equal(await machine.isExecutable(program), false);
  fs.chmodSync(program, 0o755);
  assert.equal(await machine.isExecutable(program), true);
  assert.equal(await machine.isExecutable(top), false, "a folder is no program");
  assert.equal(await machine.isExecutable(path.join(top, "none")), false);
  fs.symlinkSync(program, path.join(top, "link"));
  assert.equal(await machine.realPath(path.join(top, "link")), program);
  assert.equal(await machine.realPath(path.join(top, "none")), path.join(top, "none"));
});

test("the probe stands in the neutral folder and believes the exit code", { skip: process.platform === "win32" }, async () => {
  const neutral = folder();
  const elsewhere = folder();
  const python = path.join(elsewhere, "python");
  for (const code of [0, 1]) {
    fs.writeFileSync(python, `#!/bin/sh\npwd > '${elsewhere}/stood'\nexit ${code}\n`, { mode: 0o755 });
    assert.equal(await machineAt(neutral).hasOrmlint(python), code === 0);
    assert.equal(fs.readFileSync(path.join(elsewhere, "stood"), "utf8").trim(), neutral);
  }
  assert.equal(await machineAt(neutral).hasOrmlint(path.join(elsewhere, "none")), false);
});
