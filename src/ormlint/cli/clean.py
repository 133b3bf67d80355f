"""`ormlint clean`: remove the cache."""

from __future__ import annotations

import argparse
from pathlib import Path

from ormlint.cli.common import USER_ERRORS, fail
from ormlint.project.cache import FOLDER, remove_cache
from ormlint.project.config import load_project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folders of projects; else the working directory's")
    parser.add_argument("--cache-dir", metavar="DIR", help="remove the cache that is kept here")


def run(options: argparse.Namespace) -> int:
    """Run the command; see `main` for the exit codes."""
    try:
        if options.cache_dir:
            folders = [Path(options.cache_dir)]
        else:
            given = [Path(path) for path in options.paths] or [Path.cwd()]
            folders = [load_project(path.resolve()).root / FOLDER for path in given]
        for folder in folders:
            if remove_cache(folder):
                print(f"removed {folder}")
    except USER_ERRORS as error:
        return fail(error)
    except OSError as error:
        return fail(OSError(f"{error.filename}: cannot be removed: {error.strerror}"))
    return 0
