"""Calls that ask the Python process for the present time."""

from __future__ import annotations

from ormlint.facts import expressions as e
from ormlint.semantic.types import Now

_NAIVE = frozenset({"datetime.datetime.utcnow", "datetime.utcnow", "datetime.datetime.today"})
_BY_ARGUMENT = frozenset({"datetime.datetime.now"})
# Helpers of other packages that give an aware time.
_AWARE = frozenset({"django.utils.timezone.now", "arrow.utcnow", "pendulum.now"})


def now_of(name: str, call: e.Call) -> Now | None:
    """Return the present time a call of an external function gives, or None for any other function."""
    if name in _NAIVE:
        return Now(False, f"{name.removeprefix('datetime.')}()")
    if name in _BY_ARGUMENT:
        zone = call.argument(0, "tz")
        spelling = "datetime.now()"
        if zone is None or (isinstance(zone, e.Constant) and zone.value is None):
            return Now(False, spelling)
        return Now(True, f"datetime.now({e.dotted_name(zone) or '…'})")
    if name in _AWARE:
        return Now(True, f"{name}()")
    return None
