"""The `grouped` format: findings below the name of their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions, closing_lines
from ormlint.reporters.style import one_line, paint
from ormlint.text import SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write each file's name and its findings in columns, then the summary."""
    for path, group in groupby(diagnostics, key=lambda item: item.path):
        items = list(group)
        places = [f"{item.start.row}:{item.start.column}" for item in items]
        widest = max(map(len, places))
        stream.write(f"{paint('1;4', one_line(path), options.color)}:\n")
        for item, place in zip(items, places, strict=True):
            code = paint("1;31", item.code, options.color)
            stream.write(f"  {place.rjust(widest)}  {code} [{item.name}] {one_line(item.message)}\n")
        stream.write("\n")
    if options.summary:
        stream.write(closing_lines(diagnostics, options))
