"""The `concise` format: one line a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions, closing_lines, mark
from ormlint.reporters.style import one_line, paint
from ormlint.text import SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write `path:row:column: CODE [name] message`, then the summary."""
    for item in diagnostics:
        path = paint("1", one_line(item.path), options.color)
        code = paint("1;31", item.code, options.color) + mark(item, options)
        stream.write(f"{path}:{item.start.row}:{item.start.column}: {code} [{item.name}] {one_line(item.message)}\n")
    if options.summary:
        stream.write(closing_lines(diagnostics, options))
