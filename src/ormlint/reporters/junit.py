"""The `junit` format: a test report with a failed case for each finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.markup import attributes, text
from ormlint.reporters.places import in_repository
from ormlint.text import SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write a suite for each file with findings; one case that passes where nothing was found."""
    total = len(diagnostics)
    stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
    counts = {"tests": max(total, 1), "failures": total, "errors": 0, "time": 0}
    stream.write(f"<testsuites {attributes(name='ormlint', **counts)}>\n")
    if not diagnostics:
        stream.write(f"  <testsuite {attributes(name='ormlint', **counts, skipped=0)}>\n")
        stream.write(f"    <testcase {attributes(name='no findings', classname='ormlint', time=0)}/>\n")
        stream.write("  </testsuite>\n")
    for path, group in groupby(diagnostics, key=lambda item: item.path):
        items = list(group)
        name = in_repository(path)
        counts = {"tests": len(items), "failures": len(items), "errors": 0, "skipped": 0, "time": 0}
        stream.write(f"  <testsuite {attributes(name=name, **counts)}>\n")
        for item in items:
            place = f"{item.start.row}:{item.start.column}"
            case = attributes(name=f"{item.code}:{place}", classname=name, file=name, line=item.start.row, time=0)
            failure = attributes(message=item.message, type=item.code)
            body = text(f"{name}:{place}: {item.code} [{item.name}] {item.message}")
            stream.write(f"    <testcase {case}>\n      <failure {failure}>{body}</failure>\n    </testcase>\n")
        stream.write("  </testsuite>\n")
    stream.write("</testsuites>\n")
