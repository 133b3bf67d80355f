"""The `json-lines` format: the objects of the `json` format, one a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.json import json_item
from ormlint.text import SourceText


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write one object a line."""
    for item in diagnostics:
        stream.write(f"{json.dumps(json_item(item, sources.get(item.path)))}\n")
