"""Rule column-without-migration. Its documentation and tests: column_without_migration.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.symbols import Module
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.migrations import steps_of
from ormlint.linting.rule import Rule
from ormlint.text import Range

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
    # What a base gives to many is missing in one table: that class is where to look.
    is_own = attribute.owner is subject.mapped.symbol
    place = (attribute.module, attribute.range) if is_own else _class_of(subject)
    origin = [] if is_own else [Place(attribute.module.path, attribute.range, "the column is inherited from here")]
    context.report_at(
        *place,
        f"no migration adds column `{subject.table}.{subject.attribute.column.name}`: every query for `{name}` "
        "names it and fails with UndefinedColumn (SQLite: no such column) after `alembic upgrade head`",
        symbol=f"{name}.{attribute.name}",
        related=[*origin, *steps_of(subject)],
    )


def _class_of(subject: subjects.SchemaDifference) -> tuple[Module, Range]:
    symbol = subject.mapped.symbol
    return symbol.module, symbol.facts.name_range
