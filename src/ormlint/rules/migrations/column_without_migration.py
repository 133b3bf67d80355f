"""Rule column-without-migration. Its documentation and tests: column_without_migration.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, named, place_of, related, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM902",
    summary="A model's column is added by no migration",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def no_column(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "column":
        return
    name = subject.mapped.name
    context.report_at(
        *where(subject),
        f"no migration adds column `{column_of(subject)}`: every query for `{name}` "
        "names it and fails with UndefinedColumn (SQLite: no such column) after `alembic upgrade head`",
        symbol=named(subject),
        related=related(subject),
    )


@rule.on(subjects.CoreDifference)
def no_core_column(context: Context, subject: subjects.CoreDifference) -> None:
    if subject.column is None:
        return
    column = f"{subject.table}.{subject.column}"
    context.report_at(
        subject.module,
        subject.range,
        f"no migration adds column `{column}`: every statement that names it fails with UndefinedColumn (SQLite: no "
        "such column) after `alembic upgrade head`",
        symbol=column,
        related=[place_of(step) for step in subject.steps],
    )
