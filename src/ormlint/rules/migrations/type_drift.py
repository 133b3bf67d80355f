"""Rule type-drift. Its documentation and tests: type_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, more, named, related, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM906",
    summary="A column's type in the migrations is of another family than the model's",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def other_type(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "type":
        return
    ours, theirs = subject.ours, subject.theirs
    if "TIME ZONE" in ours and "TIME ZONE" in theirs and ours.split()[0] == theirs.split()[0]:
        effect = "times come back with a zone on one side and without on the other, and asyncpg rejects the value"
    else:
        effect = "the database rejects the value or the comparison, or gives back another Python type"
    text = f"migrations make `{column_of(subject)}` `{theirs}`, the model says `{ours}`{more(subject)}: {effect}"
    context.report_at(*where(subject), text, symbol=named(subject), related=related(subject))
