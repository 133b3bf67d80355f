"""Rule enum-compared-with-string. Its documentation and tests: enum_compared_with_string.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import enums, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM303",
    summary="A loaded enum value is compared with a string that it never equals",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.EnumOperand)
def compared_with_string(context: Context, operand: subjects.EnumOperand) -> None:
    enum = operand.enum.enum
    if operand.context != "instance" or enum is None or _set_from_string(operand):
        return
    for node, text in enums.strings(operand):
        if enum.is_str:
            # A member of a `str` enum equals its value, and nothing but its value.
            if enum.open_reason or any(value is None or value == text for value in enum.members.values()):
                continue
            reason = f"no member of `{enum.name}` has this value"
        else:
            reason = f"a member of `{enum.name}` never equals a string"
        outcome = {
            "==": "this is always False",
            "!=": "this is always True",
            "in": "this element never matches",
            "not in": "this element excludes nothing",
            "match": "this case never matches",
        }[operand.operator]
        member = enums.member_meant(operand.enum, text)
        hint = f"; {enums.shown_member(operand.enum, member)} is meant, it seems" if member else ""
        context.report(
            node,
            f"`{operand.mapped.name}.{operand.attribute.name}` is compared with `{text!r}`: {outcome}, because "
            f"{reason}{hint}",
            symbol=f"{operand.mapped.name}.{operand.attribute.name}",
            related=enums.places(operand),
            fix=enums.fix(context, operand, node, text),
        )


def _set_from_string(operand: subjects.EnumOperand) -> bool:
    """Tell whether the same function gives the attribute a string: until a reload it then is one."""
    if operand.record is None:
        return False
    for event in operand.record.events:
        if (
            isinstance(event, subjects.EnumOperand)
            and event.attribute.name == operand.attribute.name
            and event.context in ("constructor", "assignment")
            and any(isinstance(member, t.Literal) for member in t.members(event.type))
        ):
            return True
    return False
