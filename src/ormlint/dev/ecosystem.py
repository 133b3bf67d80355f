"""Run all rules over real projects: findings per rule, what changed since the last run, each finding to be read."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ormlint.checker.engine import check_project
from ormlint.dev.pinned import PinnedError, pinned_projects
from ormlint.diagnostics import Diagnostic
from ormlint.project.discovery import project_files
from ormlint.project.environment import find_environment
from ormlint.project.target import with_target
from ormlint.project.workspace import read_files
from ormlint.settings import Settings
from ormlint.text import SourceText

RECORD = Path("tests") / "ecosystem" / "findings.json"


@dataclass
class Result:
    """What one project gave: its size, seconds of CPU, and its findings."""

    name: str
    files: int
    lines: int
    megabytes: float
    seconds: float
    models: int
    findings: list[Diagnostic] = field(default_factory=list)

    def keys(self) -> dict[str, dict[str, int]]:
        """Return, by code, how often each finding occurs. Its key holds no line number and no source."""
        found: dict[str, Counter[str]] = {}
        for item in self.findings:
            found.setdefault(item.code, Counter())[f"{item.path}: {item.symbol or item.name}"] += 1
        return {code: dict(sorted(counts.items())) for code, counts in sorted(found.items())}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "projects", nargs="*", type=Path, help="folders of projects; without any the pinned packages are fetched"
    )
    parser.add_argument("--select", default="", help="rules, in place of those that run by default")
    parser.add_argument("--preview", action="store_true", help="preview rules too")
    parser.add_argument("--findings", action="store_true", help="print the findings too")
    parser.add_argument("--record", action="store_true", help=f"keep the result in {RECORD.as_posix()}")


def run(options: argparse.Namespace) -> int:
    """Print tables in Markdown; over the pinned packages also what differs from the last run that was kept.

    Returns 1 when something differs and `--record` is not given, 2 when a package cannot be had.
    """
    gc.disable()
    settings = Settings(select=tuple(item for item in options.select.split(",") if item), preview=bool(options.preview))
    is_pinned = not options.projects
    try:
        roots = pinned_projects(options.root) if is_pinned else {root.name: root for root in options.projects}
    except PinnedError as error:
        print(f"ecosystem: {error}", file=sys.stderr)
        return 2
    print("| project | files | lines | MB | CPU s | models | findings |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    results: list[Result] = []
    for name, root in roots.items():
        results.append(check(name, root, settings))
        print(project_row(results[-1]), flush=True)
    print(f"\n{sum(result.lines for result in results):,} lines in {len(results)} projects\n")
    print("\n".join(rule_table(results)))
    if options.findings:
        print()
        for result in results:
            for item in result.findings:
                place = f"{result.name}/{item.path}:{item.start.row}:{item.start.column}"
                print(f"{item.code} {item.severity.value} {place} {item.message}")
    return compare(options, results) if is_pinned and not options.select else 0


def check(name: str, root: Path, settings: Settings) -> Result:
    """Check one project."""
    started = time.process_time()
    files = read_files(root, project_files(root, settings))
    result = check_project(files, with_target(settings, root), environment=find_environment(root, settings))
    seconds = time.process_time() - started
    lines = sum(source.data.count(b"\n") for source in files.values() if isinstance(source, SourceText))
    done = result.statistics
    return Result(name, done.files, lines, done.bytes / 1e6, seconds, done.models, list(result.diagnostics))


def project_row(result: Result) -> str:
    """Return a row of the table of projects."""
    counts = Counter(item.code for item in result.findings)
    found = ", ".join(f"{code} {count}" for code, count in sorted(counts.items())) or "none"
    size = f"{result.files} | {result.lines} | {result.megabytes:.1f}"
    return f"| {result.name} | {size} | {result.seconds:.2f} | {result.models} | {found} |"


def rule_table(results: list[Result]) -> Iterator[str]:
    """Yield the table of rules: how many findings in how many projects."""
    yield "| rule | findings | projects |"
    yield "| --- | --- | --- |"
    totals = Counter((item.code, item.name) for result in results for item in result.findings)
    for (code, name), count in sorted(totals.items()):
        projects = [result.name for result in results if any(item.code == code for item in result.findings)]
        yield f"| {code} {name} | {count} | {', '.join(projects)} |"


def compare(options: argparse.Namespace, results: list[Result]) -> int:
    """Print what differs from the run that was kept, or keep this one."""
    path: Path = options.root / RECORD
    now = {result.name: result.keys() for result in results}
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    changes = list(differences(before, now))
    print(f"\n{len(changes)} differences from the last run that was kept")
    print("\n".join(changes))
    if options.record:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    return 1 if changes else 0


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield `+ project CODE key` for what is new and `- …` for what is gone; a count where it is not one."""
    for sign, here, there in (("-", before, now), ("+", now, before)):
        for project in sorted(here):
            for code in sorted(here[project]):
                known = there.get(project, {}).get(code, {})
                for key, count in sorted(here[project][code].items()):
                    if count > known.get(key, 0):
                        many = count - known.get(key, 0)
                        yield f"{sign} {project} {code} {key}" + (f" ({many} times)" if many > 1 else "")
