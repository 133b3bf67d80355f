"""Rule column-without-migration. Its documentation and tests: column_without_migration.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import steps_of
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM902",
    summary="A model's column is added by no migration",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.SchemaDifference)
def no_column(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "column" or subject.attribute is None or subject.attribute.column is None:
        return
    attribute, name = subject.attribute, subject.mapped.name
    context.report_at(
        attribute.module,
        attribute.range,
        f"no migration adds column `{subject.table}.{subject.attribute.column.name}`: every query for `{name}` "
        "names it and fails with UndefinedColumn (SQLite: no such column) after `alembic upgrade head`",
        symbol=f"{name}.{attribute.name}",
        related=steps_of(subject),
    )
