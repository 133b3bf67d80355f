"""Rule unused-suppression. Its documentation and tests: unused_suppression.md. The checker itself reports it."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM003",
    summary="A comment silences a finding that is not there",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
    fixes=Fixes.ALWAYS,
)
