"""Rule string-too-long. Its documentation and tests: string_too_long.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.vocabulary.sqlalchemy import STRINGS
from ormlint.linting import subjects, timestamps
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses, uses_others
from ormlint.linting.rule import Rule
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM412",
    summary="A string longer than its column",
    since="0.1.0",
    severity=Severity.ERROR,
)


@rule.on(subjects.ColumnWrite)
def too_long_value(context: Context, write: subjects.ColumnWrite) -> None:
    column = write.attribute.column
    if (
        write.is_expected
        or column is None
        or not isinstance(write.type, t.Literal)
        or not isinstance(write.type.value, str)
    ):
        return
    message = _message(context, column, write.type.value)
    if message:
        name = f"{write.mapped.name}.{write.attribute.name}"
        context.report(
            write.value,
            f"this string has {len(write.type.value)} characters, and `{name}` takes {_length(column)}: {message}",
            symbol=name,
            related=[timestamps.related_to(write.attribute, "the column")],
        )


@rule.on(subjects.Model)
def too_long_default(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        for argument, default in (("default", column.default), ("server_default", column.server_default)):
            if default is None or not isinstance(default.expr, e.Str):
                continue
            text = default.expr.value
            message = _message(context, column, text)
            if message:
                context.report_at(
                    default.module,
                    default.range,
                    f"this `{argument}` has {len(text)} characters, and `{owner}.{attribute.name}` takes "
                    f"{_length(column)}: {message}",
                    symbol=f"{owner}.{attribute.name}",
                )


def _length(column: Column) -> int | None:
    """Return n of `String(n)`."""
    expr = column.type_expr
    if column.type not in STRINGS or not isinstance(expr, e.Call):
        return None
    if isinstance(expr.func, e.Attribute) and expr.func.attr in ("with_variant", "evaluates_none"):
        return None
    length = expr.argument(0, "length")
    return length.value if isinstance(length, e.Constant) and type(length.value) is int else None


def _message(context: Context, column: Column, text: str) -> str:
    length = _length(column)
    if length is None or len(text) <= length or not uses_others(context.settings, "sqlite"):
        return ""
    message = "the database refuses it with a DataError"
    if uses(context.settings, "sqlite"):
        message += " (SQLite alone stores it whole, so tests on it pass)"
    return message
