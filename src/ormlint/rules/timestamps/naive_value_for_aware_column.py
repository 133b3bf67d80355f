"""Rule naive-value-for-aware-column. Its documentation and tests: naive_value_for_aware_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.columns import declared_columns
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
    column = operand.attribute.column
    if column is None or operand.type.aware is not False or not keeps_time_zones(context.settings):
        return
    if not timestamps.zone_is_known(operand.mapped, column) or not column.timezone:
        return
    name = f"{operand.mapped.name}.{operand.attribute.name}"
    severity: Severity | None = None
    if operand.context == "instance":
        if operand.operator in ("==", "!=", "in", "not in"):
            effect = "a naive and an aware time are never equal"
        else:
            severity = Severity.ERROR
            done = "subtracting" if operand.operator == "-" else "comparing"
            effect = f"{done} them raises TypeError with a value that was loaded from PostgreSQL"
    else:
        effect = _SHIFTED
    context.report(
        operand.node,
        f"`{operand.type.spelling}` is naive and `{name}` is a column with time zone: {effect}",
        symbol=name,
        severity=severity,
        related=[timestamps.related_to(operand.attribute, "the column, `timezone=True`")],
    )


@rule.on(subjects.Model)
def naive_default(context: Context, subject: subjects.Model) -> None:
    if not keeps_time_zones(context.settings):
        return
    for attribute, column, owner in declared_columns(subject.mapped):
        if not timestamps.zone_is_known(subject.mapped, column) or not column.timezone:
            continue
        for argument, default in (("default", column.default), ("onupdate", column.onupdate)):
            time = timestamps.time_of(context, default)
            if default is None or time is None or time.aware is not False:
                continue
            context.report_at(
                default.module,
                default.range,
                f"the `{argument}` of `{owner}.{attribute.name}` gives a naive time, `{time.spelling}`, and the column "
                f"is one with time zone: {_SHIFTED}",
                symbol=f"{owner}.{attribute.name}",
            )
