"""Rule sql-insert-misses-required-column. Its documentation and tests: sql_insert_misses_required_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.tables import KnownColumn
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import listed
from ormlint.linting.rule import Rule, Status
from ormlint.linting.sqltext import SqlReading, TableUse
from ormlint.linting.sqluse import agreed, place, readings, table_of

rule = Rule(
    __name__,
    code="ORM803",
    summary="A raw INSERT without a NOT NULL column whose default runs in Python",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.SqlText)
def missing_column(context: Context, subject: subjects.SqlText) -> None:
    for use, given in agreed(readings(context, subject), _inserts):
        table = table_of(context, use)
        if table is None or use.schema or not given <= set(table.columns):
            continue
        missing = [columns[0] for name, columns in table.columns.items() if name not in given and _is_required(columns)]
        if not missing:
            continue
        names = listed(f"`{column.name}`" for column in missing)
        many = len(missing) > 1
        context.report(
            place(context, subject, use.start, use.end),
            f"this INSERT into `{table.name}` leaves out {names}, which {'are' if many else 'is'} NOT NULL and "
            f"{'have defaults' if many else 'has a default'} in Python only: raw SQL does not run "
            f"{'them' if many else 'it'}, so the database refuses the row",
            symbol=f"{table.name}.{missing[0].name}",
            related=[
                Place(column.attribute.module.path, column.attribute.range, f"`{column.name}` is declared here")
                for column in missing
                if column.attribute is not None
            ],
        )


def _inserts(reading: SqlReading) -> list[tuple[TableUse, frozenset[str]]]:
    return [(item.table, frozenset(column.name.lower() for column in item.columns)) for item in reading.inserts]


def _is_required(columns: list[KnownColumn]) -> bool:
    """Tell whether a column certainly needs a value that only Python gives."""
    if len(columns) != 1 or columns[0].attribute is None:
        return False
    attribute = columns[0].attribute
    column = attribute.column
    return (
        column is not None
        and not attribute.conditional
        and not column.unread
        and column.nullable is False
        and column.server_default is None
        and column.default is not None
        and column.default.kind == "python"
    )
