"""Options as written in a configuration file to resolved settings; every mistake is named with its place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from ormlint.checker.registry import load_rules
from ormlint.linting.rule import Option, Rule
from ormlint.settings import Settings
from ormlint.settings.model import DIALECTS

# Keys of the file that are not settings of a run.
FILE_KEYS = frozenset({"root"})


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names file, line, key and remedy."""


def settings_from_table(
    table: Mapping[str, Any], where: str, line_of: Callable[[str], int | None] = lambda key: None
) -> Settings:
    """Resolve the options of one `[tool.ormlint]` table.

    `where` names the file for messages, `line_of` the line of a key in it.

    Raises:
        ConfigError: an unknown key, a wrong type, or a value that means nothing.
    """
    known = {item.name.replace("_", "-"): item.name for item in fields(Settings) if not item.name.startswith("cli_")}
    values: dict[str, Any] = {}
    for key, value in table.items():
        place = _place(where, line_of(key))
        if key in FILE_KEYS:
            continue
        if key not in known:
            raise ConfigError(f"{place}: unknown key `{key}`{_suggest(key, [*known, *FILE_KEYS])}")
        reader = _READERS[key]
        values[known[key]] = reader(value, f"{place}: `{key}`", where, line_of)
    return Settings(**values)


def _place(where: str, line: int | None) -> str:
    return f"{where}:{line}" if line is not None else where


def _suggest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(sorted(known))}"


_Reader = Callable[[Any, str, str, Callable[[str], "int | None"]], Any]


def _strings(value: Any, place: str, *_: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{place} takes a list of strings")
    return tuple(value)


def _flag(value: Any, place: str, *_: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{place} takes true or false")
    return value


def _dialects(value: Any, place: str, *_: object) -> tuple[str, ...]:
    names = _strings(value, place)
    for name in names:
        if name not in DIALECTS:
            raise ConfigError(f"{place} does not know `{name}`{_suggest(name, list(DIALECTS))}")
    return names


def _pairs(value: Any, place: str, *_: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair) for pair in value
    ):
        raise ConfigError(f'{place} takes a list of pairs, such as [["created_at", "updated_at"]]')
    return tuple((pair[0], pair[1]) for pair in value)


def _ignores(value: Any, place: str, *_: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ConfigError(f'{place} takes a table, such as "tests/*" = ["ORM201"]')
    return tuple((pattern, _strings(codes, f"{place}.{pattern}")) for pattern, codes in value.items())


def _severity(value: Any, place: str, *_: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ConfigError(f'{place} takes a table, such as ORM301 = "info"')
    for selector, severity in value.items():
        if severity not in ("error", "warning", "info"):
            raise ConfigError(f"{place}.{selector} takes error, warning or info")
    return tuple(value.items())


def _rules(value: Any, place: str, where: str, line_of: Callable[[str], int | None]) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise ConfigError(f"{place} takes a table for each rule")
    by_name: dict[str, Rule] = {}
    for code, rule in load_rules().items():
        by_name[rule.name] = rule
        by_name[code] = rule
    result: dict[str, dict[str, Any]] = {}
    for name, options in value.items():
        rule_place = _place(where, line_of(f"rules.{name}"))
        if name not in by_name:
            raise ConfigError(f"{rule_place}: no rule `{name}` to configure{_suggest(name, list(by_name))}")
        if not isinstance(options, dict):
            raise ConfigError(f"{rule_place}: `rules.{name}` takes a table of options")
        rule = by_name[name]
        declared = {option.name: option for option in rule.options}
        for key, given in options.items():
            option_place = _place(where, line_of(key))
            if key not in declared:
                hint = _suggest(key, list(declared)) if declared else "; it has no options"
                raise ConfigError(f"{option_place}: rule `{rule.name}` has no option `{key}`{hint}")
            result.setdefault(rule.name, {})[key] = _option(given, declared[key], f"{option_place}: `{key}`")
    return result


def _option(value: Any, option: Option, place: str) -> Any:
    if isinstance(option.default, bool):
        return _flag(value, place)
    if isinstance(option.default, tuple):
        return _strings(value, place)
    if not isinstance(value, type(option.default)):
        raise ConfigError(f"{place} takes a {type(option.default).__name__}")
    return value


_READERS: dict[str, _Reader] = {
    "select": _strings,
    "ignore": _strings,
    "extend-select": _strings,
    "preview": _flag,
    "per-file-ignores": _ignores,
    "exclude": _strings,
    "extend-exclude": _strings,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "timestamp-pairs": _pairs,
    "dialects": _dialects,
    "severity": _severity,
    "rules": _rules,
}
