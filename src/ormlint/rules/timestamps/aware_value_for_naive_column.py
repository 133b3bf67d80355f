"""Rule aware-value-for-naive-column. Its documentation and tests: aware_value_for_naive_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.columns import declared_columns
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
    column = operand.attribute.column
    if column is None or operand.type.aware is not True:
        return
    if not timestamps.zone_is_known(operand.mapped, column) or column.timezone:
        return
    name = f"{operand.mapped.name}.{operand.attribute.name}"
    severity: Severity | None = None
    if operand.context == "instance":
        if operand.operator in ("==", "!=", "in", "not in"):
            effect = "a loaded value is naive, and a naive and an aware time are never equal"
        else:
            severity = Severity.ERROR
            done = "subtracting" if operand.operator == "-" else "comparing"
            effect = f"a loaded value is naive, and {done} the two raises TypeError"
    else:
        effect = _dropped(context, "in a filter too" if operand.context in ("comparison", "filter_by") else "")
    context.report(
        operand.node,
        f"`{operand.type.spelling}` is aware and `{name}` is a column without time zone: {effect}",
        symbol=name,
        severity=severity,
        related=[timestamps.related_to(operand.attribute, "the column, without `timezone=True`")],
    )


@rule.on(subjects.Model)
def aware_default(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        if not timestamps.zone_is_known(subject.mapped, column) or column.timezone:
            continue
        for argument, default in (("default", column.default), ("onupdate", column.onupdate)):
            time = timestamps.time_of(context, default)
            if default is None or time is None or time.aware is not True:
                continue
            context.report_at(
                default.module,
                default.range,
                f"the `{argument}` of `{owner}.{attribute.name}` gives an aware time, `{time.spelling}`, and the "
                f"column is one without time zone: {_dropped(context, '')}",
                symbol=f"{owner}.{attribute.name}",
            )


def _dropped(context: Context, where: str) -> str:
    """Return what the project's databases do with an aware value."""
    effects: list[str] = []
    if uses(context.settings, "postgresql"):
        effects.append(
            f"with asyncpg it is a DBAPIError{f' ({where})' if where else ''}, and psycopg converts it to the "
            "session's time zone before the zone is dropped"
        )
    if uses_others(context.settings, "postgresql"):
        effects.append("other databases drop the zone" if effects else "the zone is dropped, whatever it was")
    return "; ".join(effects)
