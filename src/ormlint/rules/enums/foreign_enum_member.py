"""Rule foreign-enum-member. Its documentation and tests: foreign_enum_member.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.enums import EnumClass, EnumColumn
from ormlint.linting import enums, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule, Status
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM307",
    summary="A member of another enum is given to an enum column, or compared with its value",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.EnumOperand)
def foreign_member(context: Context, operand: subjects.EnumOperand) -> None:
    for kind in t.members(operand.type):
        if not isinstance(kind, t.EnumMember):
            continue
        effect = _effect(operand.enum, kind.enum, kind.name, operand.context, operand.operator)
        if effect is not None:
            name = f"{operand.mapped.name}.{operand.attribute.name}"
            places = enums.places(operand)
            _report(context, operand.node, operand.enum, kind.enum, kind.name, name, effect, places)


@rule.on(subjects.Model)
def foreign_default(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        default = column.default
        if column.enum is None or default is None or default.module is not context.module:
            continue
        given = enums.constant(context.index, default.module, default.expr)
        if isinstance(given, enums.Member):
            effect = _effect(column.enum, given.enum, given.name, "default", "")
            if effect is not None:
                name = f"{owner}.{attribute.name}"
                _report(context, default.expr, column.enum, given.enum, given.name, name, effect, [])


def _effect(column: EnumColumn, foreign: EnumClass, member: str, context: str, operator: str) -> str | None:
    """Say what happens, or None where the member is the column's own, or passes for one."""
    own = column.enum
    if own is foreign or foreign.symbol.facts.is_conditional:
        return None
    if own is not None and (own.open_reason or own.symbol.facts.is_conditional or own.is_int):
        return None
    value = foreign.members.get(member)
    if context == "instance":
        if own is None or (own.is_str and (value is None or value in own.members.values())):
            return None
        return {
            "==": "this is always False",
            "!=": "this is always True",
            "in": "this element never matches",
            "not in": "this element excludes nothing",
            "match": "this case never matches",
        }.get(operator)
    if foreign.is_str:
        # It is looked up as the string it is.
        if not isinstance(value, str) or column.accepts(value) is not False:
            return None
        if context not in enums.WRITES:
            return (
                f"it counts as its value `{value!r}`, which is no label: PostgreSQL raises DataError, elsewhere no row"
            )
        return f"it counts as its value `{value!r}`, which is no label: the row cannot be stored or not be read again"
    if column.labels is None and own is None:
        return None
    if foreign.is_int and context not in enums.WRITES:
        return None
    what = "flush" if context in enums.WRITES else "statement"
    return f"the {what} raises StatementError (LookupError)"


def _report(
    context: Context,
    node: e.Expr,
    column: EnumColumn,
    foreign: EnumClass,
    member: str,
    name: str,
    effect: str,
    places: list[Place],
) -> None:
    context.report(
        node,
        f"`{foreign.name}.{member}` is no member of {enums.enum_name(column)}, which `{name}` holds: {effect}",
        symbol=name,
        related=[*places, Place(foreign.symbol.module.path, foreign.symbol.facts.name_range, f"`{foreign.name}`")],
    )
