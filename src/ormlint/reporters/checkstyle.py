"""The `checkstyle` format: the XML report of Checkstyle, which many services read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.markup import attributes
from ormlint.reporters.places import in_repository
from ormlint.text import SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write a `file` element for each file with findings."""
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n<checkstyle version="4.3">\n')
    for path, group in groupby(diagnostics, key=lambda item: item.path):
        stream.write(f"  <file {attributes(name=in_repository(path))}>\n")
        for item in group:
            found = attributes(
                line=item.start.row,
                column=item.start.column,
                severity=item.severity.value,
                message=item.message,
                source=f"ormlint.{item.code}",
            )
            stream.write(f"    <error {found}/>\n")
        stream.write("  </file>\n")
    stream.write("</checkstyle>\n")
