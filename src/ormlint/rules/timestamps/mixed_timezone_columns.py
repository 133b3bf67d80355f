"""Rule mixed-timezone-columns. Its documentation and tests: mixed_timezone_columns.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.model import ModelAttribute
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.dialects import keeps_time_zones
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM108",
    summary="A class with naive and aware timestamps side by side",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.Model)
def mixed(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    if not keeps_time_zones(context.settings):
        return
    aware: list[ModelAttribute] = []
    naive: list[ModelAttribute] = []
    for attribute in mapped.columns():
        column = attribute.column
        if column is None or attribute.conditional or not timestamps.zone_is_known(mapped, column):
            continue
        (aware if column.timezone else naive).append(attribute)
    if not aware or not naive:
        return
    # What the class itself declares is where something can be done; of that, the fewer.
    fewer, others = (aware, naive) if len(aware) <= len(naive) else (naive, aware)
    own = [attribute for attribute in fewer if attribute.owner is mapped.symbol]
    if not own:
        fewer, others = others, fewer
        own = [attribute for attribute in fewer if attribute.owner is mapped.symbol]
    if not own:
        return  # both are inherited: said at the base that brings them together, if one does
    first, other = own[0], others[0]
    assert first.column is not None
    kinds = ("with", "without") if first.column.timezone else ("without", "with")
    context.report_at(
        first.module,
        first.range,
        f"`{mapped.name}.{first.name}` is a column {kinds[0]} time zone and `{other.name}` one {kinds[1]}: loaded from "
        "PostgreSQL one is aware and the other naive, and comparing or subtracting them raises TypeError",
        symbol=f"{mapped.name}.{first.name}",
        related=[timestamps.related_to(other, f"`{other.name}`, {kinds[1]} time zone")],
    )
