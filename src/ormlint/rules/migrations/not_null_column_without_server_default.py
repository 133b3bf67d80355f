"""Rule not-null-column-without-server-default. Its tests: not_null_column_without_server_default.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import is_recent, place_of
from ormlint.linting.rule import Option, Rule, Status

rule = Rule(
    __name__,
    code="ORM913",
    summary="A revision adds a NOT NULL column without a server default to a table that may have rows",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
    options=(Option("newest", 10, "how many of the newest revisions are looked at: older ones have run; 0 means all"),),
)


@rule.on(subjects.RevisionHazard)
def required_column(context: Context, subject: subjects.RevisionHazard) -> None:
    hazard = subject.hazard
    if hazard.kind != "not-null" or not is_recent(subject, int(context.options["newest"])):
        return
    context.report(
        hazard.step.range,
        f"adds NOT NULL column `{hazard.table}.{hazard.name}` without a server default: on a table that has rows the "
        "upgrade fails (PostgreSQL: NotNullViolation, SQLite: Cannot add a NOT NULL column)",
        symbol=f"{hazard.table}.{hazard.name}",
        related=[place_of(hazard.earlier)] if hazard.earlier is not None else [],
    )
