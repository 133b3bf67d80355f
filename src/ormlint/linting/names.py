"""Near names: what the author of a misspelt name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that a name is one slip away from, or None.

    A slip is one letter too many, too few, wrong, or swapped with the next. A plural or another number is
    another name, and so is any slip of a name of three letters.
    """
    if len(name) <= 3:
        return None
    return next((candidate for candidate in candidates if _is_slip(name, candidate)), None)


def _is_slip(name: str, meant: str) -> bool:
    if len(meant) <= 3 or name == meant or abs(len(name) - len(meant)) > 1:
        return False
    shorter, longer = sorted((name, meant), key=len)
    if longer == f"{shorter}s" and not shorter.endswith("s"):
        return False
    start = 0
    while start < min(len(name), len(meant)) and name[start] == meant[start]:
        start += 1
    rest, wanted = name[start:], meant[start:]
    if len(rest) > len(wanted):
        return rest[1:] == wanted
    if len(rest) < len(wanted):
        return rest == wanted[1:]
    if rest[1:] == wanted[1:]:
        return not (rest[0].isdigit() or wanted[0].isdigit())
    return rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]


def closest(name: str, candidates: Iterable[str], limit: float = 0.6) -> str | None:
    """Return the candidate most like a name, for a hint that need not be certain."""
    found = difflib.get_close_matches(name, list(candidates), n=1, cutoff=limit)
    return found[0] if found else None


def listed(names: Iterable[str], most: int = 6) -> str:
    """Return `a`, `b`, `c` … for a message."""
    items = list(names)
    shown = ", ".join(items[:most])
    return f"{shown}, …" if len(items) > most else shown
