"""Settings: what the user decided, complete and checked. Knows no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIMESTAMP_PAIRS: tuple[tuple[str, str], ...] = (
    ("created_at", "updated_at"),
    ("created_on", "updated_on"),
    ("created", "updated"),
    ("created", "modified"),
    ("created_at", "modified_at"),
    ("date_created", "date_modified"),
    ("inserted_at", "updated_at"),
)

DEFAULT_EXCLUDE: tuple[str, ...] = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".ormlint_cache",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pypackages__",
    "_build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)

DIALECTS: tuple[str, ...] = ("postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql")
# The series of SQLAlchemy that messages and verdicts tell apart, oldest first.
SQLALCHEMY_SERIES: tuple[str, ...] = ("1.4", "2.0", "2.1")


def setting(default: Any, summary: str) -> Any:
    """Declare a setting with its default and its one-line meaning (for the generated table)."""
    return field(default=default, metadata={"summary": summary})


@dataclass(frozen=True)
class Settings:
    """Every setting with its value. `cli_*` are the caller's own: what overrules the rest, what it does itself."""

    select: tuple[str, ...] = setting((), "Rules to run, in place of the stable ones: codes, prefixes, names or `ALL`.")
    ignore: tuple[str, ...] = setting((), "Rules to leave out.")
    extend_select: tuple[str, ...] = setting((), "Rules to run besides those selected.")
    preview: bool = setting(False, "Let preview rules run.")
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = setting(
        (), "Rules to leave out in files that match a glob."
    )
    exclude: tuple[str, ...] = setting(DEFAULT_EXCLUDE, "Files and folders that are not read.")
    extend_exclude: tuple[str, ...] = setting((), "Files and folders that are not read, besides `exclude`.")
    force_exclude: bool = setting(False, "Apply `exclude` to files named on the command line too.")
    respect_gitignore: bool = setting(True, "Leave out what git ignores.")
    python: str = setting(
        "", "The interpreter or folder of the environment whose packages are read for bases; else the root's `.venv`."
    )
    baseline: str = setting("", "A file of known findings, which are not reported; `ormlint baseline` writes it.")
    timestamp_pairs: tuple[tuple[str, str], ...] = setting(
        TIMESTAMP_PAIRS, "Pairs of column names that hold the time a row was made and changed."
    )
    dialects: tuple[str, ...] = setting((), "Databases the project uses; messages speak of these only. None: of all.")
    target_sqlalchemy: tuple[str, ...] = setting(
        (),
        "The series of SQLAlchemy the project runs on: `1.4`, `2.0` or `2.1`. Else read from its lock file, "
        "requirements or metadata; unknown there: messages speak of all.",
    )
    severity: tuple[tuple[str, str], ...] = setting((), "Severity by rule: `error`, `warning` or `info`.")
    migrations: tuple[str, ...] = setting(
        (), "Folders of Alembic revisions, in place of those that `alembic.ini` names or that are found by themselves."
    )
    rules: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict, metadata={"summary": "Options of single rules, by rule name."}
    )
    cli_select: tuple[str, ...] | None = None
    cli_extend_select: tuple[str, ...] = ()
    cli_ignore: tuple[str, ...] = ()
    cli_noqa: bool = True  # False: whoever shows the findings reads `noqa` comments, as flake8 does
