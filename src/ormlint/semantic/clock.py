"""Calls that make a date and time: the process's present one, and others that are surely naive or aware."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.facts import expressions as e
from ormlint.semantic.types import Moment, Now

_NAIVE = frozenset({"datetime.datetime.utcnow", "datetime.utcnow", "datetime.datetime.today"})
_BY_ARGUMENT = frozenset({"datetime.datetime.now"})
# Helpers of other packages that give an aware time.
_AWARE = frozenset({"django.utils.timezone.now", "arrow.utcnow", "pendulum.now"})

# Tells whether an expression is surely a time zone.
IsZone = Callable[[e.Expr], bool]


def now_of(name: str, call: e.Call, is_zone: IsZone) -> Now | None:
    """Return the present time a call of an external function gives, or None for any other function."""
    if name in _NAIVE:
        return Now(False, f"{name.removeprefix('datetime.')}()")
    if name in _BY_ARGUMENT:
        zone = call.argument(0, "tz")
        aware = _awareness(zone, is_zone)
        spelling = "datetime.now()" if aware is False else f"datetime.now({_shown(zone)})"
        return Now(aware, spelling)
    if name in _AWARE:
        return Now(True, f"{name}()")
    return None


def moment_of(name: str, call: e.Call, is_zone: IsZone) -> Moment | None:
    """Return the date and time that `datetime(…)` and its kin give, where it is surely naive or aware."""
    if any(isinstance(argument, e.Starred) for argument in call.args) or any(not item.name for item in call.keywords):
        return None
    if name == "datetime.datetime":
        aware = _awareness(call.argument(7, "tzinfo"), is_zone)
        return Moment(aware, "datetime(…)") if aware is not None else None
    if name == "datetime.datetime.fromtimestamp":
        aware = _awareness(call.argument(1, "tz"), is_zone)
        return Moment(aware, "datetime.fromtimestamp(…)") if aware is not None else None
    if name == "datetime.datetime.utcfromtimestamp":
        return Moment(False, "datetime.utcfromtimestamp(…)")
    return None


def after_method(time: Now | Moment, name: str, call: e.Call, is_zone: IsZone) -> Now | Moment | None:
    """Return what `replace(…)` or `astimezone(…)` makes of a time; None for other methods and where it is unknown."""
    if name == "astimezone":
        return _like(time, True, f"{time.spelling}.astimezone(…)")
    if name != "replace" or call.args or any(not keyword.name for keyword in call.keywords):
        return None
    zone = call.keyword("tzinfo")
    aware = time.aware if zone is None else _awareness(zone, is_zone)
    if aware is None:
        return None
    spelling = f"{time.spelling}.replace({f'tzinfo={_shown(zone)}' if zone is not None else '…'})"
    if all(keyword.name in ("tzinfo", "microsecond") for keyword in call.keywords):
        return _like(time, aware, spelling)
    return Moment(aware, spelling)


def _like(time: Now | Moment, aware: bool, spelling: str) -> Now | Moment:
    return Now(aware, spelling) if isinstance(time, Now) else Moment(aware, spelling)


def _awareness(zone: e.Expr | None, is_zone: IsZone) -> bool | None:
    if zone is None or (isinstance(zone, e.Constant) and zone.value is None):
        return False
    return True if is_zone(zone) else None


def _shown(zone: e.Expr | None) -> str:
    if isinstance(zone, e.Constant):
        return str(zone.value)
    return (e.dotted_name(zone) if zone is not None else None) or "…"
