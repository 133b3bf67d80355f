"""Rule enum-label-drift. Its documentation and tests: enum_label_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import named, related, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM907",
    summary="A migrated enum type lacks labels that the model writes",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def missing_labels(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "enum-labels":
        return
    labels = ", ".join(f"`{label}`" for label in subject.labels)
    context.report_at(
        *where(subject),
        f"migrations give enum type `{subject.theirs}` no label {labels}: PostgreSQL rejects it (invalid input "
        "value for enum) when it is stored or compared",
        symbol=named(subject),
        related=related(subject),
    )
