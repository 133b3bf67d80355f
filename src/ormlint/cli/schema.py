"""`ormlint schema`: the tables of the mapped classes or of the migrations, as SQLAlchemy would create them."""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ormlint.checker.analysis import Analysis, analyse
from ormlint.checker.result import Statistics
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from ormlint.project.runner import Run
    from ormlint.schema.metadata import StaticTable
    from ormlint.schema.replay.run import Replay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--dialect", choices=("postgresql", "mysql", "sqlite"), help="whose SQL; the configured one")
    parser.add_argument("--format", choices=("sql", "json"), default="sql", help="how it is shown")
    parser.add_argument(
        "--from",
        dest="source",
        choices=("models", "migrations", "both"),
        default="models",
        help="what the models declare, what Alembic's revisions make on an empty database, or one after the other",
    )
    parser.add_argument(
        "--diff",
        action="store_true",
        help="how models and migrations differ: + only in the models, - only in the migrations, ~ in both, "
        "? not compared; exit code 1 when they do",
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
    from ormlint.schema.render import DIALECTS, dialect_named

    configured = [name for name in loaded.project.settings.dialects if name in DIALECTS]
    name = options.dialect or (configured[0] if configured else "")
    analysis = analyse(
        loaded.files, Statistics(), interpret=False, environment=loaded.environment, documents=loaded.documents
    )
    done: list[Replay] = []
    if options.source != "models" or options.explain or options.diff:
        from ormlint.schema.drift import replays

        try:
            done = replays(analysis.index, loaded.project.settings.migrations, (name,) if name else ())
        except USER_ERRORS as error:
            return fail(error)
    if options.explain:
        return _explain(options.explain, analysis, done)
    if (options.diff or options.source == "both") and not done:
        return fail(ValueError("there are no revisions; say where they are with --migrations"))
    dialect = dialect_named(name or (done[0].dialect if done else "postgresql"))
    return _Shown(loaded, analysis, done, dialect).show(options)


class _Shown:
    def __init__(self, loaded: Run, analysis: Analysis, done: list[Replay], dialect: Dialect) -> None:
        self.loaded = loaded
        self.index = analysis.index
        self.done = done
        self.dialect = dialect
        self.revisions = {module.path for item in done for module in item.environment.modules}

    def show(self, options: argparse.Namespace) -> int:
        if options.diff:
            return self._diff(options.format)
        sides = {"both": ("models", "migrations")}.get(options.source, (options.source,))
        if options.format == "json":
            data = {side: self._data(side) for side in sides}
            self._print_json(data if len(sides) > 1 else data[sides[0]])
            return 0
        from ormlint.schema.render import create_statements

        parts = []
        for side in sides:
            heading = [f"-- What the {side} {'declare' if side == 'models' else 'make'}"] if len(sides) > 1 else []
            if side == "migrations":
                for item in self.done:
                    by = item.told_by or "no file names another"
                    heading.append(f"-- {item.environment.name}: replayed for {item.dialect} ({by})")
            parts += [*heading, *create_statements(self._tables(side), self.dialect)]
        print("\n\n".join(parts))
        return 0

    def _tables(self, side: str) -> dict[str, StaticTable]:
        if side == "migrations":
            from ormlint.schema.replay.tables import migrated_tables

            return migrated_tables(self.done)
        from ormlint.schema.metadata import build_tables

        return build_tables(
            self.index,
            lambda mapped: self._is_shown(mapped.symbol.module.path),
            self.dialect.name,
            self._is_shown,
        )

    def _is_shown(self, path: str) -> bool:
        return self.loaded.wants(path) and path not in self.revisions

    def _data(self, side: str) -> dict[str, Any]:
        from ormlint.schema.render import as_data

        data = as_data(self._tables(side), self.dialect)
        if side == "migrations":
            data["open"] = next((item.schema.open for item in self.done if item.schema.open), None)
        return data

    def _diff(self, form: str) -> int:
        from ormlint.schema.coretables import core_tables
        from ormlint.schema.render import as_data
        from ormlint.schema.sidebyside import differences

        models = self._data("models")
        core = core_tables(self.index, self.dialect.name, lambda path: path not in self.revisions)
        models["tables"] = {**as_data(core, self.dialect)["tables"], **models["tables"]}
        lines = differences(models, self._data("migrations"))
        if form == "json":
            self._print_json({"differences": [asdict(line) for line in lines]})
        else:
            self._print_lines(map(str, lines))
        return 1 if any(line.sign != "?" for line in lines) else 0

    def _print_lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            print(line)

    def _print_json(self, data: object) -> None:
        print(json.dumps(data, indent=2, ensure_ascii=False))


def _explain(table: str, analysis: Analysis, done: list[Replay]) -> int:
    from ormlint.schema.replay.tables import explain

    lines = explain(done, table, {path: source.lines.row for path, source in analysis.sources.items()})
    if lines is None:
        return fail(ValueError(f"no revision makes a table `{table}`"))
    print("\n".join(lines))
    return 0
