// What a person reads when there is no server: always with what to do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { didNotStart, notFound } from "../src/messages";

test("not found: the interpreter to install it into, or pipx", () => {
  const looked: string[] = [];
  assert.match(notFound({ found: false, looked, interpreter: "/v/bin/python" }, true), /"\/v\/bin\/python" -m pip install "ormlint\[lsp\]"/);
  assert.match(notFound({ found: false, looked }, true), /pipx install 'ormlint\[lsp\]'; or name the executable/);
  assert.match(notFound({ found: false, looked, interpreter: "/v/bin/python" }, false), /^ormlint was not found outside .*Trust the workspace/);
});

test("not started: what the server said, or the remedy that is known", () => {
  assert.match(didNotStart("/v/bin/ormlint", 2, "ormlint: the server needs pygls: pip install 'ormlint[lsp]'\n"), /without its language server/);
  assert.match(didNotStart("/v/bin/ormlint", 2, "error: argument COMMAND: invalid choice: 'server' (choose from 'check')"), /update it/);
  assert.equal(
    didNotStart("/v/bin/ormlint", 1, "Traceback\nImportError: no module\r\n"),
    "The server /v/bin/ormlint ended with 1 before it answered: ImportError: no module",
  );
  assert.equal(didNotStart("/v/bin/ormlint", null, ""), "The server /v/bin/ormlint was ended before it answered");
});
