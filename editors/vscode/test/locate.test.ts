// Where ormlint is looked for, and what is never run from a workspace that is not trusted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Location, locate, type Machine, onPath, type Query, scriptBeside } from "../src/locate";

interface Disk {
  programs: string[];
  modules?: string[];
  links?: Record<string, string>;
}

function machine({ programs, modules = [], links = {} }: Disk): Machine {
  return {
    isExecutable: async (file) => programs.includes(file),
    realPath: async (file) => links[file] ?? file,
    hasOrmlint: async (interpreter) => modules.includes(interpreter),
  };
}

function query(given: Partial<Query> = {}): Query {
  return {
    path: [],
    interpreter: [],
    importStrategy: "fromEnvironment",
    trusted: true,
    folders: ["/w"],
    home: "/home/ada",
    env: { PATH: "/usr/local/bin:/usr/bin" },
    platform: "linux",
    ...given,
  };
}

function command(location: Location): string {
  return location.found ? [location.command, ...location.args].join(" ") : "nothing";
}

const everything: Disk = {
  programs: [
    "/opt/ormlint",
    "/py/bin/python",
    "/py/bin/ormlint",
    "/selected/bin/python",
    "/selected/bin/ormlint",
    "/w/.venv/bin/python",
    "/w/.venv/bin/ormlint",
    "/active/bin/python",
    "/active/bin/ormlint",
    "/usr/bin/ormlint",
  ],
};

test("the order: path, interpreter, selected, the workspace's own, the active one, PATH", async () => {
  const whole = query({
    path: ["/missing", "/opt/ormlint"],
    interpreter: ["/py/bin/python"],
    selected: "/selected/bin/python",
    env: { PATH: "/usr/local/bin:/usr/bin", VIRTUAL_ENV: "/active" },
  });
  const expected: [Partial<Query>, string, string][] = [
    [{}, "/opt/ormlint server", "ormlint.path"],
    [{ path: [] }, "/py/bin/ormlint server", "ormlint.interpreter"],
    [{ interpreter: [] }, "/selected/bin/ormlint server", "the selected interpreter"],
    [{ selected: undefined }, "/w/.venv/bin/ormlint server", ".venv of the workspace"],
    [{ folders: ["/other"] }, "/active/bin/ormlint server", "VIRTUAL_ENV"],
    [{ env: { PATH: "/usr/local/bin:/usr/bin" } }, "/usr/bin/ormlint server", "PATH"],
  ];
  let given = whole;
  for (const [less, found, origin] of expected) {
    given = { ...given, ...less };
    const location = await locate(given, machine(everything));
    assert.equal(command(location), found);
    assert.equal(location.found && location.origin, origin);
  }
});

test("fromPath passes the environments over, not the setting path", async () => {
  const given = query({ importStrategy: "fromPath", interpreter: ["/py/bin/python"], selected: "/selected/bin/python" });
  assert.equal(command(await locate(given, machine(everything))), "/usr/bin/ormlint server");
  const named = await locate({ ...given, path: ["/opt/ormlint"] }, machine(everything));
  assert.equal(command(named), "/opt/ormlint server");
});

test("an interpreter without a script beside it is asked for the module", async () => {
  const disk: Disk = { programs: ["/usr/bin/python3"], modules: ["/usr/bin/python3"] };
  const location = await locate(query({ selected: "/usr/bin/python3" }), machine(disk));
  assert.equal(command(location), "/usr/bin/python3 -m ormlint server");
});

test("an interpreter that is named and has no ormlint is not replaced by another environment's", async () => {
  const disk: Disk = { programs: [...everything.programs, "/bare/bin/python"] };
  const given = query({ interpreter: ["/missing/python", "/bare/bin/python"], selected: "/selected/bin/python" });
  const location = await locate(given, machine(disk));
  assert.equal(command(location), "/usr/bin/ormlint server");
  assert.deepEqual(location.looked.slice(0, 2), [
    "/missing/python (ormlint.interpreter): no such program",
    "/bare/bin/python (ormlint.interpreter): ormlint is not installed there",
  ]);
});

