"""Rule explicit-server-timestamp. Its documentation and tests: explicit_server_timestamp.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM109",
    summary="The present time is set by hand on a column that the database fills",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.ColumnWrite)
def now_by_hand(context: Context, write: subjects.ColumnWrite) -> None:
    column = write.attribute.column
    if column is None or not isinstance(write.type, t.Now):
        return
    on_insert = timestamps.asks_database_for_now(column.server_default) or (
        column.default is not None and column.default.kind == "sql" and timestamps.asks_database_for_now(column.default)
    )
    on_update = column.onupdate is not None and timestamps.asks_database_for_now(column.onupdate)
    if write.context == "constructor" and not on_insert:
        return
    if not (on_insert or on_update):
        return
    name = f"{write.mapped.name}.{write.attribute.name}"
    filler = (
        "`onupdate`" if on_update and not on_insert else "`server_default`" if column.server_default else "`default`"
    )
    context.report(
        write.value,
        f"`{name}` is filled by the database ({filler}), and `{write.type.spelling}` sets it from this process's "
        "clock: rows written either way carry times of two clocks, and their order is no longer that of the writes",
        symbol=name,
        related=[timestamps.related_to(write.attribute, "the column, which fills itself")],
    )
