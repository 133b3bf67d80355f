// What a setting's text means.

import assert from "node:assert/strict";
import { test } from "node:test";
import { expanded, type Surroundings } from "../src/variables";

const where: Surroundings = {
  folders: ["/srv/a", "/srv/b"],
  home: "/home/ada",
  env: { TOOLS: "/opt/$&tools", EMPTY: "" },
  platform: "linux",
};

const cases: [string, string[]][] = [
  ["/usr/bin/ormlint", ["/usr/bin/ormlint"]],
  ["  /usr/bin/ormlint ", ["/usr/bin/ormlint"]],
  ["~/bin/ormlint", ["/home/ada/bin/ormlint"]],
  ["~ada/ormlint", ["/srv/a/~ada/ormlint", "/srv/b/~ada/ormlint"]],
  ["${userHome}/ormlint", ["/home/ada/ormlint"]],
  ["${env:TOOLS}/ormlint", ["/opt/$&tools/ormlint"]],
  ["${workspaceFolder}/.venv/bin/ormlint", ["/srv/a/.venv/bin/ormlint", "/srv/b/.venv/bin/ormlint"]],
  [".venv/bin/ormlint", ["/srv/a/.venv/bin/ormlint", "/srv/b/.venv/bin/ormlint"]],
  ["../ormlint", ["/srv/ormlint", "/srv/ormlint"]],
  ["${env:NOBODY}/ormlint", []],
  ["${env:EMPTY}/ormlint", []],
  ["${file}/ormlint", []],
  ["", []],
];

for (const [value, paths] of cases) {
  test(`"${value}"`, () => assert.deepEqual(expanded(value, where), paths));
}

test("without a folder what speaks of one means nothing", () => {
  const nowhere = { ...where, folders: [] };
  assert.deepEqual(expanded("${workspaceFolder}/x", nowhere), []);
  assert.deepEqual(expanded("x", nowhere), []);
  assert.deepEqual(expanded("/x", nowhere), ["/x"]);
});

test("Windows", () => {
  const windows: Surroundings = { folders: ["C:\\a"], home: "C:\\Users\\ada", env: {}, platform: "win32" };
  assert.deepEqual(expanded("~\\ormlint.exe", windows), ["C:\\Users\\ada\\ormlint.exe"]);
  assert.deepEqual(expanded(".venv\\Scripts\\ormlint.exe", windows), ["C:\\a\\.venv\\Scripts\\ormlint.exe"]);
});
