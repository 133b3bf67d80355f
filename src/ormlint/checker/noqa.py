"""A text with `noqa` comments on the rows of its findings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ormlint.checker.suppressions import NOQA
from ormlint.diagnostics import Diagnostic
from ormlint.facts.module import Comment
from ormlint.syntax import lower_parsed, parse_module
from ormlint.syntax.comments import RowEnds
from ormlint.text import SourceText


def with_noqa(source: SourceText, diagnostics: Sequence[Diagnostic]) -> tuple[str, int]:
    """Return the text with comments for these findings, and how many rows were changed.

    A row that ends inside a string or with a backslash cannot take a comment; the row where the finding ends is
    taken then, and left out when that cannot either.
    """
    rows: dict[int, set[str]] = {}
    ends = RowEnds(source.data)
    for item in diagnostics:
        taking = (row for row in (item.start.row, item.end.row) if ends.in_code(*source.lines.span(row)))
        row = next(taking, None)
        if row is not None:
            rows.setdefault(row, set()).add(item.code)
    comments = {source.lines.row(comment.start): comment.start for comment in _noqa_comments(source)} if rows else {}
    lines: list[str] = []
    changed = 0
    for row in range(1, len(source.lines.starts) + 1):
        start, end = source.lines.span(row)
        line = source.data[start:end].decode("utf-8")
        if row in rows:
            body = line.rstrip("\r\n")
            comment = len(source.data[start : comments[row]].decode("utf-8")) if row in comments else None
            commented = _commented(body, comment, sorted(rows[row])) + line[len(body) :]
            changed += commented != line
            line = commented
        lines.append(line)
    return "".join(lines), changed


def _noqa_comments(source: SourceText) -> list[Comment]:
    comments = lower_parsed(parse_module(source)).interface.comments
    return [comment for comment in comments if NOQA.search(comment.text)]


def _commented(line: str, comment: int | None, codes: list[str]) -> str:
    """Return a row with codes added to its noqa comment, which stands in what begins at column `comment`."""
    match = NOQA.search(line, comment) if comment is not None else None
    if match is None:
        return f"{line.rstrip()}  # noqa: {', '.join(codes)}"
    if match["list"] is None:
        return line  # a bare noqa silences all
    known = re.split(r"[\s,]+", match["list"])
    upper = {word.upper() for word in known}
    merged = [*known, *(code for code in codes if code not in upper)]
    return f"{line[: match.start()]}# noqa: {', '.join(merged)}{line[match.end() :]}"
