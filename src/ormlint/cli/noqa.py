"""`ormlint check --add-noqa`: write a comment on every line with a finding."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ormlint.checker.noqa import with_noqa
from ormlint.diagnostics import Diagnostic
from ormlint.project.atomic import replace_file
from ormlint.project.runner import Run, UsageError
from ormlint.text import SourceText

# The checker's own findings: no comment on their row would silence them, or it would stand in what is not Python.
_OWN = "ORM0"


def add_noqa(loaded: Run, diagnostics: Sequence[Diagnostic]) -> int:
    """Add the comments, print how many, and return the exit code."""
    by_path: dict[str, list[Diagnostic]] = {}
    for item in (item for item in diagnostics if not item.code.startswith(_OWN)):
        by_path.setdefault(item.path, []).append(item)
    added = 0
    for path, found in by_path.items():
        source = loaded.files[path]
        if not isinstance(source, SourceText):
            continue
        text, count = with_noqa(source, found)
        if not count:
            continue
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
