"""Which SQLAlchemy a verdict or message is about: the project's series, or all of them."""

from __future__ import annotations

from ormlint.settings import Settings
from ormlint.settings.model import SQLALCHEMY_SERIES


def targets(settings: Settings) -> tuple[str, ...]:
    """Return the series the project may run on, oldest first; all where nothing says it."""
    return settings.target_sqlalchemy or SQLALCHEMY_SERIES


def may_run(settings: Settings, *series: str) -> bool:
    """Tell whether the project may run on one of these series."""
    return any(item in series for item in targets(settings))


def runs_only(settings: Settings, *series: str) -> bool:
    """Tell whether the project surely runs on one of these series."""
    return all(item in series for item in targets(settings))


def spoken(settings: Settings, cases: dict[str, str]) -> str:
    """Return what happens, by series, for a message.

    `cases` gives a text for each series; equal texts are said once: "a TypeError before SQLAlchemy 2.1, and a
    warning from 2.1 on". Where the project's series is known, or all say the same, the text stands alone.
    """
    groups: dict[str, list[str]] = {}
    for series in targets(settings):
        if series in cases:
            groups.setdefault(cases[series], []).append(series)
    if len(groups) == 1:
        return next(iter(groups))
    return ", and ".join(f"{text} {_when(found)}" for text, found in groups.items())


def _when(series: list[str]) -> str:
    if series[-1] == SQLALCHEMY_SERIES[-1]:
        return f"from SQLAlchemy {series[0]} on"
    if series[0] == SQLALCHEMY_SERIES[0]:
        return f"before SQLAlchemy {SQLALCHEMY_SERIES[SQLALCHEMY_SERIES.index(series[-1]) + 1]}"
    return f"on SQLAlchemy {' and '.join(series)}"
