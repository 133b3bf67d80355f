"""Rule stale-baseline. Its documentation and tests: stale_baseline.md. The checker itself reports it."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM005",
    summary="The baseline knows a finding that is no longer there",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)
