// What a person sees of the extension: findings, hover, fixes, model cards, trust, and what is said when there is no ormlint.
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { SIZE, Workbench } from "./workbench.mjs";

const MODELS = `from enum import Enum

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Status(Enum):
    UPLOADED = "uploaded"
    READY = "ready"


class Video(Base):
    __tablename__ = "videos"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column("video_title", String(200))
    status: Mapped[Status] = mapped_column(default=Status.UPLOADED)
    tags: Mapped[list] = mapped_column(JSON, default=[])
    labels: Mapped[list] = mapped_column(JSON, default=[])
    jobs: Mapped[list["Job"]] = relationship(back_populates="video")


class Job(Base):
    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id"))
    options: Mapped[dict] = mapped_column(JSON, default={})
    video: Mapped[Video] = relationship(back_populates="jobs")
`;
const SERVICE = `from models import Job, Status, Video
from sqlalchemy import select
from sqlalchemy.orm import Session


def upload(session: Session, title: str) -> Video:
    video = Video(titel=title, status="redy")
    session.add(video)
    return video


def ready(session: Session) -> list[Video]:
    query = select(Video).where(Video.status == Status.READY and Video.title is not None)
    return list(session.scalars(query))


def finish(session: Session, job: Job) -> None:
    job.vidoe.status = Status.READY
    session.commit()
`;
const SHOP = { "models.py": MODELS, "service.py": SERVICE, "pyproject.toml": "[tool.ormlint]\n" };
const OUTSIDE = { PATH: process.env.PATH.split(":").filter((folder) => !fs.existsSync(path.join(folder, "ormlint"))).join(":") };

/** The environment of a workspace; each run of its ormlint leaves a mark. */
const environment = {
  ".venv/bin/python": () => "#!/bin/sh\nexit 1\n",
  ".venv/bin/ormlint": () => `#!/bin/sh\necho $$ >>"$(dirname "$0")/../../../was-run"\nexec '${process.env.ORMLINT}' "$@"\n`,
};
const runs = (bench) => {
  const marks = path.join(bench.top, "was-run");
  return fs.existsSync(marks) ? fs.readFileSync(marks, "utf8").trim().split("\n").map(Number) : [];
};
const ready = (bench) => (bench.logs().match(/ormlint [\d.]+ runs/g) ?? []).length;
const wasRun = (bench) => runs(bench).length > 0;

