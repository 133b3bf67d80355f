"""Plant faults in real projects, one at a time, and count which of them the rules find."""

from __future__ import annotations

import argparse
import gc
import random
import re
import time
from collections import Counter
from pathlib import Path

from ormlint.checker.analysis import analyse
from ormlint.checker.registry import load_rules
from ormlint.checker.result import Statistics
from ormlint.dev.seeding.judge import IndexJudge, RuntimeJudge
from ormlint.dev.seeding.planting import Outcome, Planter, spelling
from ormlint.dev.seeding.sites import Site, SiteFinder
from ormlint.project.discovery import project_files
from ormlint.project.environment import find_environment
from ormlint.project.workspace import read_files
from ormlint.settings import Settings

KINDS = (
    "constructor",
    "enum value",
    "enum wrong string",
    "filter_by",
    "class attribute",
    "attribute read",
    "attribute store",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("projects", nargs="+", type=Path, help="folders of projects; they are read only")
    parser.add_argument("--seed", type=int, default=0, help="of the choice among the sites")
    parser.add_argument("--sites", type=int, default=200, help="most sites of each kind and project; 0: all")
    parser.add_argument("--skip", default="", help="a regular expression of paths without sites, such as `^tests/`")
    parser.add_argument("--import", dest="modules", default="", help="modules of models: their mappers are the judge")
    parser.add_argument("--python", default="", help="the interpreter that can import them")
    parser.add_argument("--source", default=".", help="the folder below the project that is on its path")
    parser.add_argument("--missed", action="store_true", help="list each fault that was not found")


def run(options: argparse.Namespace) -> int:
    """Print a table in Markdown, a row for each project and kind of fault, and the reasons of what was missed."""
    gc.disable()
    rows: list[str] = []
    reasons: Counter[tuple[str, str]] = Counter()
    missed: list[str] = []
    for root in options.projects:
        started = time.process_time()
        outcomes = _project(root, options)
        seconds = time.process_time() - started
        for kind in KINDS:
            rows += _row(root.name, kind, [item for item in outcomes if item.site.kind == kind])
        for item in outcomes:
            if item.code is None and not _is_elsewhere(item):
                reasons[item.site.kind, _reason(item)] += 1
                missed.append(_listing(root, item))
        print(f"{root.name}: {len(outcomes)} faults, {seconds:.1f} s of CPU", flush=True)
    print("\n| project | fault | sites | found | share | missed | not on a model | by rule |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(rows))
    print("\n| missed | fault | why |\n| --- | --- | --- |")
    for (kind, reason), count in reasons.most_common(25):
        print(f"| {count} | {kind} | {reason} |")
    if options.missed:
        print("\n" + "\n".join(missed))
    return 0


def _project(root: Path, options: argparse.Namespace) -> list[Outcome]:
    settings = Settings()
    files = read_files(root, project_files(root, settings))
    analysis = analyse(files, Statistics(), environment=find_environment(root, settings))
    judge: IndexJudge = IndexJudge(analysis.index)
    if options.modules:
        modules = options.modules.split(",")
        judge = RuntimeJudge(analysis.index, options.python, modules, (root / options.source).resolve())
    known = load_rules()
    by_kind: dict[str, list[Site]] = {}
    for site in SiteFinder(analysis.index, judge).sites():
        is_skipped = options.skip and re.search(options.skip, site.module.path)
        if not is_skipped and site.codes <= known.keys():
            by_kind.setdefault(site.kind, []).append(site)
    planter = Planter(analysis)
    outcomes: list[Outcome] = []
    for kind in KINDS:
        sites = by_kind.get(kind, [])
        if 0 < options.sites < len(sites):
            chosen = sorted(random.Random(f"{options.seed} {kind}").sample(range(len(sites)), options.sites))
            sites = [sites[place] for place in chosen]
        outcomes.extend(map(planter.plant, sites))
    return outcomes


def _is_elsewhere(outcome: Outcome) -> bool:
    """Tell whether a place was not on a model after all: what it is on is known, and is none of its instances.

    Only of attributes, whose places are chosen by name. This is the one answer that the inference is asked for,
    and such places are counted apart.
    """
    if outcome.code is not None or not outcome.site.kind.startswith(("attribute", "enum")):
        return False
    return outcome.is_known and not outcome.is_model


def _row(project: str, kind: str, outcomes: list[Outcome]) -> list[str]:
    if not outcomes:
        return []
    found = [item for item in outcomes if item.code is not None]
    elsewhere = sum(item.code is None and _is_elsewhere(item) for item in outcomes)
    sites = len(outcomes) - elsewhere
    codes = Counter(item.code for item in found)
    listed = ", ".join(f"{code} {count}" for code, count in sorted(codes.items(), key=str))
    share = f"{len(found) / sites:.0%}" if sites else "-"
    return [
        f"| {project} | {kind} | {sites} | {len(found)} | {share} | {sites - len(found)} | {elsewhere} | {listed} |"
    ]


def _reason(outcome: Outcome) -> str:
    reason = re.sub(r"`[^`]*`", "`…`", outcome.known)
    return reason if reason.startswith("Unknown") else f"known as {reason[:80]}"


def _listing(root: Path, outcome: Outcome) -> str:
    site = outcome.site
    source = (root / site.module.path).read_bytes()
    row = source[: site.start].count(b"\n") + 1
    place = f"{root.name}/{site.module.path}:{row}"
    return f"{site.kind}: {place} {spelling(site.subject)} -> {site.text}: {outcome.known}"
