"""The `github` format: workflow commands that GitHub shows as annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.places import in_repository
from ormlint.text import SourceText

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write one command a finding, the worst first: GitHub shows only the first ten of a step."""
    order = list(_COMMANDS)
    for item in sorted(diagnostics, key=lambda found: (order.index(found.severity.value), found.sort_key)):
        properties = [
            f"title={_property(f'ormlint ({item.code})')}",
            f"file={_property(in_repository(item.path))}",
            f"line={item.start.row}",
            f"col={item.start.column}",
            f"endLine={item.end.row}",
            f"endColumn={item.end.column}",
        ]
        command = _COMMANDS[item.severity.value]
        place = f"{item.path}:{item.start.row}:{item.start.column}"
        stream.write(f"::{command} {','.join(properties)}::{_data(f'{place}: {item.code} {item.message}')}\n")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
