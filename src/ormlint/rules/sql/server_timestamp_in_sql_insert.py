"""Rule server-timestamp-in-sql-insert. Its documentation and tests: server_timestamp_in_sql_insert.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Option, Rule, Status
from ormlint.linting.sqltext import ColumnUse, SqlReading, TableUse
from ormlint.linting.sqluse import agreed, place, readings, table_of
from ormlint.linting.timestamps import asks_database_for_now, names
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM805",
    summary="A raw INSERT that sets a timestamp which the database sets by itself",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.PREVIEW,
    options=(Option("constants", True, "Report fixed times too, not only the present one."),),
)


@rule.on(subjects.SqlText)
def set_by_hand(context: Context, subject: subjects.SqlText) -> None:
    pairs = names(context)
    for use, column, value in agreed(readings(context, subject), _given):
        table = table_of(context, use)
        known = table.columns.get(column.name.lower(), []) if table is not None and not use.schema else []
        if table is None or len(known) != 1 or known[0].attribute is None or column.name.lower() not in pairs:
            continue
        attribute = known[0].attribute
        if attribute.column is None or not asks_database_for_now(attribute.column.server_default):
            continue
        is_constant = value.startswith("'")
        if is_constant and not context.options["constants"]:
            continue
        if is_constant:
            what = (
                "to a fixed time; the column has a server_default: the row claims a time that the database never gave, "
                "and shows nothing of how rows get theirs"
            )
        elif _is_now(subject, value):
            what = (
                "to the present time by hand; the column has a server_default that does so: two ways to tell the time, "
                "which differ when one of them is changed"
            )
        else:
            continue
        context.report(
            place(context, subject, column.start, column.end),
            f"this INSERT sets `{table.name}.{column.name}` {what}",
            symbol=f"{table.name}.{column.name}",
            severity=Severity.INFO if is_constant else None,
            related=[Place(attribute.module.path, attribute.range, "the column and its server_default")],
        )


def _given(reading: SqlReading) -> list[tuple[TableUse, ColumnUse, str]]:
    return [
        (item.table, column, value)
        for item in reading.inserts
        for column, value in zip(item.columns, item.values, strict=False)
    ]


def _is_now(subject: subjects.SqlText, value: str) -> bool:
    """Tell whether a value of an INSERT is the present time: of the database, or bound to Python's."""
    if value.startswith(":"):
        return any(name == value[1:] and isinstance(kind, t.Now) for name, kind, _ in subject.parameters)
    return value in ("now", "localtimestamp", "clock_timestamp", "statement_timestamp", "sysdate", "utc_timestamp")
