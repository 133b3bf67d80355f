// A workbench: code-server with the extension on a folder, and a page that shows it.
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";

const bench = process.env.WORKBENCH;
const { chromium } = createRequire(path.join(bench, "package.json"))("playwright-core");
const entry = path.join(bench, "node_modules/code-server/out/node/entry.js");
export const SIZE = { width: 1180, height: 760 };
const PATIENCE = 30_000;
const ACTIVE = ".editor-group-container.active .editor-container";

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Write files below a folder; a function's text is that of a program. */
export function write(top, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(top, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof text === "string" ? text : text(), { mode: typeof text === "string" ? 0o644 : 0o755 });
  }
}

export class Workbench {
  /** Open a folder that has these files. `settings` are the user's own; `trust` leaves the question of trust to the page. */
  static async open({ files, settings = {}, env = {}, trust = false, picture }) {
    const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "ormlint-vscode-")));
    const self = new Workbench();
    self.top = top;
    self.picture = picture;
    self.folder = path.join(top, "shop");
    write(self.folder, files);
    const user = path.join(top, "user");
    const quiet = {
      "telemetry.telemetryLevel": "off",
      "workbench.startupEditor": "none",
      "workbench.colorTheme": "Default Light Modern",
      "window.commandCenter": false,
      "window.menuBarVisibility": "compact",
      "chat.commandCenter.enabled": false,
      "editor.minimap.enabled": false,
      "editor.fontFamily": "DejaVu Sans Mono",
      "editor.lightbulb.enabled": "on",
      "editor.hover.delay": 100,
      "files.autoSave": "off",
      "extensions.autoUpdate": false,
      "extensions.autoCheckUpdates": false,
      "update.mode": "none",
    };
    write(user, { "User/settings.json": JSON.stringify({ ...quiet, ...settings }) });
    const environment = {
      ...process.env,
      XDG_CONFIG_HOME: path.join(top, "config"),
      XDG_DATA_HOME: path.join(top, "data"),
      VIRTUAL_ENV: "",
      VSCODE_CLI: "1", // take this environment; otherwise a login shell is asked for its own
      ...env,
    };
    const options = ["--extensions-dir", path.join(top, "extensions"), "--user-data-dir", user];
    const installed = spawnSync(process.execPath, [entry, "--install-extension", process.env.VSIX, ...options], {
      env: environment,
      encoding: "utf8",
    });
    if (installed.status !== 0) {
      throw new Error(`the extension cannot be installed:\n${installed.stdout}${installed.stderr}`);
    }
    const port = await freePort();
    const flags = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
    if (!trust) {
      flags.push("--disable-workspace-trust");
    }
    self.server = spawn(process.execPath, [entry, ...flags, ...options], { env: environment, detached: true });
    self.said = "";
    self.server.stdout.on("data", (data) => (self.said += data));
    self.server.stderr.on("data", (data) => (self.said += data));
    await self.until(() => self.said.includes("HTTP server listening"), "code-server to listen");
    self.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1"],
    });
    self.page = await self.browser.newPage({ viewport: SIZE });
    self.page.setDefaultTimeout(PATIENCE);
    await self.page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(self.folder)}`);
    await self.page.waitForSelector(".monaco-workbench");
    return self;
  }

  async until(condition, what) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = await condition();
      if (found) {
        return found;
      }
      if (Date.now() > end) {
        throw new Error(`waited in vain for ${typeof what === "function" ? what() : what}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  read(name) {
    return fs.readFileSync(path.join(this.folder, name), "utf8");
  }

  /** Open a file and wait for its text. */
  async file(name) {
    await this.pick("Control+p", name);
    await this.page.locator(".tab.active", { hasText: name }).waitFor();
    await this.page.waitForSelector(`${ACTIVE} .view-lines`);
  }

  /** Run a command of the palette. */
  command(title) {
    return this.pick("F1", title);
  }

  async pick(key, text) {
    const { page } = this;
    await page.keyboard.press(key);
    await page.waitForSelector(".quick-input-widget:visible input:focus");
    await page.keyboard.type(text);
    await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: text }).waitFor();
    await page.waitForTimeout(200); // the list may be built anew once more
    await page.keyboard.press("Enter");
  }

  /** Return how many squiggles the active editor shows; of one within another it shows the outer one. */
  squiggles() {
    return this.page.locator(`${ACTIVE} :is(.squiggly-error, .squiggly-warning, .squiggly-info)`).count();
  }

  async hasSquiggles(count) {
    let last;
    await this.until(async () => (last = await this.squiggles()) === count, () => `${count} squiggles; there are ${last}`);
  }

  /** Return the place of a word in the active editor. */
  word(line, word) {
    return this.page.locator(`${ACTIVE} .view-line`, { hasText: line }).first().locator("span > span", { hasText: word }).last();
  }

  /** Return the text of the active editor, as far as it is shown. */
  async text() {
    const lines = await this.page.locator(`${ACTIVE} .view-line`).allInnerTexts();
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** Return what the extension and the workbench wrote down. */
  logs() {
    const top = path.join(this.top, "user", "logs");
    const files = fs.existsSync(top) ? fs.readdirSync(top, { recursive: true }) : [];
    const told = files.filter((file) => /ormlint.*\.log$|remoteexthost\.log$/.test(file));
    return told.map((file) => `== ${file}\n${fs.readFileSync(path.join(top, file), "utf8")}`).join("\n");
  }

  async shot(name) {
    fs.mkdirSync(process.env.PICTURES, { recursive: true });
    await this.page.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`) });
  }

  async close() {
    await this.browser?.close();
    if (this.server?.pid) {
      try {
        process.kill(-this.server.pid); // the whole group: the workbench's own children too
      } catch {
        // it is gone
      }
    }
    fs.rmSync(this.top, { recursive: true, force: true, maxRetries: 5 });
  }
}
