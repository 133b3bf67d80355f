"""Rule unknown-migration-target. Its documentation and tests: unknown_migration_target.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM917",
    summary="A revision changes a table or column that no revision makes",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.RevisionHazard)
def unknown_target(context: Context, subject: subjects.RevisionHazard) -> None:
    hazard = subject.hazard
    if hazard.kind != "unknown-target":
        return
    what = f"column `{hazard.table}.{hazard.name}`" if hazard.name else f"table `{hazard.table}`"
    context.report(
        hazard.step.range,
        f"no earlier revision makes {what}: `alembic upgrade head` stops here on a database that starts empty",
        symbol=f"{hazard.table}.{hazard.name}" if hazard.name else hazard.table,
    )
