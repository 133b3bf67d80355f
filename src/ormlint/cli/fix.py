"""`ormlint check --fix` and its kin: fixes applied or shown, as Ruff's options of the same names do."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ormlint.checker.result import Progress
from ormlint.diagnostics import Diagnostic
from ormlint.project.rewriting import write_files
from ormlint.project.runner import Run
from ormlint.text import SourceText

if TYPE_CHECKING:
    from ormlint.checker.fixing import FixResult

Seen = Callable[[str], str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    group = parser.add_argument_group("fixes")
    group.add_argument("--fix", action="store_true", help="apply the safe fixes, and report what is left")
    group.add_argument(
        "--unsafe-fixes",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="let fixes be applied that may change the schema or behaviour",
    )
    group.add_argument("--fix-only", action="store_true", help="apply fixes, and do not report what is left")
    group.add_argument("--diff", action="store_true", help="change nothing, show what fixes would change")
    group.add_argument("--show-fixes", action="store_true", help="list the fixes that were applied")
    group.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 when a fix was applied")


def is_fixing(options: argparse.Namespace) -> bool:
    """Tell whether fixes are to be made."""
    return bool(options.fix or options.fix_only or options.diff)


def fixed(loaded: Run, options: argparse.Namespace, progress: Progress) -> FixResult:
    """Fix in memory."""
    from ormlint.checker.fixing import fix_project

    return fix_project(
        loaded.files,
        loaded.project.settings,
        unsafe=options.unsafe_fixes,
        only=loaded.only,
        progress=progress,
        environment=loaded.environment,
        documents=loaded.documents,
        keep=loaded.keep,
    )


def show_diff(loaded: Run, result: FixResult, seen: Seen, from_stdin: bool, quiet: bool) -> int:
    """Print what would change, and return the exit code: 1 when anything would."""
    changed = result.changed(loaded.files)
    for path in changed:
        before, after = loaded.files[path], result.files[path]
        if isinstance(before, SourceText) and isinstance(after, SourceText):
            sys.stdout.write(_difference(seen(path), before.text, after.text))
    _say_unwritable(result, seen)
    count = len(result.applied)
    if not quiet:
        print(f"Would fix {_errors(count)}." if count else "No errors would be fixed.", file=sys.stderr)
    return 1 if changed else 0


def _difference(name: str, before: str, after: str) -> str:
    """Return a unified diff; a line without an end is marked as git and patch do."""
    rows: list[str] = []
    for row in difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, name):
        rows.append(row if row.endswith(("\n", "\r")) else f"{row}\n\\ No newline at end of file\n")
    return "".join(rows)


def write(loaded: Run, result: FixResult, seen: Seen) -> bool:
    """Write the changed files; tell whether all of them could be."""
    left = write_files(loaded.project.root, result.changed(loaded.files), loaded.files, result.files)
    for path, reason in sorted(left.items()):
        print(f"ormlint: {seen(path)}: not fixed: {reason}", file=sys.stderr)
    _say_unwritable(result, seen)
    result.applied = [item for item in result.applied if item.path not in left]
    return not left


def _say_unwritable(result: FixResult, seen: Seen) -> None:
    for path, reason in sorted(result.unwritable.items()):
        print(f"ormlint: {seen(path)}: not fixed: {reason}", file=sys.stderr)


def applied_lines(result: FixResult, seen: Seen) -> list[str]:
    """Return the list of the fixes that were applied, file by file."""
    if not result.applied:
        return []
    lines = [f"Fixed {_errors(len(result.applied))}:"]
    paths = dict.fromkeys(item.path for item in result.applied)
    for path in paths:
        lines.append(f"- {seen(path)}:")
        counts = Counter((item.code, item.name) for item in result.applied if item.path == path)
        width = len(str(max(counts.values())))
        for (code, name), count in sorted(counts.items()):
            lines.append(f"    {count:>{width}} x {code} ({name})")
    return lines


def fixable_line(diagnostics: Sequence[Diagnostic], unsafe: bool) -> str:
    """Return what `--fix` could do, or an empty string."""
    now = sum(1 for item in diagnostics if item.is_fixable(unsafe))
    hidden = 0 if unsafe else sum(1 for item in diagnostics if item.is_fixable(True)) - now
    more = f"{hidden} hidden fix{'es' if hidden != 1 else ''} can be enabled with the `--unsafe-fixes` option"
    if now:
        return f"[*] {now} fixable with the `--fix` option{f' ({more})' if hidden else ''}."
    return f"No fixes available ({more})." if hidden else ""


def summary(result: FixResult, remaining: int) -> str:
    """Return the closing line after fixes; empty when there was nothing to fix."""
    count = len(result.applied)
    return "" if not count else f"Found {_errors(count + remaining)} ({count} fixed, {remaining} remaining)."


def _errors(count: int) -> str:
    return f"{count} error{'s' if count != 1 else ''}"
