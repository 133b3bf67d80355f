"""Rule enum-label-drift. Its documentation and tests: enum_label_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import steps_of
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM907",
    summary="A migrated enum type lacks labels that the model writes",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.SchemaDifference)
def missing_labels(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "enum-labels" or subject.attribute is None:
        return
    attribute, name = subject.attribute, subject.mapped.name
    labels = ", ".join(f"`{label}`" for label in subject.labels)
    context.report_at(
        attribute.module,
        attribute.range,
        f"migrations give enum type `{subject.theirs}` no label {labels}: PostgreSQL rejects it (invalid input "
        "value for enum) when it is stored or compared",
        symbol=f"{name}.{attribute.name}",
        related=steps_of(subject),
    )
