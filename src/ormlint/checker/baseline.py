"""Baselines: known findings by path, rule, and symbol or line of text, with counts; never by line number."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ormlint.checker.registry import load_rules
from ormlint.checker.selection import RuleTable
from ormlint.diagnostics import Diagnostic
from ormlint.settings import Settings
from ormlint.text import LineIndex, Location, Range, SourceError, SourceText

STALE = "ORM005"
VERSION = 1
# Faults of the file or of ormlint, and what is said of the baseline itself, are never accepted.
_NEVER = frozenset({"ORM001", "ORM002", STALE})


class BaselineError(ValueError):
    """A baseline that cannot be used; the message names file, line and remedy."""


@dataclass(frozen=True)
class Entry:
    """Findings that are known: `count` of them, of one rule, in one file, about one symbol (else on equal lines)."""

    path: str
    rule: str
    about: str
    is_symbol: bool
    count: int
    row: int = 0  # in the baseline's file, 1-based

    @property
    def key(self) -> tuple[str, str, bool, str]:
        """What makes it this entry."""
        return (self.path, self.rule, self.is_symbol, self.about)


def entries(diagnostics: Iterable[Diagnostic], files: Mapping[str, SourceText | SourceError]) -> list[Entry]:
    """Return the entries for findings, in order."""
    counts = Counter(_key(item, files) for item in diagnostics if item.code not in _NEVER)
    return [Entry(path, rule, about, symbol, count) for (path, rule, symbol, about), count in sorted(counts.items())]


def _key(item: Diagnostic, files: Mapping[str, SourceText | SourceError]) -> tuple[str, str, bool, str]:
    if item.symbol:
        return (item.path, item.code, True, item.symbol)
    source = files.get(item.path)
    text = source.lines.line(item.start.row).strip() if isinstance(source, SourceText) else ""
    return (item.path, item.code, False, " ".join(text.split()))


def render(found: Sequence[Entry]) -> str:
    """Return the text of a baseline: JSON with an entry a line, so that it merges and reads well."""
    names = {code: rule.name for code, rule in load_rules().items()}
    lines = []
    for entry in found:
        item = {
            "path": entry.path,
            "rule": entry.rule,
            "name": names[entry.rule],
            "symbol" if entry.is_symbol else "line": entry.about,
            "count": entry.count,
        }
        lines.append(f"    {json.dumps(item, ensure_ascii=False)}")
    inner = "\n" + ",\n".join(lines) + "\n  " if lines else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{inner}]\n}}\n'


def parse(text: str, name: str) -> list[Entry]:
    """Read a baseline; `name` is its file for messages.

    Raises:
        BaselineError: it is no baseline.
    """
    remedy = "; write it anew with `ormlint baseline`"
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise BaselineError(f"{name}:{error.lineno}: not a baseline: {error.msg}{remedy}") from None
    except RecursionError:
        raise BaselineError(f"{name}: not a baseline: it is nested too deeply{remedy}") from None
    if not isinstance(data, dict) or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{name}: not a baseline: it has no list `findings`{remedy}")
    if data.get("version") != VERSION:
        raise BaselineError(f"{name}: version {data.get('version')!r} of baselines is not known{remedy}")
    rows = [row for row, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith('{"path"')]
    found: list[Entry] = []
    for position, item in enumerate(data["findings"]):
        row = rows[position] if len(rows) == len(data["findings"]) else 1
        entry = _entry(item, row)
        if entry is None:
            raise BaselineError(
                f"{name}:{row}: entry {position + 1} is no finding: it takes path, rule, symbol or line, count{remedy}"
            )
        found.append(entry)
    return found


def _entry(item: object, row: int) -> Entry | None:
    if not isinstance(item, dict):
        return None
    path, rule, count = item.get("path"), item.get("rule"), item.get("count", 1)
    about, is_symbol = (item["symbol"], True) if "symbol" in item else (item.get("line"), False)
    if not (isinstance(path, str) and isinstance(rule, str) and isinstance(about, str)):
        return None
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        return None
    return Entry(path, rule, about, is_symbol, count, row)


def hide(
    diagnostics: Sequence[Diagnostic], files: Mapping[str, SourceText | SourceError], known: Sequence[Entry]
) -> tuple[list[Diagnostic], list[Entry]]:
    """Return the diagnostics that are not known, and what is left of the entries.

    A file that is gone may have been moved: its entries then hold for equal findings of other files.
    """
    left: Counter[tuple[str, str, bool, str]] = Counter()
    for entry in known:
        left[entry.key] += entry.count
    shown: list[Diagnostic] = []
    for item in diagnostics:
        key = _key(item, files)
        if item.code not in _NEVER and left[key] > 0:
            left[key] -= 1
        else:
            shown.append(item)
    moved: dict[tuple[str, bool, str], list[tuple[str, str, bool, str]]] = {}
    for key, count in sorted(left.items()):
        if count > 0 and key[0] not in files:
            moved.setdefault(key[1:], []).append(key)
    kept: list[Diagnostic] = []
    for item in shown:
        candidates = moved.get(_key(item, files)[1:], []) if item.code not in _NEVER else []
        found = next((key for key in candidates if left[key] > 0), None)
        if found is not None:
            left[found] -= 1
        else:
            kept.append(item)
    stale: list[Entry] = []
    for entry in known:
        count = min(entry.count, max(left[entry.key], 0))
        if count:
            left[entry.key] -= count
            stale.append(replace(entry, count=count))
    return kept, stale


def stale_diagnostics(
    stale: Sequence[Entry],
    path: str,
    text: str,
    settings: Settings,
    files: Collection[str],
    only: Collection[str] | None,
) -> list[Diagnostic]:
    """Return ORM005 for entries that no longer occur, at their rows of the baseline at `path`.

    Entries of files that were not asked about, and of rules that do not run, cannot be judged.
    """
    rules = load_rules()
    table = RuleTable(settings, rules)
    rule = rules[STALE]
    if STALE not in table.enabled(path):
        return []
    lines = LineIndex(text.encode())
    found: list[Diagnostic] = []
    for entry in stale:
        if only is not None and entry.path not in only:
            continue
        if entry.rule in rules and entry.path in files and entry.rule not in table.enabled(entry.path):
            continue
        start, end = lines.span(max(entry.row, 1))
        line = lines.data[start:end]
        where = Range(start + len(line) - len(line.lstrip()), start + len(line.rstrip()))
        why = "" if entry.rule in rules else ", of a rule that does not exist"
        if entry.path not in files:
            why = ", and this file is gone"
        times = f"{entry.count} times " if entry.count > 1 else ""
        message = (
            f"{entry.rule} at `{entry.about}` in {entry.path} is in the baseline {times}and not in the code{why}: "
            "a new finding like it would be hidden; `ormlint baseline` writes the baseline anew"
        )
        severity = table.severity(rule, rule.severity)
        start_at = lines.location(where.start) if entry.row else Location(1, 1)
        end_at = lines.location(where.end) if entry.row else Location(1, 1)
        found.append(
            Diagnostic(
                STALE, rule.name, severity, path, where, start_at, end_at, message, f"{entry.rule} {entry.about}"
            )
        )
    return found
