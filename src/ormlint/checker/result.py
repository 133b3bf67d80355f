"""What a check gives: the diagnostics, and what the run did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ormlint.diagnostics import Diagnostic

Progress = Callable[[str, int, int], None]


@dataclass
class Statistics:
    """What a run did: counts, and seconds of CPU per phase (`parse`, `lower`, `link`, `check`).

    `lowered` are the paths of the files that were parsed in this run; the facts of the others were remembered.
    `interpreted` are the files whose bodies were followed, `asked` those whose findings were worked out anew.
    `is_cached`: nothing was done at all, the findings were remembered.
    """

    files: int = 0
    bytes: int = 0
    models: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    given_up: dict[str, int] = field(default_factory=dict)
    lowered: list[str] = field(default_factory=list)
    interpreted: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    is_cached: bool = False


@dataclass
class CheckResult:
    """Diagnostics in the one order of all output, what the run did, and what is to be said of the settings."""

    diagnostics: list[Diagnostic]
    statistics: Statistics = field(default_factory=Statistics)
    warnings: list[str] = field(default_factory=list)
