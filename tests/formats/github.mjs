// Read annotations as JSON from standard input and write them as GitHub's own library does.
import { error, notice, warning } from "@actions/core";
import { readFileSync } from "node:fs";

const commands = { error, warning, notice };
for (const { command, message, properties } of JSON.parse(readFileSync(0, "utf8"))) {
  commands[command](message, properties);
}
