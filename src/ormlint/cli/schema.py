"""`ormlint schema`: the tables of the mapped classes or of the migrations, as SQLAlchemy would create them."""

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
    parser.add_argument(
        "--from",
        dest="source",
        choices=("models", "migrations"),
        default="models",
        help="what the models declare, or what Alembic's revisions make on an empty database",
    )
    parser.add_argument("--explain", metavar="TABLE", help="the revisions' steps that made a table, in order")
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
    name = options.dialect or (configured[0] if configured else "")
    dialect = dialect_named(name or "postgresql")
    analysis = analyse(
        loaded.files, Statistics(), interpret=False, environment=loaded.environment, documents=loaded.documents
    )
    if options.source == "migrations" or options.explain:
        from ormlint.schema.drift import replays
        from ormlint.schema.replay.tables import explain, migrated_tables

        try:
            done = replays(analysis.index, loaded.project.settings.migrations, (name,) if name else ())
        except USER_ERRORS as error:
            return fail(error)
        if options.explain:
            rows = {path: source.lines.row for path, source in analysis.sources.items()}
            lines = explain(done, options.explain, rows)
            if lines is None:
                return fail(ValueError(f"no revision makes a table `{options.explain}`"))
            print("\n".join(lines))
            return 0
        if not name and done:
            dialect = dialect_named(done[0].dialect)
        tables = migrated_tables(done)
    else:
        tables = build_tables(analysis.index, lambda mapped: loaded.wants(mapped.symbol.module.path), dialect.name)
    if options.format == "json":
        print(json.dumps(as_data(tables, dialect), indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(create_statements(tables, dialect)))
    return 0
