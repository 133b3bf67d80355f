"""Rule repeated-enum-type-creation. Its documentation and tests: repeated_enum_type_creation.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses
from ormlint.linting.migrations import place_of
from ormlint.linting.rule import Rule
from ormlint.linting.versions import may_run

rule = Rule(
    __name__,
    code="ORM911",
    summary="A revision creates a table whose enum type an earlier revision made",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.RevisionHazard)
def created_again(context: Context, subject: subjects.RevisionHazard) -> None:
    hazard = subject.hazard
    if hazard.kind != "enum-again" or hazard.earlier is None or not uses(context.settings, "postgresql"):
        return
    text = (
        f"`create_table` creates enum type `{hazard.name}` again, which revision {hazard.earlier.revision} made: on a "
        "PostgreSQL database that is there already `alembic upgrade` stops with DuplicateObject; one run over all "
        "revisions, as in tests, does not show it"
    )
    if hazard.is_generic:
        if not may_run(context.settings, "1.4", "2.0"):
            return
        text += ". `sa.Enum` looks at `create_type=False` from SQLAlchemy 2.1 on only: `postgresql.ENUM` always does"
    context.report(hazard.step.range, text, symbol=hazard.name, related=[place_of(hazard.earlier)])
