"""Rule opaque-migration. Its documentation and tests: opaque_migration.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM914",
    summary="A revision calls `create_all`: from there on nothing shows what later revisions miss",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.RevisionHazard)
def opaque(context: Context, subject: subjects.RevisionHazard) -> None:
    hazard = subject.hazard
    if hazard.kind != "opaque":
        return
    context.report(
        hazard.step.range,
        "`create_all()` makes the tables as the models are on the day it runs: a new database gets them by the models, "
        "an old one by the revisions, and neither `alembic check` nor ormlint sees tables that revisions miss",
        symbol=hazard.step.revision,
    )
