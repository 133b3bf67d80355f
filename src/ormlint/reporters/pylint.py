"""The `pylint` format: `path:row: [CODE] message`, which Jenkins and its kin read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.style import one_line
from ormlint.text import SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write one line a finding."""
    for item in diagnostics:
        stream.write(f"{one_line(item.path)}:{item.start.row}: [{item.code}] {one_line(item.message)}\n")
