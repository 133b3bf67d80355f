"""What makes a finding the same finding in the next run: names that do not change when lines move."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from ormlint.diagnostics import Diagnostic
from ormlint.text import SourceText

_BLOCK = 100
_FACTOR = 37
_MASK = (1 << 64) - 1
_END = 65535
_CR, _LF, _TAB, _SPACE = 13, 10, 9, 32


def fingerprints(diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText]) -> list[str]:
    """Return one digest a finding: of path, rule, symbol or line text, and how many alike came before; all differ."""
    seen: dict[tuple[str, str, str], int] = {}
    found: list[str] = []
    for item in diagnostics:
        source = sources.get(item.path)
        inside = source is not None and item.start.row <= len(source.lines.starts)
        line = source.lines.line(item.start.row).strip() if source is not None and inside else ""
        key = (item.path, item.code, item.symbol or line)
        seen[key] = seen.get(key, 0) + 1
        text = "\0".join((*key, str(seen[key])))
        found.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return found


def line_hashes(text: str) -> dict[int, str]:
    """Return, by row, the hash that GitHub's code scanning calls `primaryLocationLineHash`.

    A hash of the first 100 UTF-16 units from the start of the line on that are no blank, with the count of its
    occurrences. It has to be exactly this one: the upload action compares it with its own.
    """
    units: list[int] = []
    starts: list[int] = []
    is_new = True
    after_cr = False
    data = text.encode("utf-16-le", "surrogatepass")
    for place in range(0, len(data) + 2, 2):
        unit = data[place] | data[place + 1] << 8 if place < len(data) else _END
        if unit in (_SPACE, _TAB) or (after_cr and unit == _LF):
            after_cr = False
            continue
        after_cr = unit == _CR
        if is_new:
            starts.append(len(units))
        unit = _LF if after_cr else unit
        units.append(unit)
        is_new = unit == _LF
    hashes: dict[int, str] = {}
    seen: dict[str, int] = {}
    for row, start in enumerate(starts, 1):
        value = 0
        block = units[start : start + _BLOCK]
        for unit in (*block, *([0] * (_BLOCK - len(block)))):
            value = (value * _FACTOR + unit) & _MASK
        name = format(value, "x")
        seen[name] = seen.get(name, 0) + 1
        hashes[row] = f"{name}:{seen[name]}"
    return hashes
