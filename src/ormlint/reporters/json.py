"""The `json` format: Ruff's shape, rows and columns from 1 in code points."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from ormlint.diagnostics import Diagnostic, Fix
from ormlint.reporters import ReportOptions
from ormlint.reporters.links import rule_url
from ormlint.text import Location, SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write a list of objects, one a finding."""
    # Escapes are JSON in every encoding of the stream; what it cannot hold would be no JSON otherwise.
    is_unicode = (stream.encoding or "utf-8").lower().replace("-", "") == "utf8"
    items = [json_item(item, sources.get(item.path)) for item in diagnostics]
    json.dump(items, stream, indent=2, ensure_ascii=not is_unicode)
    stream.write("\n")


def json_item(item: Diagnostic, source: SourceText | None) -> dict[str, Any]:
    """Return a finding as an object."""
    return {
        "code": item.code,
        "name": item.name,
        "message": item.message,
        "severity": item.severity.value,
        "filename": item.path,
        "location": _location(item.start),
        "end_location": _location(item.end),
        "url": rule_url(item.name),
        "fix": _fix(item.fix, source),
        "related": [
            {
                "filename": place.path,
                "location": _location(place.start),
                "end_location": _location(place.end),
                "message": place.message,
            }
            for place in item.related
        ],
    }


def _location(location: Location) -> dict[str, int]:
    return {"row": location.row, "column": location.column}


def _fix(fix: Fix | None, source: SourceText | None) -> dict[str, Any] | None:
    if fix is None or source is None:
        return None
    edits = [
        {
            "content": edit.content,
            "location": _location(source.lines.location(edit.range.start)),
            "end_location": _location(source.lines.location(edit.range.end)),
        }
        for edit in fix.edits or ()
    ]
    return {"applicability": fix.applicability.value, "message": fix.title, "edits": edits}
