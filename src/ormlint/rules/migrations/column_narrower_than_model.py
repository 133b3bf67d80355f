"""Rule column-narrower-than-model. Its documentation and tests: column_narrower_than_model.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, more, named, related, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM916",
    summary="The migrated column is shorter than what the model may write",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def too_narrow(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "narrow":
        return
    text = (
        f"migrations make `{column_of(subject)}` `{subject.theirs}`, the model says `{subject.ours}`{more(subject)}: a "
        "longer value fails with DataError when it is stored"
    )
    context.report_at(*where(subject), text, symbol=named(subject), related=related(subject))
