"""Rule string-for-enum. Its documentation and tests: string_for_enum.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import enums, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM301",
    summary="A string is given where a Python enum is expected, and works only as long as nobody compares it",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.EnumOperand)
def string_given(context: Context, operand: subjects.EnumOperand) -> None:
    column = operand.enum
    enum = column.enum
    if enum is None or operand.context in ("instance", "server_default"):
        return
    for node, text in enums.strings(operand):
        if column.accepts(text) is not True:
            continue
        member = enums.member_meant(column, text)
        if member is None:
            continue
        by_value = enum.members.get(member) == text
        is_write = operand.context in enums.WRITES
        if is_write and not (enum.is_str and by_value):
            severity = Severity.WARNING
            effect = (
                "until the row is loaded again the attribute is a `str`, so comparing it with the member is False "
                "and `.value` raises AttributeError"
            )
        elif is_write:
            severity = Severity.INFO
            effect = "it equals the member, yet the attribute is a `str` without `.value` until the row is loaded again"
        else:
            severity = Severity.INFO
            effect = "it is stored under this label today, and nothing notices when the enum changes"
        context.report(
            node,
            f"`{text!r}` is given for `{operand.mapped.name}.{operand.attribute.name}`, whose values are members of "
            f"`{enum.name}` ({enums.shown_member(column, member)}): {effect}",
            symbol=f"{operand.mapped.name}.{operand.attribute.name}",
            severity=severity,
            related=enums.places(operand),
            fix=enums.fix(context, operand, node, text),
        )
