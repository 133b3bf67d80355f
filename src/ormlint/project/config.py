"""Finding and reading the configuration: `ormlint.toml`, `.ormlint.toml`, `[tool.ormlint]` in pyproject.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from ormlint.project.options import ConfigError, LineOf, settings_from_table
from ormlint.settings import Settings

_NAMES = (".ormlint.toml", "ormlint.toml", "pyproject.toml")
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg")  # where a project begins that has no git

_PART = r"""[\w-]+|"[^"]*"|'[^']*'"""
_DOTTED = rf"((?:{_PART})(?:\s*\.\s*(?:{_PART}))*)"
_TABLE = re.compile(rf"^\s*\[\[?\s*{_DOTTED}\s*\]")
_KEY = re.compile(rf"^\s*{_DOTTED}\s*=")


@dataclass(frozen=True)
class Project:
    """A project's root folder, its settings, and the file they came from (None: the defaults).

    `is_marked` is false when neither a configuration nor a git work tree nor a packaging file says where the project
    begins.
    """

    root: Path
    settings: Settings
    config: Path | None = None
    is_marked: bool = True


def load_project(start: Path, config: Path | None = None, *, isolated: bool = False) -> Project:
    """Find the project that a path belongs to.

    The root is the top-most folder above `start` with a configuration, or the nearest one that says `root = true`;
    without any, the git work tree's top; without that, the nearest folder with a packaging file, else `start` itself.

    Raises:
        ConfigError: the configuration cannot be read or used.
    """
    folder = start if start.is_dir() else start.parent
    if config is not None:
        return _project(Path.cwd(), config)
    found: tuple[Path, Path] | None = None
    if not isolated:
        for candidate in (folder, *folder.parents):
            here = _config_in(candidate)
            if here is not None:
                found = (candidate, here[0])
                if here[1].get("root") is True:
                    break
            if (candidate / ".git").exists():
                break  # what lies above a work tree is another project's
    if found is not None:
        return _project(*found)
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return Project(candidate, Settings())
    for candidate in (folder, *folder.parents):
        if any((candidate / name).is_file() for name in _MARKERS):
            return Project(candidate, Settings())
    return Project(folder, Settings(), is_marked=False)


def written_options(path: Path) -> tuple[dict[str, Any], LineOf]:
    """Return the options of a configuration file as written, and the function that gives the line of one.

    Raises:
        ConfigError: the file cannot be read, or has no table of ormlint's.
    """
    table = _read(path)
    if table is None:
        raise ConfigError(f"{path}: there is no [tool.ormlint] table in this file")
    text = path.read_text(encoding="utf-8")
    above = ("tool", "ormlint") if path.name == "pyproject.toml" else ()
    return table, lambda keys: _line_of(text, (*above, *keys), len(above))


def _project(root: Path, path: Path) -> Project:
    table, line_of = written_options(path)
    return Project(root, settings_from_table(table, _shown(path), line_of), path)


def _config_in(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    for name in _NAMES:
        path = folder / name
        if path.is_file():
            table = _read(path)
            if table is not None:
                return path, table
    return None


def _read(path: Path) -> dict[str, Any] | None:
    """Return the ormlint table of a file; None where a pyproject.toml has none."""
    shown = _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown}: is not UTF-8, which TOML has to be") from None
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line = getattr(error, "lineno", None)
        if line is None and (match := re.search(r"line (\d+)", str(error))):
            line = int(match[1])
        place = f"{shown}:{line}" if line else shown
        raise ConfigError(f"{place}: not valid TOML: {error}") from None
    if path.name != "pyproject.toml":
        return data
    table = data.get("tool", {}).get("ormlint") if isinstance(data.get("tool"), dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{shown}: `tool.ormlint` has to be a table")
    return table


def _line_of(text: str, keys: tuple[str, ...], least: int) -> int | None:
    """Return the 1-based line where the value that `keys` lead to is written, as a key or as a table.

    Where it is not to be found (an inline table) the line of what holds it is taken, down to `least` keys.
    """
    table: tuple[str, ...] = ()
    for row, line in enumerate(text.split("\n"), 1):
        if match := _TABLE.match(line):
            table = _keys(match[1])
            path = table
        elif match := _KEY.match(line):
            path = (*table, *_keys(match[1]))
        else:
            continue
        if path[: len(keys)] == keys:
            return row
    return _line_of(text, keys[:-1], least) if len(keys) > least + 1 else None


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _shown(path: Path) -> str:
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
