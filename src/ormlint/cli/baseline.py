"""`ormlint baseline`: write down the findings that are known, for `check` to hide."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from ormlint.checker import baseline
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides
from ormlint.project.atomic import replace_file
from ormlint.project.runner import UsageError

DEFAULT = "ormlint-baseline.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "-o", "--output-file", metavar="FILE", help=f"where it is written; the configured baseline, or {DEFAULT}"
    )
    parser.add_argument("--preview", action=argparse.BooleanOptionalAction, default=None, help="let preview rules run")
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Check the project and write all its findings."""
    gc.disable()
    try:
        overrides = project_overrides(options)
        if options.preview is not None:
            overrides["preview"] = options.preview
        loaded = load(options, {**overrides, "baseline": ""}, [])
        configured = load_setting(options)
        root = loaded.project.root
        target = Path(options.output_file) if options.output_file else root / (configured or DEFAULT)
        result = loaded.check()
        found = baseline.entries(result.diagnostics, loaded.files)
        try:
            replace_file(target, baseline.render(found).encode("utf-8"))
        except OSError as error:
            raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from None
    except USER_ERRORS as error:
        return fail(error)
    count = sum(entry.count for entry in found)
    print(f"Wrote {count} finding{'s' if count != 1 else ''} to {target}.")
    if not configured and not options.output_file:
        print(f'`ormlint check` hides them with `--baseline {target.name}`, or `baseline = "{target.name}"` set.')
    left = sum(1 for item in result.diagnostics if item.code in ("ORM001", "ORM002"))
    if left:
        print(
            f"ormlint: {left} finding{'s' if left != 1 else ''} of ORM001 and ORM002 cannot be accepted.",
            file=sys.stderr,
        )
    return 0


def load_setting(options: argparse.Namespace) -> str:
    """Return the configured baseline, which need not exist yet."""
    from ormlint.project.config import load_project

    config = Path(options.config) if options.config else None
    return load_project(Path.cwd(), config, isolated=options.isolated).settings.baseline
