"""Rule nullable-drift. Its documentation and tests: nullable_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, more, named, related, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM904",
    summary="A model and its migrations disagree on NULL",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def other_nullability(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "nullable" or subject.column is None:
        return
    column = f"`{column_of(subject)}`{more(subject)}"
    if subject.column.nullable is True:
        text = (
            f"migrations leave {column} nullable, the model says it is not: raw SQL and older rows may hold NULL there"
        )
    else:
        text = (
            f"migrations make {column} NOT NULL, the model says it is nullable: storing None fails with IntegrityError"
        )
    context.report_at(*where(subject), text, symbol=named(subject), related=related(subject))
