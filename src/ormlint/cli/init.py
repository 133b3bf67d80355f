"""`ormlint init`: write a first configuration from what is found in a project."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from dataclasses import replace
from pathlib import Path

import tomli

from ormlint._version import __version__
from ormlint.checker.analysis import analyse
from ormlint.checker.engine import check_analysed
from ormlint.checker.result import Statistics
from ormlint.cli.baseline import DEFAULT as BASELINE
from ormlint.cli.common import USER_ERRORS, fail
from ormlint.diagnostics import Diagnostic, Severity
from ormlint.project.atomic import replace_file
from ormlint.project.config import Project, load_project
from ormlint.project.first_config import appended, config_text, relative
from ormlint.project.options import settings_from_table
from ormlint.project.runner import Run, UsageError, read_project, usable_cores
from ormlint.project.survey import Survey, ruff_config, survey
from ormlint.project.target import read_target
from ormlint.settings import Settings

_NAMES = ("pyproject.toml", "ormlint.toml", ".ormlint.toml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "path", nargs="?", metavar="FOLDER", default=".", help="the project; else the working directory"
    )
    parser.add_argument(
        "-o",
        "--output-file",
        metavar="FILE",
        choices=_NAMES,
        help="which file is written: pyproject.toml, the default where there is one, ormlint.toml or .ormlint.toml",
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be written, and write nothing")
    parser.add_argument("--baseline", action="store_true", help=f"accept what is found now, in {BASELINE}")


def run(options: argparse.Namespace) -> int:
    """Write the configuration; one that is there already is left alone."""
    gc.disable()
    try:
        _run(options)
    except USER_ERRORS as error:
        return fail(error)
    return 0


def _run(options: argparse.Namespace) -> None:
    folder = _folder(options.path)
    target = folder / (options.output_file or _default(folder))
    loaded = read_project(Project(folder, Settings()))
    analysis = analyse(
        loaded.files,
        Statistics(),
        environment=loaded.environment,
        documents=loaded.documents,
        jobs=usable_cores(),
    )
    found = survey(analysis, folder)
    series, files = read_target(folder)
    text = config_text(found, (series, relative(files, folder)), BASELINE if options.baseline else None)
    data = _file(target, text)
    settings = settings_from_table(tomli.loads(text), target.name)
    diagnostics = check_analysed(loaded.files, replace(settings, target_sqlalchemy=series), analysis)
    if not found.models:
        _say(f"no mapped class was found below {folder}: is this the project's folder?")
    if options.dry_run:
        sys.stdout.write(text if target.name != "pyproject.toml" else f"[tool.ormlint]\n{text}")
        _say(f"nothing was written; this would go to {_seen(target)}")
    else:
        accepted = _accept(loaded, diagnostics, folder / BASELINE) if options.baseline else 0
        _write(target, data)
        print(f"Wrote {_seen(target)}.")
        if options.baseline:
            print(f"Wrote {_seen(folder / BASELINE)}: {_findings(accepted)} that `ormlint check` does not report.")
    _next_steps(folder, found, diagnostics, options)


def _folder(given: str) -> Path:
    """Return the folder to configure.

    Raises:
        UsageError: it is none, or configured already.
        ConfigError: it is configured, wrongly.
    """
    folder = Path(given)
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    folder = folder.resolve()
    project = load_project(folder)
    if project.config is not None:
        where = f"--config {_seen(project.config)} " if project.root != folder else ""
        raise UsageError(
            f"{_seen(project.config)}: ormlint is configured here already; `ormlint config {where}".rstrip()
            + "` shows what it says"
        )
    return folder


def _default(folder: Path) -> str:
    return "pyproject.toml" if (folder / "pyproject.toml").is_file() else "ormlint.toml"


def _file(target: Path, text: str) -> bytes:
    """Return the file to write, with what is there before.

    Raises:
        UsageError: the file cannot take a table more.
    """
    if target.name != "pyproject.toml":
        if target.exists():  # one that is there is a configuration, and was found
            raise UsageError(f"{_seen(target)}: is there already")
        return text.encode("utf-8")
    try:
        before = target.read_bytes() if target.exists() else b""
        data = appended(before, text)
        tomli.loads(data.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{_seen(target)}: cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise UsageError(
            f"{_seen(target)}: no table can be added to it ({error}); "
            "`ormlint init -o ormlint.toml` writes a file of its own"
        ) from None
    return data


def _accept(loaded: Run, diagnostics: list[Diagnostic], target: Path) -> int:
    from ormlint.checker import baseline

    if target.exists():
        raise UsageError(f"{_seen(target)}: is there already; `ormlint baseline` writes it anew")
    entries = baseline.entries(diagnostics, loaded.files)
    _write(target, baseline.render(entries).encode("utf-8"))
    return sum(entry.count for entry in entries)


def _write(target: Path, data: bytes) -> None:
    try:
        replace_file(target, data)
    except OSError as error:
        raise UsageError(f"{_seen(target)}: cannot be written: {error.strerror or error}") from None


def _next_steps(folder: Path, found: Survey, diagnostics: list[Diagnostic], options: argparse.Namespace) -> None:
    """Say what was found, and how it becomes part of the project's routine."""
    stream = sys.stderr if options.dry_run else sys.stdout

    def say(text: str = "") -> None:
        print(text, file=stream)

    errors = sum(item.severity is Severity.ERROR for item in diagnostics)
    if options.baseline and not options.dry_run:
        pass
    elif diagnostics:
        say(f"`ormlint check` reports {_findings(len(diagnostics))} now, {errors} of them errors.")
        if not options.baseline:
            say("To be told of new ones only: `ormlint init --baseline`, or `ormlint baseline` later.")
    else:
        say("`ormlint check` reports nothing now.")
    ruff = ruff_config(folder)
    if ruff is not None and not _knows_codes(ruff):
        say()
        say("Ruff is used here. So that it leaves `# noqa: ORM…` comments alone (RUF100, RUF102), add to its settings:")
        say('    lint.external = ["ORM"]')
    hooks = folder / ".pre-commit-config.yaml"
    if hooks.is_file() and "ormlint" in hooks.read_text(encoding="utf-8", errors="replace"):
        return
    say()
    say(f"For pre-commit, in {hooks.name}:")
    say("    repos:")
    say("      - repo: https://github.com/ormlint/ormlint")
    say(f"        rev: v{__version__}")
    say("        hooks:")
    say("          - id: ormlint")


def _knows_codes(ruff: dict[str, object]) -> bool:
    lint = ruff.get("lint")
    tables = [ruff, lint] if isinstance(lint, dict) else [ruff]
    known = [code for table in tables for code in _strings(table.get("external"))]
    return any(code and "ORM".startswith(code) for code in known)


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _findings(count: int) -> str:
    return f"{count} finding{'s' if count != 1 else ''}"


def _seen(path: Path) -> str:
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def _say(message: str) -> None:
    print(f"ormlint: {message}", file=sys.stderr)
