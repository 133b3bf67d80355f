"""Options as written in a configuration file to resolved settings; every mistake is named with its place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ormlint.checker.registry import load_rules
from ormlint.linting.rule import Option, Rule
from ormlint.settings import Settings
from ormlint.settings.model import DIALECTS, SQLALCHEMY_SERIES
from ormlint.settings.selectors import SelectorError, parse_selector

# Keys of the file that are not settings of a run.
FILE_KEYS = frozenset({"root"})

# From the keys that lead to a place in ormlint's table to the line of the file it stands on.
LineOf = Callable[[tuple[str, ...]], "int | None"]


class ConfigError(ValueError):
    """A configuration that cannot be used; the message names file, line, key and remedy."""


def settings_from_table(table: Mapping[str, Any], where: str, line_of: LineOf = lambda keys: None) -> Settings:
    """Resolve the options of one `[tool.ormlint]` table.

    `where` names the file for messages, `line_of` the line of a key in it, given as the keys that lead to it.

    Raises:
        ConfigError: an unknown key, a wrong type, or a value or selector that means nothing.
    """
    known = {item.name.replace("_", "-"): item.name for item in fields(Settings) if not item.name.startswith("cli_")}
    values: dict[str, Any] = {}
    for key, value in table.items():
        place = _Place(where, line_of, (key,))
        if key in FILE_KEYS:
            _flag(value, place)
        elif key not in known:
            raise place.error(f"unknown key `{key}`{_suggest(key, [*known, *FILE_KEYS])}")
        else:
            values[known[key]] = _READERS[key](value, place)
    return Settings(**values)


@dataclass(frozen=True)
class _Place:
    """A key of the file, by the keys that lead to it."""

    where: str
    line_of: LineOf
    keys: tuple[str, ...]

    def below(self, key: str) -> _Place:
        return replace(self, keys=(*self.keys, key))

    def error(self, message: str) -> ConfigError:
        line = self.line_of(self.keys)
        return ConfigError(f"{self.where}:{line}: {message}" if line is not None else f"{self.where}: {message}")

    def wrong(self, message: str) -> ConfigError:
        """Return an error that starts with the key."""
        return self.error(f"`{'.'.join(self.keys)}` {message}")


def _suggest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(sorted(known))}"


def _strings(value: Any, place: _Place) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise place.wrong("takes a list of strings")
    return tuple(value)


def _string(value: Any, place: _Place) -> str:
    if not isinstance(value, str):
        raise place.wrong("takes a string")
    return value


def _flag(value: Any, place: _Place) -> bool:
    if not isinstance(value, bool):
        raise place.wrong("takes true or false")
    return value


def _selectors(value: Any, place: _Place) -> tuple[str, ...]:
    texts = _strings(value, place)
    for text in texts:
        _check_selector(text, place)
    return texts


def _check_selector(text: str, place: _Place) -> None:
    if text == "REVEAL":  # `reveal_type` in ormlint's own test documents
        return
    try:
        parse_selector(text, {code: rule.name for code, rule in load_rules().items()})
    except SelectorError as error:
        raise place.wrong(f"names no rule: {error}") from None


def _dialects(value: Any, place: _Place) -> tuple[str, ...]:
    names = _strings(value, place)
    for name in names:
        if name not in DIALECTS:
            raise place.wrong(f"does not know `{name}`{_suggest(name, list(DIALECTS))}")
    return names


def _series(value: Any, place: _Place) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise place.wrong('takes a string, such as "2.0"')
    if value not in SQLALCHEMY_SERIES:
        raise place.wrong(f"does not know `{value}`; known are {', '.join(SQLALCHEMY_SERIES)}")
    return (value,)


def _pairs(value: Any, place: _Place) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair) for pair in value
    ):
        raise place.wrong('takes a list of pairs, such as [["created_at", "updated_at"]]')
    return tuple((pair[0], pair[1]) for pair in value)


def _ignores(value: Any, place: _Place) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise place.wrong('takes a table, such as "tests/*" = ["ORM201"]')
    return tuple((pattern, _selectors(texts, place.below(pattern))) for pattern, texts in value.items())


def _severity(value: Any, place: _Place) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise place.wrong('takes a table, such as ORM301 = "info"')
    for selector, severity in value.items():
        _check_selector(selector, place.below(selector))
        if severity not in ("error", "warning", "info"):
            raise place.below(selector).wrong("takes error, warning or info")
    return tuple(value.items())


def _rules(value: Any, place: _Place) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise place.wrong("takes a table for each rule")
    by_name: dict[str, Rule] = {}
    for code, rule in load_rules().items():
        by_name[rule.name] = rule
        by_name[code] = rule
    result: dict[str, dict[str, Any]] = {}
    for name, options in value.items():
        here = place.below(name)
        if name not in by_name:
            raise here.error(f"no rule `{name}` to configure{_suggest(name, list(by_name))}")
        if not isinstance(options, dict):
            raise here.wrong("takes a table of options")
        rule = by_name[name]
        declared = {option.name: option for option in rule.options}
        for key, given in options.items():
            if key not in declared:
                hint = _suggest(key, list(declared)) if declared else "; it has no options"
                raise here.below(key).error(f"rule `{rule.name}` has no option `{key}`{hint}")
            result.setdefault(rule.name, {})[key] = _option(given, declared[key], here.below(key))
    return result


def _option(value: Any, option: Option, place: _Place) -> Any:
    default = option.default
    if isinstance(default, bool):
        return _flag(value, place)
    if isinstance(default, tuple):
        return _pairs(value, place) if default and isinstance(default[0], tuple) else _strings(value, place)
    if not isinstance(value, type(default)) or isinstance(value, bool):
        raise place.wrong("takes a whole number" if isinstance(default, int) else "takes a string")
    return value


_READERS: dict[str, Callable[[Any, _Place], Any]] = {
    "select": _selectors,
    "ignore": _selectors,
    "extend-select": _selectors,
    "preview": _flag,
    "per-file-ignores": _ignores,
    "exclude": _strings,
    "extend-exclude": _strings,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "python": _string,
    "migrations": _strings,
    "baseline": _string,
    "timestamp-pairs": _pairs,
    "dialects": _dialects,
    "target-sqlalchemy": _series,
    "severity": _severity,
    "rules": _rules,
}
