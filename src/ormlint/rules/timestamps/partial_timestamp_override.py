"""Rule partial-timestamp-override. Its documentation and tests: partial_timestamp_override.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.columns import Column
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM102",
    summary="Only one of an inherited pair of timestamps is redeclared, and loses how it was kept",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def one_of_a_pair(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for pair in timestamps.pairs(context):
        for name, partner_name in (pair, pair[::-1]):
            found = timestamps.override(context, mapped, name)
            partner = mapped.attributes.get(partner_name)
            if found is None or partner is None or partner.column is None or partner.owner is mapped.symbol:
                continue
            if partner.owner is None or not partner.column.is_server_managed:
                continue
            lost = _lost(found.inherited_column, found.own_column)
            if not lost:
                continue
            parts = " and ".join(f"`{argument}`" for argument in lost)
            context.report(
                found.own.range,
                f"`{mapped.name}` redeclares `{name}` without the {parts} it inherits and leaves `{partner_name}` "
                f"to `{partner.owner.name}`: the two are now kept by different clocks, and what is generated from "
                "this class easily covers one and forgets the other",
                symbol=f"{mapped.name}.{name}",
                fix=timestamps.repair(context, found),
                related=[
                    timestamps.related_to(partner, f"`{partner_name}`, still as the base declares it"),
                    timestamps.related_to(found.inherited, f"`{name}` as the base declares it"),
                ],
            )


def _lost(inherited: Column, own: Column) -> list[str]:
    """Return the arguments that kept the inherited column and that its replacement has nothing for."""
    lost: list[str] = []
    if inherited.server_default is not None and own.server_default is None:
        if own.default is None or own.default.kind == "python":
            lost.append("server_default")
    if inherited.onupdate is not None and own.onupdate is None and own.server_onupdate is None:
        lost.append("onupdate")
    return lost
