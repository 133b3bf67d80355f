"""Rule naive-value-for-aware-column. Its documentation and tests: naive_value_for_aware_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, zones
from ormlint.linting.context import Context
from ormlint.linting.dialects import keeps_time_zones
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM106",
    summary="A naive datetime meets a column with time zone",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)

_SHIFTED = (
    "PostgreSQL takes a naive time to be in the session's time zone (with asyncpg, in this process's), so it is off "
    "wherever that is not the zone it was made in"
)


@rule.on(subjects.TimeOperand)
def naive_value(context: Context, operand: subjects.TimeOperand) -> None:
    if keeps_time_zones(context.settings):
        zones.report_value(context, operand, False, "", _shifted)


@rule.on(subjects.Model)
def naive_default(context: Context, subject: subjects.Model) -> None:
    if keeps_time_zones(context.settings):
        zones.report_defaults(context, subject, False, _shifted)


def _shifted(_: str) -> str:
    return _SHIFTED
