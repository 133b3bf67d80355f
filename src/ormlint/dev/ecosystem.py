"""Run all rules over real projects: findings per rule, and each finding to be read."""

from __future__ import annotations

import argparse
import gc
import time
from pathlib import Path

from ormlint.checker.engine import check_project
from ormlint.project.discovery import project_files
from ormlint.project.environment import find_environment
from ormlint.project.target import with_target
from ormlint.project.workspace import read_files
from ormlint.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("projects", nargs="+", type=Path, help="folders of projects")
    parser.add_argument("--select", default="", help="rules, in place of those that run by default")
    parser.add_argument("--preview", action="store_true", help="preview rules too")
    parser.add_argument("--findings", action="store_true", help="print the findings too")


def run(options: argparse.Namespace) -> int:
    """Print a table in Markdown, a row for each project and rule."""
    gc.disable()
    select = tuple(item for item in options.select.split(",") if item)
    settings = Settings(select=select, preview=options.preview)
    print("| project | files | MB | CPU s | models | findings |")
    print("| --- | --- | --- | --- | --- | --- |")
    listings: list[str] = []
    for root in options.projects:
        started = time.process_time()
        files = read_files(root, project_files(root, settings))
        result = check_project(files, with_target(settings, root), environment=find_environment(root, settings))
        seconds = time.process_time() - started
        counts: dict[str, int] = {}
        for item in result.diagnostics:
            counts[item.code] = counts.get(item.code, 0) + 1
            place = f"{root.name}/{item.path}:{item.start.row}:{item.start.column}"
            listings.append(f"{item.code} {item.severity.value} {place} {item.message}")
        found = ", ".join(f"{code} {count}" for code, count in sorted(counts.items())) or "none"
        done = result.statistics
        print(f"| {root.name} | {done.files} | {done.bytes / 1e6:.1f} | {seconds:.2f} | {done.models} | {found} |")
    if options.findings:
        print()
        print("\n".join(listings))
    return 0
