"""Rule enum-type-not-created. Its documentation and tests: enum_type_not_created.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM912",
    summary="A column gets an enum type that no revision creates",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.RevisionHazard)
def not_created(context: Context, subject: subjects.RevisionHazard) -> None:
    hazard = subject.hazard
    if hazard.kind != "enum-missing" or not uses(context.settings, "postgresql"):
        return
    directive = hazard.step.text.partition(" ")[0]
    context.report(
        hazard.step.range,
        f"`{directive}` gives `{hazard.table}` a column of enum type `{hazard.name}` and does not create the type: on "
        f'PostgreSQL `alembic upgrade` stops with UndefinedObject (type "{hazard.name}" does not exist)',
        symbol=hazard.name,
    )
