"""Rule duplicate-index-name. Its documentation and tests: duplicate_index_name.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM410",
    summary="Two indexes of one name",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.Model)
def duplicate_index_name(context: Context, subject: subjects.Model) -> None:
    """Ask `subject`, and call `context.report(place, message)` for what is wrong."""
