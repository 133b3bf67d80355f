"""The `full` format: each finding with its lines of source, and the places that explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions, closing_lines, mark
from ormlint.reporters.style import one_line, paint, visible, width
from ormlint.text import SourceText

_CONTEXT = 1  # rows of source shown above and below
_LONGEST = 200  # cells of a row that are shown
_COLORS = {"error": "1;31", "warning": "1;33", "info": "1;36"}


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write a frame for each finding, then the summary."""
    for item in diagnostics:
        stream.write("\n".join(_frame(item, sources.get(item.path), options)))
        stream.write("\n\n")
    if options.summary:
        stream.write(closing_lines(diagnostics, options))


def _frame(item: Diagnostic, source: SourceText | None, options: ReportOptions) -> list[str]:
    color = options.color
    tint = _COLORS[item.severity.value]
    code, severity = paint(tint, item.code, color), paint(tint, item.severity.value, color)
    lines = [f"{code}{mark(item, options)} [{item.name}] {severity}: {one_line(item.message)}"]
    total = len(source.lines.starts) if source is not None else 0
    last_row = min(max(item.end.row, item.start.row), item.start.row + 4)
    gutter = len(str(min(last_row + _CONTEXT, max(total, 1))))
    bar = paint("34", "|", color)
    arrow = paint("34", "-->", color)
    lines.append(f"{' ' * gutter}{arrow} {one_line(item.path)}:{item.start.row}:{item.start.column}")
    if source is not None and item.start.row <= total:
        lines.append(f"{' ' * gutter} {bar}")
        for row in range(max(1, item.start.row - _CONTEXT), min(total, last_row + _CONTEXT) + 1):
            text = source.lines.line(row)
            number = paint("34", str(row).rjust(gutter), color)
            lines.append(f"{number} {bar} {_cut(visible(text))}".rstrip())
            if item.start.row <= row <= last_row:
                first = item.start.column - 1 if row == item.start.row else len(text) - len(text.lstrip())
                last = item.end.column - 1 if row == item.end.row else len(text)
                before = width(visible(text[:first]))
                if before < _LONGEST:
                    marked = max(1, min(width(visible(text[:last])), _LONGEST) - before)
                    lines.append(f"{' ' * gutter} {bar} {' ' * before}{paint(tint, '^' * marked, color)}")
        lines.append(f"{' ' * gutter} {bar}")
    for place in item.related:
        lines.append(
            f"{' ' * gutter} {paint('34', '=', color)} {paint('1', 'note', color)}: "
            f"{one_line(place.path)}:{place.start.row}:{place.start.column}: {one_line(place.message)}"
        )
    if item.fix is not None:
        lines.append(
            f"{' ' * gutter} {paint('34', '=', color)} {paint('1', 'help', color)}: {one_line(item.fix.title)}"
        )
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
