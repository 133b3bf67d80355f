"""`ormlint check --add-noqa`: write a comment on every line with a finding."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from ormlint.checker.suppressions import NOQA
from ormlint.diagnostics import Diagnostic
from ormlint.project.atomic import replace_file
from ormlint.project.runner import Run, UsageError
from ormlint.text import SourceText


def add_noqa(loaded: Run, diagnostics: Sequence[Diagnostic]) -> int:
    """Add the comments, print how many, and return the exit code."""
    by_path: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_path.setdefault(item.path, []).append(item)
    added = 0
    for path, found in by_path.items():
        source = loaded.files[path]
        if not isinstance(source, SourceText):
            continue
        text, count = with_noqa(source, found)
        added += count
        target = loaded.project.root / path
        try:
            replace_file(target, source.encode(text))
        except (OSError, UnicodeEncodeError) as error:
            raise UsageError(f"{target}: cannot be written: {error}") from None
    print(f"Added {added} noqa comment{'s' if added != 1 else ''}.")
    if added:
        print(
            "If Ruff checks unused noqa comments here (RUF100), tell it of these codes: "
            'lint.external = ["ORM"] in its configuration.',
            file=sys.stderr,
        )
    return 0


def with_noqa(source: SourceText, diagnostics: Sequence[Diagnostic]) -> tuple[str, int]:
    """Return the text with comments for these findings, and how many rows were changed.

    A row that ends inside a string or with a backslash cannot take a comment; the row where the finding ends is
    taken then, and left out when that cannot either.
    """
    rows: dict[int, set[str]] = {}
    for item in diagnostics:
        row = next((row for row in (item.start.row, item.end.row) if _takes_comment(source, row)), None)
        if row is not None:
            rows.setdefault(row, set()).add(item.code)
    lines: list[str] = []
    for row in range(1, len(source.lines.starts) + 1):
        start, end = source.lines.span(row)
        line = source.data[start:end].decode("utf-8")
        if row in rows:
            body = line.rstrip("\r\n")
            line = _commented(body, sorted(rows[row])) + line[len(body) :]
        lines.append(line)
    return "".join(lines), len(rows)


def _commented(line: str, codes: list[str]) -> str:
    match = NOQA.search(line)
    if match is None:
        return f"{line.rstrip()}  # noqa: {', '.join(codes)}"
    if match["list"] is None:
        return line  # a bare noqa silences all
    known = re.findall(r"[A-Z]+[0-9]+", match["list"].upper())
    merged = [*known, *(code for code in codes if code not in known)]
    return f"{line[: match.start()]}# noqa: {', '.join(merged)}{line[match.end() :]}"


def _takes_comment(source: SourceText, row: int) -> bool:
    from ormlint.syntax.comments import ends_in_code

    start, end = source.lines.span(row)
    return ends_in_code(source.data, start, end)
