"""Rule foreign-key-type-mismatch. Its documentation and tests: foreign_key_type_mismatch.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM506",
    summary="A foreign key whose type is of another family than its target's",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.Model)
def foreign_key_type_mismatch(context: Context, subject: subjects.Model) -> None:
    """Ask `subject`, and call `context.report(place, message)` for what is wrong."""
