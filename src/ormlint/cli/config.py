"""`ormlint config`: every option with its value and where it comes from."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from ormlint.checker.registry import load_rules
from ormlint.checker.selection import RuleTable
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, project_overrides
from ormlint.project.config import Project
from ormlint.project.environment import NoEnvironmentError
from ormlint.project.origins import Option, options_of
from ormlint.project.runner import Request, find_project

_WIDTH = 80  # of a list that stands on one line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "path", nargs="?", metavar="PATH", help="a file or folder of the project; else the working directory"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is shown; text is TOML")
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Print the options."""
    overrides = project_overrides(options)
    try:
        project = find_project(
            Request(
                paths=[options.path] if options.path else [],
                config=options.config,
                isolated=options.isolated,
                overrides=overrides,
            )
        )
        shown = options_of(project, tuple(overrides))
        table = RuleTable(project.settings, load_rules())
    except (*USER_ERRORS, NoEnvironmentError) as error:
        return fail(error)
    path = _below(project.root, options.path)
    enabled = table.enabled(path)
    if options.format == "json":
        print(json.dumps(_data(project, shown, enabled), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(project, shown, enabled, path)))
    return 0


def _below(root: Path, path: str | None) -> str:
    """Return a file's path from the root, for the rules that run on it; empty where no file was named."""
    if path is None or not Path(path).is_file():
        return ""
    return Path(os.path.relpath(Path(path).resolve(), root)).as_posix()


def _data(project: Project, shown: list[Option], enabled: frozenset[str]) -> dict[str, Any]:
    return {
        "root": str(project.root),
        "config": str(project.config.resolve()) if project.config is not None else None,
        "options": {
            ".".join(option.keys): {
                "value": option.value,
                "origin": option.origin,
                "files": [str(file.resolve()) for file in option.files],
                "line": option.line,
            }
            for option in shown
        },
        "rules": sorted(enabled),
    }


def _lines(project: Project, shown: list[Option], enabled: frozenset[str], path: str) -> list[str]:
    """Return the options as TOML with their origins as comments: what is printed could be a configuration."""
    origin = _seen(project.config) if project.config is not None else "none; all options have their defaults"
    lines = [f"# root: {project.root}", f"# configuration: {origin}"]
    where = f" on {path}" if path else ""
    lines.append(f"# rules that run{where}: {len(enabled)} of {len(load_rules())}; `--format json` lists them")
    texts = [(option, _assignment(option)) for option in shown]
    width = min(max(len(text.partition("\n")[0]) for _, text in texts), 48)
    table: tuple[str, ...] = ()
    for option, text in texts:
        if option.keys[:-1] != table:
            table = option.keys[:-1]
            lines += ["", f"[{'.'.join(_key(key) for key in table)}]"]
        first, *more = text.split("\n")
        lines.append(f"{first:<{width}}  # {_origin(option)}")
        lines += more
    return lines


def _assignment(option: Option) -> str:
    if option.is_setting:
        key, value = _key(option.keys[-1]), option.value
        if isinstance(value, list) and len(_toml(value)) > _WIDTH:
            return "\n".join((f"{key} = [", *(f"    {_toml(item)}," for item in value), "]"))
        return f"{key} = {_toml(value)}"
    return f"# {option.keys[-1]}: {' or '.join(option.value) or 'not known'}"


def _origin(option: Option) -> str:
    if option.origin == "found":
        return f"found: {', '.join(_seen(file) for file in option.files)}"
    if option.origin == "file":
        return f"{_seen(option.files[0])}:{option.line}"
    return {"command-line": "command line"}.get(option.origin, option.origin)


def _seen(path: Path) -> str:
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def _key(key: str) -> str:
    is_bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if is_bare else json.dumps(key, ensure_ascii=False)


def _toml(value: Any) -> str:
    """Return a value as TOML writes it: its strings, numbers, booleans and lists look as JSON's do."""
    return json.dumps(value, ensure_ascii=False)
