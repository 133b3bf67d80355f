"""Rule syntax-error. Its documentation and tests: syntax_error.md. The checker itself reports it."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM001",
    summary="A file, or a region of it, could not be read",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)
