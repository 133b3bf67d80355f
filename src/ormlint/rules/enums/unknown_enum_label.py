"""Rule unknown-enum-label. Its documentation and tests: unknown_enum_label.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import enums, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM302",
    summary="A string that is no label of the enum column it is given to",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.EnumOperand)
def unknown_label(context: Context, operand: subjects.EnumOperand) -> None:
    column = operand.enum
    if operand.context in ("instance", "default", "server_default"):
        return
    for node, text in enums.strings(operand):
        if column.accepts(text) is not False:
            continue
        member = enums.member_meant(column, text)
        hint = f"; {enums.shown_member(column, member)} is meant, it seems" if member else ""
        context.report(
            node,
            f"`{text!r}` is no label of {enums.enum_name(column)} ({enums.labels(column)}), which "
            f"`{operand.mapped.name}.{operand.attribute.name}` stores: {_effect(operand)}{hint}",
            symbol=f"{operand.mapped.name}.{operand.attribute.name}",
            related=enums.places(operand),
        )


def _effect(operand: subjects.EnumOperand) -> str:
    column = operand.enum
    if column.validate_strings:
        return "the statement raises LookupError (`validate_strings=True`)"
    if operand.context in enums.WRITES:
        if not column.native:
            return "it is stored as it is, and every later load of the row raises LookupError"
        return (
            "PostgreSQL rejects it at flush (DataError); other databases store it, and every later load of the row "
            "raises LookupError"
        )
    if not column.native:
        return "it matches no row"
    return "PostgreSQL rejects the query (DataError); on other databases it matches no row"
