"""What the two rules about time zones share: values and defaults that are not as their column is."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context

_WORDS = {True: "aware", False: "naive"}
_ZONES = {True: "with time zone", False: "without time zone"}
_DECLARED = {True: "the column, `timezone=True`", False: "the column, without `timezone=True`"}

# Says what happens when such a value meets a column in a context of `TimeOperand`, "default" among them.
Effect = Callable[[str], str]


def report_value(context: Context, operand: subjects.TimeOperand, aware: bool, loaded: str, effect: Effect) -> None:
    """Report an aware (or naive) value that meets a column of the other kind.

    `loaded` says what an instance's value is by then, for the messages about what Python compares.
    """
    column = operand.attribute.column
    if column is None or operand.type.aware is not aware:
        return
    if not timestamps.zone_is_known(operand.mapped, column) or column.timezone is aware:
        return
    name = f"{operand.mapped.name}.{operand.attribute.name}"
    severity: Severity | None = None
    if operand.context != "instance":
        what = effect(operand.context)
    elif operand.operator in ("==", "!=", "in", "not in"):
        what = f"{loaded}a naive and an aware time are never equal"
    else:
        severity = Severity.ERROR
        done = "subtracting" if operand.operator == "-" else "comparing"
        where = "" if loaded else " with a value that was loaded from PostgreSQL"
        what = f"{loaded}{done} them raises TypeError{where}"
    context.report(
        operand.node,
        f"`{operand.type.spelling}` is {_WORDS[aware]} and `{name}` is a column {_ZONES[not aware]}: {what}",
        symbol=name,
        severity=severity,
        related=[timestamps.related_to(operand.attribute, _DECLARED[not aware])],
    )


def report_defaults(context: Context, subject: subjects.Model, aware: bool, effect: Effect) -> None:
    """Report the defaults of a class that give an aware (or naive) time to a column of the other kind."""
    article = {True: "an", False: "a"}[aware]
    for attribute, column, owner in declared_columns(subject.mapped):
        if not timestamps.zone_is_known(subject.mapped, column) or column.timezone is aware:
            continue
        for argument, default in (("default", column.default), ("onupdate", column.onupdate)):
            time = timestamps.time_of(context, default)
            if default is None or time is None or time.aware is not aware:
                continue
            context.report_at(
                default.module,
                default.range,
                f"the `{argument}` of `{owner}.{attribute.name}` gives {article} {_WORDS[aware]} time, "
                f"`{time.spelling}`, and the column is one {_ZONES[not aware]}: {effect('default')}",
                symbol=f"{owner}.{attribute.name}",
            )
