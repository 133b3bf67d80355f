"""Rule table-without-migration. Its documentation and tests: table_without_migration.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM901",
    summary="A model's table is made by no migration",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def no_table(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "table":
        return
    mapped = subject.mapped
    context.report_at(
        mapped.symbol.module,
        mapped.symbol.facts.name_range,
        f"no migration creates table `{subject.table}`: the first query for `{mapped.name}` fails with UndefinedTable "
        "(SQLite: no such table) on a database that `alembic upgrade head` made",
        symbol=mapped.name,
    )


@rule.on(subjects.CoreDifference)
def no_core_table(context: Context, subject: subjects.CoreDifference) -> None:
    if subject.column is not None:
        return
    context.report_at(
        subject.module,
        subject.range,
        f"no migration creates table `{subject.table}`: the first statement that names it fails with UndefinedTable "
        "(SQLite: no such table) on a database that `alembic upgrade head` made",
        symbol=subject.table,
    )