test("an interpreter that is named and does not exist is passed over", async () => {
  const location = await locate(query({ interpreter: ["/missing"] }), machine(everything));
  assert.equal(command(location), "/w/.venv/bin/ormlint server");
});

test("what was looked at is told, and the interpreter to install it into", async () => {
  const disk: Disk = { programs: ["/selected/bin/python"] };
  const location = await locate(query({ path: ["/opt/none"], selected: "/selected/bin/python" }), machine(disk));
  assert.deepEqual(location, {
    found: false,
    interpreter: "/selected/bin/python",
    looked: [
      "/opt/none (ormlint.path): no such program",
      "/selected/bin/python (the selected interpreter): ormlint is not installed there",
      "/w/.venv/bin/python (.venv of the workspace): no such program",
      "/w/venv/bin/python (venv of the workspace): no such program",
      "PATH: no ormlint in any of its folders",
    ],
  });
});

test("untrusted: no environment of the workspace, no selected one, no active one", async () => {
  const given = query({ trusted: false, selected: "/selected/bin/python", env: { PATH: "/usr/bin", VIRTUAL_ENV: "/active" } });
  assert.equal(command(await locate(given, machine(everything))), "/usr/bin/ormlint server");
});

test("untrusted: a program in the workspace is not run, whoever names it", async () => {
  const programs = ["/w/evil", "/w/bin/ormlint", "/w/..evil/ormlint", "/w/py/bin/python", "/w/py/bin/ormlint"];
  for (const less of [
    { path: ["${workspaceFolder}/evil"] },
    { path: ["/w/evil"] },
    { path: ["/elsewhere/../w/evil"] },
    { path: ["evil"] },
    { interpreter: ["/w/py/bin/python"] },
    { env: { PATH: "/w/bin:bin:.:/w/..evil" } },
  ]) {
    const disk = { programs: [...programs, "/elsewhere/../w/evil"] };
    const location = await locate(query({ trusted: false, env: {}, ...less }), machine(disk));
    assert.equal(command(location), "nothing", JSON.stringify(less));
  }
});

test("untrusted: links into the workspace and a workspace behind a link are seen through", async () => {
  const into: Disk = { programs: ["/opt/ormlint"], links: { "/opt/ormlint": "/w/evil" } };
  assert.equal(command(await locate(query({ trusted: false, path: ["/opt/ormlint"] }), machine(into))), "nothing");
  const behind: Disk = { programs: ["/real/evil"], links: { "/w": "/real" } };
  assert.equal(command(await locate(query({ trusted: false, path: ["/real/evil"] }), machine(behind))), "nothing");
});

test("untrusted: a neighbour of the workspace whose name begins alike is no part of it", async () => {
  const disk: Disk = { programs: ["/w2/ormlint", "/..w/ormlint"] };
  assert.equal(command(await locate(query({ trusted: false, path: ["/w2/ormlint"] }), machine(disk))), "/w2/ormlint server");
});

test("trusted: the same programs are run", async () => {
  const disk: Disk = { programs: ["/w/tools/ormlint"] };
  assert.equal(command(await locate(query({ path: ["tools/ormlint"] }), machine(disk))), "/w/tools/ormlint server");
});

test("Windows: scripts, drives and the PATH in any spelling", async () => {
  assert.equal(scriptBeside("C:\\p\\.venv\\Scripts\\python.exe", "win32"), "C:\\p\\.venv\\Scripts\\ormlint.exe");
  assert.equal(scriptBeside("C:\\Python312\\python.exe", "win32"), "C:\\Python312\\Scripts\\ormlint.exe");
  const env = { Path: "bin;C:\\tools;.;\\\\server\\share" };
  assert.deepEqual(onPath({ folders: [], home: "", env, platform: "win32" }), [
    "C:\\tools\\ormlint.exe",
    "\\\\server\\share\\ormlint.exe",
  ]);
  const given = query({ platform: "win32", folders: ["C:\\p"], env: {}, trusted: false, path: ["c:\\P\\ormlint.exe", "D:\\ormlint.exe"] });
  const disk: Disk = { programs: ["c:\\P\\ormlint.exe", "D:\\ormlint.exe"] };
  assert.equal(command(await locate(given, machine(disk))), "D:\\ormlint.exe server");
});
