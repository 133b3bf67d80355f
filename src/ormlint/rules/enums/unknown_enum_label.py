"""Rule unknown-enum-label. Its documentation and tests: unknown_enum_label.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import enums, subjects
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses, uses_others
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM302",
    summary="A string that is no label of the enum column it is given to",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
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
            f"`{operand.mapped.name}.{operand.attribute.name}` stores: {_effect(context, operand)}{hint}",
            symbol=f"{operand.mapped.name}.{operand.attribute.name}",
            related=enums.places(operand),
            fix=enums.fix(context, operand, node, text),
        )


def _effect(context: Context, operand: subjects.EnumOperand) -> str:
    """Say what happens at run time, on the databases the project uses."""
    column = operand.enum
    if column.validate_strings:
        return "the statement raises StatementError (LookupError, for `validate_strings=True`)"
    on_postgresql = column.native and uses(context.settings, "postgresql")
    elsewhere = not column.native or uses_others(context.settings, "postgresql")
    subject = "other databases store" if on_postgresql else "it is stored as it is,"
    if operand.context in enums.WRITES:
        rejected = "PostgreSQL rejects it at flush (DataError)"
        stored = f"{subject}{' it,' if on_postgresql else ''} and every later load of the row raises LookupError"
    else:
        rejected = "PostgreSQL rejects the query (DataError)"
        stored = "on other databases it matches no row" if on_postgresql else "it matches no row"
    return "; ".join([*([rejected] if on_postgresql else []), *([stored] if elsewhere else [])])
