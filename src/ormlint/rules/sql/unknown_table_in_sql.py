"""Rule unknown-table-in-sql. Its documentation and tests: unknown_table_in_sql.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.names import closest
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.sqltext import SqlReading, TableUse
from ormlint.linting.sqluse import agreed, may_be_created, place, readings, respelling

rule = Rule(
    __name__,
    code="ORM801",
    summary="SQL text that names a table which the project does not have",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.PREVIEW,
    fixes=Fixes.SOMETIMES,
)

# Tables of databases and tools, named without a schema.
_SYSTEM = ("pg_", "sqlite_", "alembic_", "sys", "information_schema", "spatial_ref_sys", "geometry_columns", "dual")


@rule.on(subjects.SqlText)
def unknown_table(context: Context, subject: subjects.SqlText) -> None:
    tables = context.index.tables
    if tables.unknown is not None:
        return
    for use in agreed(readings(context, subject), _unqualified):
        if use.name.lower() in tables.by_name or use.name.lower().startswith(_SYSTEM):
            continue
        meant = closest(use.name.lower(), tables.by_name, 0.8)
        if meant is None or may_be_created(context, use.name):
            continue  # SQL may well be for another database; a near name is for this one
        where, table = place(context, subject, use.start, use.end), tables.by_name[meant].name
        context.report(
            where,
            f"no table `{use.name}` is declared in this project, and no migration creates one: the statement fails "
            f"when it runs (UndefinedTable; SQLite: no such table); did you mean `{table}`?",
            symbol=use.name,
            fix=respelling(context, where, use.name, table),
        )


def _unqualified(reading: SqlReading) -> list[TableUse]:
    return [use for use in reading.tables if not use.schema]
