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
    """How to render: `color` for terminals, `summary` for the closing line, `files` how many were checked.

    `closing` stands in place of the usual closing line, and `fixable` after it; with `unsafe` fixes that are not safe
    are marked as well.
    """

    color: bool = False
    summary: bool = True
    files: int = 0
    unsafe: bool = False
    closing: str = ""
    fixable: str = ""


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


def mark(item: Diagnostic, options: ReportOptions) -> str:
    """Return ` [*]` for a finding whose fix `--fix` would apply."""
    return " [*]" if item.is_fixable(options.unsafe) else ""


def closing_lines(diagnostics: Sequence[Diagnostic], options: ReportOptions) -> str:
    """Return the closing lines: what was found or fixed, and what `--fix` could do."""
    lines = [options.closing or summary_line(diagnostics, options.files), options.fixable]
    return "".join(f"{line}\n" for line in lines if line)


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