const scenarios = {
  async "findings, hover, quick fix, fix all"() {
    return {
      files: { ...SHOP, ...environment },
      env: OUTSIDE,
      async run(bench) {
        const { page } = bench;
        await bench.file("service.py");
        await bench.hasSquiggles(4);
        assert.equal((await page.locator("#status\\.problems").innerText()).trim().split(/\s+/)[0], "5"); // one within another
        assert.ok(wasRun(bench), "the ormlint of the workspace's environment");
        await page.setViewportSize({ width: 1000, height: 560 }); // that of the picture in docs/editors.md
        await bench.word("titel", "titel").hover();
        const hover = page.locator(".monaco-hover:visible", { hasText: "ORM201" }).first();
        await hover.waitFor();
        const told = (await hover.innerText()).replace(/\s+/g, " ");
        assert.match(told, /`Video` has no attribute `titel`: this call raises TypeError.*did you mean `title`\?ormlintORM201/);
        assert.match(told, /models\.py\(16, 7\): `Video` is defined here/, "the place it speaks of");
        assert.match(told, /title String\(200\) as video_title not null/, "the card of the model");
        assert.equal(await hover.locator("a", { hasText: "ORM201" }).count(), 1, "the code leads to its page");
        await page.waitForTimeout(700); // pictures are taken when nothing moves any more
        await bench.shot("hover");
        await page.setViewportSize(SIZE);
        await page.keyboard.press("Escape");

        await bench.file("models.py");
        await bench.hasSquiggles(3);
        await bench.word("tags:", "default").click();
        await page.keyboard.press("End");
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.press("Control+.");
        const rows = page.locator(".action-widget .monaco-list-row.action");
        await rows.first().waitFor();
        const offered = (await rows.allInnerTexts()).map((text) => text.trim());
        assert.ok(offered[0].startsWith("Use `list`"), offered.join(" | "));
        assert.ok(offered.includes("Suppress ORM401 (mutable-column-default) here"), offered.join(" | "));
        await page.waitForTimeout(700);
        await bench.shot("quick-fix");
        await page.keyboard.press("Enter");
        await bench.hasSquiggles(2);
        assert.match(await bench.text(), /tags: .*default=list\)/);

        await bench.command("ormlint: Fix All in This File");
        await bench.hasSquiggles(0);
        await page.keyboard.press("Control+s");
        const fixed = MODELS.replaceAll("default=[]", "default=list").replace("default={}", "default=dict");
        await bench.until(() => bench.read("models.py") === fixed, "the file to be saved with all its fixes");
      },
    };
  },

  async "an unsaved model, suppression, the card of a model, restart"() {
    return {
      files: SHOP,
      settings: { "ormlint.path": ["/nowhere/ormlint", process.env.ORMLINT] },
      env: OUTSIDE,
      async run(bench) {
        const { page } = bench;
        await bench.file("models.py");
        await bench.hasSquiggles(3);
        await bench.word("video_title", "video_title").click();
        await page.keyboard.press("End");
        await page.keyboard.press("Enter");
        await page.keyboard.type("titel: Mapped[str]");
        await page.keyboard.press("Escape");
        await bench.file("service.py");
        await bench.hasSquiggles(3); // `titel\` is an attribute now, though nothing is saved

        await bench.word("redy", "redy").click();
        await page.keyboard.press("Control+.");
        const item = page.locator(".action-widget .monaco-list-row.action", { hasText: "Suppress ORM302" });
        await item.waitFor();
        while (!(await item.getAttribute("class")).includes("focused")) {
          await page.keyboard.press("ArrowDown");
        }
        await page.keyboard.press("Enter");
        await bench.hasSquiggles(2);
        assert.match(await bench.text(), /status="redy"\) {2}# noqa: ORM302/);

        await bench.word("session.add", "video").click();
        await bench.command("ormlint: Show Model Card");
        const list = page.locator(".quick-input-list .monaco-list-row");
        await list.first().waitFor();
        const rows = (await list.allInnerTexts()).map((text) => text.replace(/\s+/g, ""));
        assert.deepEqual(rows, ["Jobjobsmodels", "Videovideosmodels"]);
        await page.keyboard.type("videos"); // found by its table too
        await page.waitForTimeout(300);
        await page.keyboard.press("Enter");
        const card = page.locator(".editor-container .view-lines", { hasText: "table videos" });
        await card.waitFor();
        const text = (await card.innerText()).replaceAll("\u00a0", " ");
        assert.match(text, /models\.Video/);
        assert.match(text, /title {2}String\(200\) {2}as video_title {2}not null/);
        assert.match(text, /titel/, "the buffer, not the file");
        await page.waitForTimeout(700);
        await bench.shot("model-card");

        await bench.command("ormlint: Restart Server");
        await bench.command("ormlint: Show Logs");
        const log = page.locator(".panel .view-lines");
        await bench.until(async () => ((await log.innerText()).match(/runs/g) ?? []).length >= 1, "the second start in the logs");
        assert.match((await log.innerText()).replaceAll("\u00a0", " "), /starting .*ormlint server \(ormlint\.path\)/);
        await bench.hasSquiggles(2);
      },
    };
  },

  async "a server that ends, and one that does not answer"() {
    return {
      files: { ...SHOP, ...environment },
      env: OUTSIDE,
      async run(bench) {
        const { page } = bench;
        await bench.file("service.py");
        await bench.hasSquiggles(4);
        for (let times = 1; times <= 3; times += 1) {
          process.kill(runs(bench).at(-1), "SIGKILL");
          await bench.until(() => ready(bench) === times + 1, "the server to be started again");
        }
        await bench.word("titel", "titel").dblclick();
        await page.keyboard.type("title");
        await bench.hasSquiggles(3); // it follows what is typed
        process.kill(runs(bench).at(-1), "SIGKILL");
        const told = page.locator(".notification-list-item", { hasText: "is not started again" });
        await told.waitFor();
        assert.equal(runs(bench).length, 4);

        const program = path.join(bench.folder, ".venv/bin/ormlint");
        const works = fs.readFileSync(program, "utf8");
        fs.writeFileSync(program, "#!/bin/sh\nexec sleep 1000\n");
        await told.getByText("Restart").click();
        await page.waitForTimeout(1_500);
        fs.writeFileSync(program, works);
        await bench.command("ormlint: Restart Server");
        await bench.until(() => ready(bench) === 5, "the server after the one that did not answer");
        for (let times = 0; times < 10 && !(await bench.text()).includes("titel="); times += 1) {
          await page.keyboard.press("Control+z");
        }
        await bench.hasSquiggles(4);
        assert.equal(await page.locator(".notification-list-item").count(), 0, "nothing more to tell");
      },
    };
  },

  async "fix on save, findings of the whole workspace"() {
    return {
      files: SHOP,
      settings: {
        "ormlint.diagnosticMode": "workspace",
        "[python]": { "editor.codeActionsOnSave": { "source.fixAll.ormlint": "explicit" } },
      },
      env: { PATH: `${path.dirname(process.env.ORMLINT)}:${process.env.PATH}` },
      async run(bench) {
        const { page } = bench;
        await bench.file("models.py");
        await bench.hasSquiggles(3);
        await page.keyboard.press("Control+Shift+m");
        const rows = page.locator(".markers-panel .monaco-list-row");
        await bench.until(async () => (await rows.allInnerTexts()).some((text) => text.includes("service.py")), "the findings of a closed file");
        const shown = (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
        assert.ok(shown.includes("models.py 3") && shown.includes("service.py 5"), shown.join("\n"));
        await page.waitForTimeout(700);
        await bench.shot("problems");
        await bench.word("READY", "READY").click();
        await page.keyboard.press("End");
        await page.keyboard.type("  # done");
        await page.keyboard.press("Control+s");
        await bench.hasSquiggles(0);
        const fixed = MODELS.replaceAll("default=[]", "default=list").replace("default={}", "default=dict");
        await bench.until(() => bench.read("models.py") === fixed.replace('"ready"', '"ready"  # done'), "the file to be fixed as it is saved");
      },
    };
  },

  async "a workspace that is not trusted"() {
    return {
      files: { ...SHOP, ...environment, ".vscode/settings.json": '{"ormlint.path": ["${workspaceFolder}/.venv/bin/ormlint"]}' },
      env: OUTSIDE,
      trust: true,
      async run(bench) {
        const { page } = bench;
        await page.locator(".dialog-buttons").getByText("No, I don't trust the authors").click();
        await bench.file("service.py");
        const told = page.locator(".notification-list-item", { hasText: "ormlint was not found outside this workspace" });
        await told.waitFor();
        assert.match(await told.innerText(), /Trust the workspace, or install ormlint on the PATH/);
        await page.waitForTimeout(1_500); // whatever would be run has had its time
        assert.equal(await bench.squiggles(), 0);
        assert.ok(!wasRun(bench), "a program of an untrusted workspace was run");
        await bench.shot("untrusted");
        await told.getByText("Manage Trust").click();
        await page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).first().click();
        await bench.file("service.py");
        await bench.hasSquiggles(4);
        assert.ok(wasRun(bench), "the workspace is trusted, and its own ormlint is named in its settings");
      },
    };
  },

  async "no ormlint, and one without its server"() {
    return {
      files: SHOP,
      env: OUTSIDE,
      async run(bench) {
        const { page } = bench;
        await bench.file("service.py");
        const told = page.locator(".notification-list-item", { hasText: "ormlint was not found" });
        await told.waitFor();
        assert.match(await told.innerText(), /Install it: pipx install 'ormlint\[lsp\]'; or name the executable in the setting ormlint\.path/);
        await bench.shot("not-found");
        const program = path.join(bench.folder, "ormlint");
        const error = "ormlint: the server needs pygls: pip install 'ormlint[lsp]'";
        fs.writeFileSync(program, `#!/bin/sh\necho "${error}" >&2\nexit 2\n`, { mode: 0o755 });
        fs.mkdirSync(path.join(bench.folder, ".vscode"));
        fs.writeFileSync(path.join(bench.folder, ".vscode/settings.json"), '{"ormlint.path": ["ormlint"]}');
        const bare = page.locator(".notification-list-item", { hasText: "without its language server" });
        await bare.waitFor();
        assert.match(await bare.innerText(), /pip install "ormlint\[lsp\]"/);
        await page.waitForTimeout(1_000);
        const all = await page.locator(".notification-list-item").allInnerTexts();
        assert.equal(all.length, 2, `each is told once: ${all.join(" | ")}`);
      },
    };
  },
};

const wanted = process.argv.slice(2);
let failed = 0;
let passed = 0;
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) {
    continue;
  }
  const started = Date.now();
  const { run, ...given } = await scenario();
  let bench;
  try {
    bench = await Workbench.open(given);
    await run(bench);
    passed += 1;
    console.log(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack ?? error}`);
    if (process.env.VERBOSE) {
      console.log(bench?.logs());
    }
    await bench?.shot(`failed-${passed + failed}`).catch(() => undefined);
  } finally {
    await bench?.close();
  }
}
console.log(`Visual Studio Code: ${passed} passed, ${failed} failed; pictures in ${process.env.PICTURES}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
