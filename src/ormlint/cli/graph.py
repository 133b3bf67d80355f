"""`ormlint graph`: a diagram of the mapped classes' tables, or of Alembic's revisions."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from typing import TYPE_CHECKING

from ormlint.checker.analysis import Analysis, analyse
from ormlint.checker.result import Statistics
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides
from ormlint.project.runner import Run, UsageError

if TYPE_CHECKING:
    from ormlint.schema.diagram import Diagram


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="classes or tables: only these are drawn, with their neighbours"
    )
    parser.add_argument("--format", choices=("mermaid", "dot", "json"), default="mermaid", help="how it is written")
    parser.add_argument(
        "--from",
        dest="source",
        choices=("models", "migrations"),
        default="models",
        help="draw the tables of the models, or the revisions of Alembic",
    )
    parser.add_argument(
        "--columns", choices=("all", "keys", "none"), default="all", help="which columns of a table are drawn"
    )
    parser.add_argument("--project", metavar="PATH", help="draw what is defined below this folder only")
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Print the diagram."""
    gc.disable()
    from ormlint.schema import drawing

    try:
        loaded = load(options, project_overrides(options), [options.project] if options.project else [])
        analysis = analyse(
            loaded.files, Statistics(), interpret=False, environment=loaded.environment, documents=loaded.documents
        )
        if options.source == "migrations":
            from ormlint.schema.diagram import revision_diagram

            if options.names:
                raise UsageError("names of models are drawn from models, not `--from migrations`")
            environments = analysis.index.environments(loaded.project.settings.migrations)
            if not environments:
                raise UsageError(f"no Alembic revisions were found in {loaded.project.root}")
            diagram = revision_diagram(environments)
        else:
            diagram = _tables(analysis, loaded, options)
    except USER_ERRORS as error:
        return fail(error)
    if options.format == "json":
        print(json.dumps(drawing.data(diagram), indent=2, ensure_ascii=False))
    else:
        sys.stdout.write(drawing.dot(diagram) if options.format == "dot" else drawing.mermaid(diagram))
    return 0


def _tables(analysis: Analysis, loaded: Run, options: argparse.Namespace) -> Diagram:
    import difflib

    from ormlint.schema.diagram import table_diagram
    from ormlint.schema.metadata import build_tables
    from ormlint.schema.render import DIALECTS, dialect_named

    names = [name for name in loaded.project.settings.dialects if name in DIALECTS]
    tables = build_tables(analysis.index, lambda mapped: loaded.wants(mapped.symbol.module.path))
    diagram = table_diagram(analysis.index, tables, dialect_named(names[0] if names else "postgresql"))
    if options.names:
        by_class = {class_name: name for name, static in tables.items() for class_name in static.classes}
        wanted = set()
        for given in options.names:
            name = given if given in tables else by_class.get(given.rpartition(".")[2])
            if name is None:
                near = difflib.get_close_matches(given, [*by_class, *tables], n=1, cutoff=0.5)
                hint = f"; did you mean `{near[0]}`?" if near else f"; {len(tables)} tables are known"
                raise UsageError(f"no mapped class or table `{given}` in {loaded.project.root}{hint}")
            wanted.add(name)
        diagram = diagram.around(wanted)
    nameless = sum(
        mapped.table is None and loaded.wants(mapped.symbol.module.path) for mapped in analysis.index.mapped.values()
    )
    if nameless:
        what = "class has a table name" if nameless == 1 else "classes have table names"
        print(f"ormlint: not drawn: {nameless} {what} that cannot be read from the source", file=sys.stderr)
    return diagram.with_columns(options.columns)
