"""What sub-commands share: arguments about files and configuration, and their errors as one line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ormlint.checker.errors import WorkerDied
from ormlint.index.errors import MigrationPathError
from ormlint.project.discovery import DiscoveryError
from ormlint.project.options import ConfigError
from ormlint.project.runner import Request, Run, UsageError, load_run
from ormlint.settings.selectors import SelectorError

USER_ERRORS = (UsageError, ConfigError, DiscoveryError, SelectorError, MigrationPathError, WorkerDied)


def add_project_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say which files belong to the project."""
    group = parser.add_argument_group("files")
    group.add_argument("--config", metavar="FILE", help="use this configuration file")
    group.add_argument("--python", metavar="PATH", help="read the bases of models from this environment's packages")
    group.add_argument(
        "--migrations", metavar="FOLDER", action="append", help="read Alembic's revisions here; may be repeated"
    )
    group.add_argument("--isolated", action="store_true", help="ignore all configuration files")
    group.add_argument(
        "--exclude", metavar="GLOBS", action="append", help="leave out these files, in place of the configured ones"
    )
    group.add_argument("--extend-exclude", metavar="GLOBS", action="append", help="leave out these files too")
    group.add_argument(
        "--force-exclude", action="store_true", default=None, help="apply exclusions to files named here too"
    )
    group.add_argument(
        "--respect-gitignore",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="leave out what git ignores (the default)",
    )


def project_overrides(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that the command line replaces."""
    overrides: dict[str, Any] = {}
    if options.exclude is not None:
        overrides["exclude"] = split(",".join(options.exclude))
    if options.extend_exclude is not None:
        overrides["extend_exclude"] = split(",".join(options.extend_exclude))
    if options.migrations is not None:
        overrides["migrations"] = split(",".join(options.migrations))
    if options.python is not None:
        overrides["python"] = str(Path(options.python).expanduser().absolute())
    if options.force_exclude is not None:
        overrides["force_exclude"] = options.force_exclude
    if options.respect_gitignore is not None:
        overrides["respect_gitignore"] = options.respect_gitignore
    return overrides


def split(text: str) -> tuple[str, ...]:
    """Return the items of a comma-separated argument."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def load(
    options: argparse.Namespace,
    overrides: Mapping[str, Any],
    paths: list[str],
    stdin: bytes | None = None,
    stdin_filename: str | None = None,
) -> Run:
    """Load the project that the arguments mean."""
    return load_run(
        Request(
            paths=paths,
            config=options.config,
            isolated=options.isolated,
            overrides=overrides,
            stdin=stdin,
            stdin_filename=stdin_filename,
        )
    )


def fail(error: Exception) -> int:
    """Print an error of the user's as one line and return exit code 2."""
    print(f"ormlint: {error}", file=sys.stderr)
    return 2
