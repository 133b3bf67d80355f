"""`ormlint schema`: the tables of the mapped classes, as SQLAlchemy would create them."""

from __future__ import annotations

import argparse
import gc
import json

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--dialect", choices=("postgresql", "mysql", "sqlite"), help="whose SQL; the configured one")
    parser.add_argument("--format", choices=("sql", "json"), default="sql", help="how it is shown")
    parser.add_argument("--project", metavar="PATH", help="show what is defined below this folder only")
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Print the tables."""
    gc.disable()
    try:
        loaded = load(options, project_overrides(options), [options.project] if options.project else [])
    except USER_ERRORS as error:
        return fail(error)
    from ormlint.schema.metadata import build_tables
    from ormlint.schema.render import DIALECTS, as_data, create_statements, dialect_named

    configured = [name for name in loaded.project.settings.dialects if name in DIALECTS]
    dialect = dialect_named(options.dialect or (configured[0] if configured else "postgresql"))
    index = analyse(loaded.files, Statistics(), interpret=False, environment=loaded.environment).index
    tables = build_tables(index, lambda mapped: loaded.wants(mapped.symbol.module.path))
    if options.format == "json":
        print(json.dumps(as_data(tables, dialect), indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(create_statements(tables, dialect)))
    return 0
