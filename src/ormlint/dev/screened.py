"""Check projects with the screen and without it, and compare: findings, summaries, what calls give, and events.

The screen leaves out bodies that give nothing (`semantic/screen.py`). What it leaves out is counted, and followed
all the same to see that it gives nothing.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ormlint.checker.callkeeping import CallDigests
from ormlint.checker.engine import check_again
from ormlint.checker.kept import encode_summary
from ormlint.index.reads import Noting
from ormlint.project.config import load_project
from ormlint.project.discovery import project_files
from ormlint.project.workspace import read_documents, read_files
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
from ormlint.semantic.summaries import summarise
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText


@dataclass
class Screened:
    """What the screen left out of a project, and where a check without it says something else."""

    modules: int
    functions: int
    silent_modules: int
    silent_functions: int
    findings: int
    wrong: list[str]


class Everything(SemanticModel):
    """A model that follows every body."""

    screens = False


def compare(
    files: Mapping[str, SourceText | SourceError], settings: Settings, documents: Mapping[str, str]
) -> Screened:
    """Check files with the screen and without it."""
    with_screen, _, analysis = check_again(files, settings, None, documents=documents, keep=False)
    without, _, everything = check_again(files, settings, None, documents=documents, keep=False, model_class=Everything)
    found = Screened(0, 0, 0, 0, len(without.diagnostics), [])
    if with_screen.diagnostics != without.diagnostics:
        more = [item for item in with_screen.diagnostics if item not in without.diagnostics]
        less = [item for item in without.diagnostics if item not in with_screen.diagnostics]
        found.wrong += [f"only with it: {item.path}:{item.start.row} {item.code}" for item in more]
        found.wrong += [f"only without: {item.path}:{item.start.row} {item.code}" for item in less]
    model, full = analysis.model, everything.model
    said, said_in_full = CallDigests(model), CallDigests(full)
    with Noting(set()):
        for path, module in everything.index.own_modules.items():
            silent = full.silent(module)
            found.modules += 1
            found.functions += len(module.functions)
            found.silent_modules += None in silent
            found.silent_functions += len(silent) - (None in silent)
            for symbol in silent:
                record = full.module_record(module) if symbol is None else full.record(symbol)
                if left := _given(record):
                    found.wrong.append(f"{path}: {symbol.name if symbol is not None else 'top level'} gives {left}")
            if encode_summary(summarise(model, path)) != encode_summary(summarise(full, path)):
                found.wrong.append(f"{path}: its summary is another one")
            if said.of(model.records_of(path)) != said_in_full.of(full.records_of(path)):
                found.wrong.append(f"{path}: its calls give something else")
    return found


def _given(record: FunctionRecord) -> list[str]:
    """Return what a record holds besides what is returned and what names are at its end."""
    left_out = {"body", "returned", "env", "is_settled", "module", "symbol"}
    # Names of functions that nobody asks about are noted too, and handed to nobody.
    left_out |= {"value_functions"} if not record.events else set()
    return [name for name in record.__slots__ if name not in left_out and getattr(record, name)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("projects", type=Path, nargs="+")


def run(options: argparse.Namespace) -> int:
    """Compare each project."""
    gc.disable()
    failed = 0
    for folder in options.projects:
        project = load_project(folder, isolated=True)
        root = project.root.resolve()
        paths = project_files(root, project.settings)
        settings = replace(project.settings, cli_select=("ALL",), preview=True)
        found = compare(read_files(root, paths), settings, read_documents(root, paths))
        print(
            f"{folder.name}: {found.silent_modules} of {found.modules} modules and {found.silent_functions} of "
            f"{found.functions} functions left out, {found.findings} findings, "
            f"{'the same without the screen' if not found.wrong else 'DIFFERENT'}",
            flush=True,
        )
        for line in found.wrong:
            print(f"    {line}")
        failed += bool(found.wrong)
        gc.collect()
    return 1 if failed else 0
