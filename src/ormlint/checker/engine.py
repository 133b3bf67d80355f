"""Check a project: lower each file, link once, ask the rules, suppress and sort."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from ormlint.diagnostics import Diagnostic
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText

Progress = Callable[[str, int, int], None]


@dataclass
class Statistics:
    """What a run did: counts, and seconds of CPU per phase (`parse`, `lower`, `link`, `check`)."""

    files: int = 0
    bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class CheckResult:
    """Diagnostics in the one order of all output, and what the run did."""

    diagnostics: list[Diagnostic]
    statistics: Statistics


def check_project(
    files: Mapping[str, SourceText | SourceError],
    settings: Settings,
    *,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Check `files` (path relative to the root, forward slashes → source) as one program.

    `only` limits the paths whose findings are wanted; all files are read all the same. `progress` is
    called with a phase's name, the files done and the files in all.
    """
    raise NotImplementedError
