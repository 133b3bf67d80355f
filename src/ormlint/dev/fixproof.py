"""Prove safe fixes harmless over real projects, in memory: equal tables, all compiles, a second run is idle."""

from __future__ import annotations

import argparse
import gc
import warnings
from collections import Counter
from pathlib import Path

from ormlint.checker.analysis import analyse
from ormlint.checker.fixing import Files, fix_project, with_edits
from ormlint.checker.result import Statistics
from ormlint.project.discovery import project_files
from ormlint.project.environment import find_environment
from ormlint.project.workspace import read_files
from ormlint.schema.metadata import build_tables
from ormlint.schema.render import create_statements, dialect_named
from ormlint.settings import Settings
from ormlint.text import SourceText


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("projects", nargs="+", type=Path, help="folders of projects; nothing in them is changed")
    parser.add_argument("--select", default="ALL", help="rules")
    parser.add_argument("--unsafe-fixes", action="store_true", help="apply all fixes; the tables may then differ")
    parser.add_argument("--diff", action="store_true", help="print the lines that changed")


def run(options: argparse.Namespace) -> int:
    """Print a row for each project, and what does not hold; return 1 when anything does not."""
    gc.disable()
    settings = Settings(select=tuple(options.select.split(",")), preview=True)
    print("| project | files | tables | fixable | applied | files changed | by rule | holds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    problems: list[str] = []
    lines: list[str] = []
    for root in options.projects:
        files = read_files(root, project_files(root, settings))
        environment = find_environment(root, settings)
        fixed = fix_project(files, settings, unsafe=options.unsafe_fixes, environment=environment)
        found: list[str] = [f"{path}: {reason}" for path, reason in fixed.unwritable.items()]
        found += [f"{item.path}: {item.message}" for item in fixed.result.diagnostics if item.code == "ORM002"]
        changed = fixed.changed(files)
        for path in changed:
            before, after = files[path], fixed.files[path]
            if isinstance(before, SourceText) and isinstance(after, SourceText):
                if _compiles(before.text) and not _compiles(after.text):
                    found.append(f"{path}: it does not compile any more")
                lines += [f"{root.name}/{path}: {line}" for line in _changed_lines(before.text, after.text)]
        tables = _tables(files)
        if not options.unsafe_fixes and changed and (after_fixes := _tables(fixed.files)) != tables:
            found.append("CREATE TABLE is another one")
            found += _changed_lines("\n".join(tables), "\n".join(after_fixes))
        if changed:
            again = fix_project(fixed.files, settings, unsafe=options.unsafe_fixes, environment=environment)
            if again.applied:
                found.append(f"a second run changes {[item.path for item in again.applied]}")
        left = [item for item in fixed.result.diagnostics if item.fix is not None]
        made = with_edits(fixed.files, left)
        found += [f"{item.path}: the fix of {item.code} cannot be made" for item in made if item.fix is None]
        counts = Counter(item.code for item in fixed.applied)
        by_rule = ", ".join(f"{code} {count}" for code, count in sorted(counts.items())) or "none"
        fixable = len(fixed.applied) + len(left)
        cells = [root.name, len(files), len(tables), fixable, len(fixed.applied), len(changed), by_rule]
        print(f"| {' | '.join(str(cell) for cell in cells)} | {'no' if found else 'yes'} |", flush=True)
        problems += [f"{root.name}: {problem}" for problem in found]
    if options.diff:
        print("\n".join(["", *lines]))
    if problems:
        print("\n".join(["", *problems]))
    return 1 if problems else 0


def _tables(files: Files) -> list[str]:
    index = analyse(files, Statistics(), interpret=False).index
    return create_statements(build_tables(index, lambda mapped: True), dialect_named("postgresql"))


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<fixed>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def _changed_lines(before: str, after: str) -> list[str]:
    import difflib

    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [row for row in rows if row.startswith(("+", "-")) and not row.startswith(("+++", "---"))]
