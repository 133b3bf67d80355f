"""The `rdjson` format of reviewdog. Its columns count bytes of UTF-8 from 1, ends exclusive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.links import SITE, rule_url
from ormlint.reporters.places import in_repository
from ormlint.text import Location, Range, SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write one object with all findings; fixes are its suggestions."""
    found = {
        "source": {"name": "ormlint", "url": SITE},
        "severity": "WARNING",
        "diagnostics": [_diagnostic(item, sources) for item in diagnostics],
    }
    json.dump(found, stream, indent=2)
    stream.write("\n")


def _diagnostic(item: Diagnostic, sources: Mapping[str, SourceText]) -> dict[str, Any]:
    source = sources.get(item.path)
    shown: dict[str, Any] = {
        "message": item.message,
        "severity": item.severity.name,
        "code": {"value": item.code, "url": rule_url(item.name)},
        "location": {"path": in_repository(item.path), "range": _range(item.range, item.start, item.end, source)},
    }
    related = [
        {
            "message": place.message,
            "location": {
                "path": in_repository(place.path),
                "range": _range(place.range, place.start, place.end, sources.get(place.path)),
            },
        }
        for place in item.related
    ]
    if related:
        shown["relatedLocations"] = related
    if item.fix is not None and item.fix.edits is not None and len(item.fix.edits) == 1 and source is not None:
        (edit,) = item.fix.edits
        lines = source.lines
        where = _range(edit.range, lines.location(edit.range.start), lines.location(edit.range.end), source)
        shown["suggestions"] = [{"text": edit.content, "range": where}]
    return shown


def _range(where: Range, start: Location, end: Location, source: SourceText | None) -> dict[str, Any]:
    return {
        "start": {"line": start.row, "column": _byte_column(where.start, start, source)},
        "end": {"line": end.row, "column": _byte_column(where.end, end, source)},
    }


def _byte_column(offset: int, place: Location, source: SourceText | None) -> int:
    return offset - source.lines.starts[place.row - 1] + 1 if source is not None else place.column
