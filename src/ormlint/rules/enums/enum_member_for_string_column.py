"""Rule enum-member-for-string-column. Its documentation and tests: enum_member_for_string_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.columns import Column
from ormlint.index.enums import EnumClass
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol
from ormlint.index.vocabulary import sqlmodel
from ormlint.index.vocabulary.sqlalchemy import STRINGS
from ormlint.linting import enums, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context, Place
from ormlint.linting.dialects import uses
from ormlint.linting.rule import Rule, Status
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM305",
    summary="A member of a plain enum is given to a string column",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


_OUTCOMES = {
    "==": "this is always False",
    "!=": "this is always True",
    "in": "this element never matches",
    "not in": "this element excludes nothing",
    "match": "this case never matches",
}


@rule.on(subjects.ColumnWrite)
def written(context: Context, write: subjects.ColumnWrite) -> None:
    if write.is_expected or not isinstance(write.type, t.EnumMember):
        return
    if write.context == "constructor" and write.mapped.constructor.kind == "custom":
        return
    column = write.attribute.column
    if column is None or not _is_string(column) or _is_validated(context, write.mapped, write.attribute.name):
        return
    related = [Place(write.attribute.module.path, write.attribute.range, "the column")]
    _report(context, write.value, write.type.enum, write.type.name, write.mapped.name, write.attribute.name, related)


@rule.on(subjects.ComparedValue)
def compared(context: Context, operand: subjects.ComparedValue) -> None:
    column = operand.attribute.column
    if column is None or not _is_string(column) or not isinstance(operand.type, t.EnumMember):
        return
    if operand.context == "instance" and _is_given_here(operand):
        return
    related = [Place(operand.attribute.module.path, operand.attribute.range, "the column")]
    enum, member, owner = operand.type.enum, operand.type.name, operand.mapped.name
    outcome = _OUTCOMES.get(operand.operator, "") if operand.context == "instance" else None
    _report(context, operand.node, enum, member, owner, operand.attribute.name, related, outcome, True)


def _is_given_here(operand: subjects.ComparedValue) -> bool:
    """Tell whether the same function gives the attribute anything: until a reload it is what was given."""
    return any(
        isinstance(event, subjects.ColumnWrite)
        and event.context in ("constructor", "assignment")
        and event.attribute.name == operand.attribute.name
        for event in operand.record.events
    )


@rule.on(subjects.Model)
def by_default(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        if column.default is None or not _is_string(column) or column.default.module is not context.module:
            continue
        given = enums.constant(context.index, column.default.module, column.default.expr)
        if isinstance(given, enums.Member):
            _report(context, column.default.expr, given.enum, given.name, owner, attribute.name, [])


def _is_string(column: Column) -> bool:
    return column.enum is None and (column.type in STRINGS or column.type == sqlmodel.AUTO_STRING) and not column.unread


def _is_validated(context: Context, mapped: MappedClass, name: str) -> bool:
    """Tell whether a `@validates` function of the class may turn the value into another one."""
    for base in mapped.mro:
        if not isinstance(base, ClassSymbol):
            continue
        for statement in base.facts.body:
            if not isinstance(statement, s.FunctionStmt):
                continue
            for decorator in base.module.functions[statement.index].facts.decorators:
                if isinstance(decorator, e.Call) and (e.dotted_name(decorator.func) or "").endswith("validates"):
                    if any(not isinstance(item, e.Str) or item.value == name for item in decorator.args):
                        return True
    return False


def _report(
    context: Context,
    node: e.Expr,
    enum: EnumClass,
    member: str,
    owner: str,
    name: str,
    related: list[Place],
    outcome: str | None = None,
    is_compared: bool = False,
) -> None:
    if enum.is_str or enum.is_int or enum.open_reason:
        return
    related = [*related, Place(enum.symbol.module.path, enum.symbol.facts.name_range, f"`{enum.name}`")]
    if outcome is not None:
        if outcome:
            message = f"`{enum.name}.{member}` is compared with the string that `{owner}.{name}` holds: {outcome}"
            context.report(node, message, symbol=f"{owner}.{name}", related=related)
        return
    effects: list[str] = []
    verb = "compares with" if is_compared else "stores"
    raising = [
        driver
        for dialect, drivers in (("sqlite", ("sqlite3",)), ("postgresql", ("psycopg2", "asyncpg")))
        for driver in drivers
        if uses(context.settings, dialect)
    ]
    if raising:
        effects.append(f"{_joined(raising)} raise{'' if len(raising) > 1 else 's'} when the statement runs")
    if uses(context.settings, "postgresql"):
        effects.append(f"psycopg 3 {verb} the name `{member}`")
    if uses(context.settings, "mysql") or uses(context.settings, "mariadb"):
        effects.append(f"PyMySQL {verb} `{enum.name}.{member}`")
    effect = f": {', '.join(effects)}" if effects else ""
    context.report(
        node,
        f"`{enum.name}.{member}` is given to `{owner}.{name}`, a string column, and reaches the driver so{effect}",
        symbol=f"{owner}.{name}",
        related=related,
    )


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
