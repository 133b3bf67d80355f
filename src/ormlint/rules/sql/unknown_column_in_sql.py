"""Rule unknown-column-in-sql. Its documentation and tests: unknown_column_in_sql.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.tables import KnownTable
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import listed, nearest
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.sqltext import ColumnUse
from ormlint.linting.sqluse import agreed, place, readings, respelling, table_of

rule = Rule(
    __name__,
    code="ORM802",
    summary="SQL text that names a column which its table does not have",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.PREVIEW,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.SqlText)
def unknown_column(context: Context, subject: subjects.SqlText) -> None:
    for use in agreed(readings(context, subject), lambda reading: reading.columns):
        tables = [table_of(context, table) for table in use.tables]
        known = [table for table in tables if table is not None and table.open is None]
        if not known or len(known) != len(tables) or any(_has(table, use) for table in known):
            continue
        if any(table.schema for table in use.tables):
            continue
        where, meant = place(context, subject, use.start, use.end), _meant(known, use.name)
        context.report(
            where,
            f"{_named(known)} column `{use.name}`: the statement fails when it runs (UndefinedColumn; SQLite: no such "
            f"column){_hint(known, use.name)}",
            symbol=f"{known[0].name}.{use.name}",
            fix=respelling(context, where, use.name, meant),
            related=[
                Place(model.symbol.module.path, model.symbol.facts.name_range, f"`{table.name}` is declared here")
                for table in known
                for model in table.models[:1]
            ],
        )


def _has(table: KnownTable, use: ColumnUse) -> bool:
    return use.name.lower() in table.columns


def _named(tables: list[KnownTable]) -> str:
    if len(tables) == 1:
        return f"table `{tables[0].name}` has no"
    return f"none of the tables {listed(f'`{table.name}`' for table in tables)} has a"


def _meant(tables: list[KnownTable], name: str) -> str | None:
    """Return the column that is surely meant, by its name in the database."""
    columns = [column for table in tables for items in table.columns.values() for column in items]
    for column in columns:
        if column.attribute is not None and column.attribute.name == name:
            return column.name
    return nearest(name, (column.name for column in columns))


def _hint(tables: list[KnownTable], name: str) -> str:
    """Name the column that is meant: SQL needs its name in the database, not that of the attribute."""
    for table in tables:
        for columns in table.columns.values():
            for column in columns:
                if column.attribute is not None and column.attribute.name == name:
                    return f"; the attribute `{column.attribute.name}` is the column `{column.name}` in the database"
    near = nearest(name, (column.name for table in tables for columns in table.columns.values() for column in columns))
    return f"; did you mean `{near}`?" if near else ""
