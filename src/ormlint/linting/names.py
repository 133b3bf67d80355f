"""Near names: what the author of a misspelt name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate a name is a slip of, or None when none is really near.

    A slip changes few letters, forgets or doubles an underscore, or leaves off a plural: the ratio has to be
    high for short names, where two letters make another word.
    """
    best: tuple[float, str] | None = None
    for candidate in candidates:
        if candidate == name or abs(len(candidate) - len(name)) > 3:
            continue
        ratio = difflib.SequenceMatcher(None, name, candidate).ratio()
        if best is None or ratio > best[0]:
            best = (ratio, candidate)
    if best is None:
        return None
    limit = 0.86 if len(name) > 5 else 0.8
    if len(name) <= 3:
        return None
    return best[1] if best[0] >= limit else None


def closest(name: str, candidates: Iterable[str], limit: float = 0.6) -> str | None:
    """Return the candidate most like a name, for a hint that need not be certain."""
    found = difflib.get_close_matches(name, list(candidates), n=1, cutoff=limit)
    return found[0] if found else None


def listed(names: Iterable[str], most: int = 6) -> str:
    """Return `a`, `b`, `c` … for a message."""
    items = list(names)
    shown = ", ".join(items[:most])
    return f"{shown}, …" if len(items) > most else shown
