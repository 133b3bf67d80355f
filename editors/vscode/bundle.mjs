// Bundle the extension into one file, and the licences of what is in it into another.
import { build } from "esbuild";
import * as fs from "node:fs";
import * as path from "node:path";

const { metafile } = await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  minify: true,
  metafile: true,
  external: ["vscode"],
  format: "cjs",
  platform: "node",
  target: "node18",
  logLevel: "warning",
});

const folders = new Set(
  Object.keys(metafile.inputs)
    .map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
    .filter((folder) => folder !== undefined),
);
const notices = [...folders].sort().map((folder) => {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const file = fs.readdirSync(folder).find((item) => /^licen[cs]e(\.|$)/i.test(item));
  if (!file) {
    throw new Error(`${name} has no licence file; it cannot be bundled`);
  }
  return `${name} ${version} (${license})\n\n${fs.readFileSync(path.join(folder, file), "utf8").trim()}\n`;
});
fs.writeFileSync("dist/ThirdPartyNotices.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
