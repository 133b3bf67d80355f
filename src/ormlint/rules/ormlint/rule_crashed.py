"""Rule rule-crashed. Its documentation and tests: rule_crashed.md. The checker itself reports it."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM002",
    summary="A rule failed on this file; the others went on",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)
