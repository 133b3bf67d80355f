"""Where each option of a project comes from: a line of its configuration, the command line, or another file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ormlint.checker.registry import load_rules
from ormlint.project.config import Project, written_options
from ormlint.project.environment import find_environment
from ormlint.project.options import FILE_KEYS, LineOf
from ormlint.project.target import read_target
from ormlint.settings import Settings

# Settings that are tables of the file: each of their entries has a line of its own.
_TABLES = ("per-file-ignores", "severity", "rules")


@dataclass(frozen=True)
class Option:
    """An option with its value as TOML would hold it, and its origin: default, file, command-line or found.

    `keys` lead to it from ormlint's table. `files` are the configuration file, with `line`, or the files that what was
    found was read from. `is_setting` is false for what no line of a configuration could say.
    """

    keys: tuple[str, ...]
    value: Any
    origin: str = "default"
    files: tuple[Path, ...] = ()
    line: int | None = None
    is_setting: bool = True


def options_of(project: Project, overridden: Collection[str] = ()) -> list[Option]:
    """Return every option of a project.

    `overridden` are the settings, by their names in `Settings`, that the command line replaced.

    Raises:
        ConfigError: the configuration file cannot be read.
        NoEnvironmentError: `python` names no environment.
    """
    table: Mapping[str, Any] = {}
    line_of: LineOf = lambda keys: None  # noqa: E731
    if project.config is not None:
        table, line_of = written_options(project.config)
    return [
        _placed(option, project, table, line_of, overridden) if option.origin == "default" else option
        for option in _options(project, table, overridden)
    ]


def _options(project: Project, table: Mapping[str, Any], overridden: Collection[str]) -> Iterator[Option]:
    settings = project.settings
    for item in fields(Settings):
        key = item.name.replace("_", "-")
        if item.name.startswith("cli_"):
            continue
        if key in _TABLES:
            continue
        is_given = key in table or item.name in overridden
        value = getattr(settings, item.name)
        if key == "target-sqlalchemy":
            yield from _target(project) if not is_given else [Option((key,), value[0])]
        elif key == "python" and not is_given:
            environment = find_environment(project.root, settings)
            roots = tuple(Path(root) for root in environment.roots[:1]) if environment is not None else ()
            yield Option((key,), value, "found" if roots else "default", roots)
        else:
            yield Option((key,), _plain(value))
    for key in sorted(FILE_KEYS):
        yield Option((key,), bool(table.get(key, False)))
    for pattern, selectors in settings.per_file_ignores:
        yield Option(("per-file-ignores", pattern), list(selectors))
    for selector, severity in settings.severity:
        yield Option(("severity", selector), severity)
    for rule in load_rules().values():
        given = settings.rules.get(rule.name, {})
        for option in rule.options:
            yield Option(("rules", rule.name, option.name), _plain(given.get(option.name, option.default)))


def _target(project: Project) -> Iterator[Option]:
    series, files = read_target(project.root)
    if len(series) == 1:
        yield Option(("target-sqlalchemy",), series[0], "found", files)
    else:
        yield Option(("target-sqlalchemy",), list(series), "found" if series else "default", files, is_setting=False)


def _placed(
    option: Option, project: Project, table: Mapping[str, Any], line_of: LineOf, overridden: Collection[str]
) -> Option:
    """Return an option with the line of the configuration that gives it."""
    first = option.keys[0]
    if first.replace("-", "_") in overridden:
        return replace(option, origin="command-line")
    given = _given(table, option.keys)
    if given is None or project.config is None:
        return option
    return replace(option, origin="file", files=(project.config,), line=line_of(given))


def _given(table: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the keys under which an option is written in a table; None where it is not. A rule may stand by code."""
    if keys[0] != "rules":
        here: Any = table
        for key in keys:
            if not isinstance(here, Mapping) or key not in here:
                return None
            here = here[key]
        return keys
    rules = load_rules()
    for name, options in table.get("rules", {}).items():
        if (name == keys[1] or (name in rules and rules[name].name == keys[1])) and keys[2] in options:
            return ("rules", name, keys[2])
    return None


def _plain(value: Any) -> Any:
    """Return a value as TOML and JSON hold it: tuples are lists."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
