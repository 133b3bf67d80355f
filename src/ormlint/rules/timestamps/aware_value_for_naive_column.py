"""Rule aware-value-for-naive-column. Its documentation and tests: aware_value_for_naive_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, zones
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses, uses_others
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM107",
    summary="An aware datetime meets a column without time zone",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.TimeOperand)
def aware_value(context: Context, operand: subjects.TimeOperand) -> None:
    loaded = "a loaded value is naive, and "
    zones.report_value(context, operand, True, loaded, lambda where: _dropped(context, where))


@rule.on(subjects.Model)
def aware_default(context: Context, subject: subjects.Model) -> None:
    zones.report_defaults(context, subject, True, lambda where: _dropped(context, where))


def _dropped(context: Context, met: str) -> str:
    """Return what the project's databases do with an aware value."""
    where = "in a filter too" if met in ("comparison", "filter_by") else ""
    effects: list[str] = []
    if uses(context.settings, "postgresql"):
        effects.append(
            f"with asyncpg it is a DBAPIError{f' ({where})' if where else ''}, and psycopg converts it to the "
            "session's time zone before the zone is dropped"
        )
    if uses_others(context.settings, "postgresql"):
        effects.append("other databases drop the zone" if effects else "the zone is dropped, whatever it was")
    return "; ".join(effects)
