"""Rule enum-type-left-behind. Its documentation and tests: enum_type_left_behind.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM915",
    summary="A downgrade drops a table and leaves the enum type that its upgrade made",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.PREVIEW,
)


@rule.on(subjects.RevisionHazard)
def left_behind(context: Context, subject: subjects.RevisionHazard) -> None:
    hazard = subject.hazard
    if hazard.kind != "enum-left" or not uses(context.settings, "postgresql"):
        return
    context.report(
        hazard.step.range,
        f"the downgrade of this revision drops `{hazard.table}` and leaves enum type `{hazard.name}`: the next upgrade "
        "stops with DuplicateObject on PostgreSQL",
        symbol=hazard.name,
    )
