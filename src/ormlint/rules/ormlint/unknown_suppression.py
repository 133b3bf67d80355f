"""Rule unknown-suppression. Its documentation and tests: unknown_suppression.md. The checker itself reports it."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM004",
    summary="A comment names a rule that does not exist",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)
