"""What a message says of the series of SQLAlchemy."""

from __future__ import annotations

from ormlint.linting import versions
from ormlint.settings import Settings

CASES = {"1.4": "A", "2.0": "A", "2.1": "B"}


def test_what_is_spoken_of() -> None:
    assert versions.spoken(Settings(), CASES) == "A before SQLAlchemy 2.1, and B from SQLAlchemy 2.1 on"
    assert versions.spoken(Settings(target_sqlalchemy=("2.0",)), CASES) == "A"
    assert versions.spoken(Settings(target_sqlalchemy=("1.4", "2.0")), CASES) == "A"
    assert versions.spoken(Settings(target_sqlalchemy=("2.1",)), CASES) == "B"
    middle = {"1.4": "A", "2.0": "B", "2.1": "C"}
    assert versions.spoken(Settings(), middle) == (
        "A before SQLAlchemy 2.0, and B on SQLAlchemy 2.0, and C from SQLAlchemy 2.1 on"
    )


def test_verdicts() -> None:
    assert versions.may_run(Settings(), "2.1") and not versions.runs_only(Settings(), "2.1")
    two = Settings(target_sqlalchemy=("2.0", "2.1"))
    assert versions.runs_only(two, "2.0", "2.1") and not versions.may_run(two, "1.4")
