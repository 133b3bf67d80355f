"""Diagnostics as text: one module a format, each with `report(diagnostics, sources, options, stream)`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO, cast

from ormlint.diagnostics import Diagnostic
from ormlint.text import SourceText

FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "json-lines",
    "github",
    "gitlab",
    "sarif",
    "junit",
    "checkstyle",
    "rdjson",
    "pylint",
)


@dataclass(frozen=True)
class ReportOptions:
    """How to render: `color` for terminals, `summary` for the closing line, `files` how many were checked."""

    color: bool = False
    summary: bool = True
    files: int = 0


class Reporter(Protocol):
    """What a format's module offers."""

    def report(
        self,
        diagnostics: Sequence[Diagnostic],
        sources: Mapping[str, SourceText],
        options: ReportOptions,
        stream: TextIO,
    ) -> None:
        """Write the diagnostics to a stream."""
        ...


def reporter(name: str) -> Reporter:
    """Return the reporter of a format, importing only that one."""
    return cast(Reporter, importlib.import_module(f"ormlint.reporters.{name.replace('-', '_')}"))


def summary_line(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """Return the closing line: what was found, and in how many files."""
    if not diagnostics:
        return "All checks passed!"
    counts = [
        f"{count} {severity}{'s' if count != 1 and severity != 'info' else ''}"
        for severity in ("error", "warning", "info")
        if (count := sum(1 for item in diagnostics if item.severity.value == severity))
    ]
    affected = len({item.path for item in diagnostics})
    return f"Found {', '.join(counts)} in {affected} of {files} file{'s' if files != 1 else ''}."
