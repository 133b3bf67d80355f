"""Rule never-written-column. Its documentation and tests: never_written_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Default
from ormlint.linting import statuses, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context
from ormlint.linting.enums import Member, constant
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM411",
    summary="A status-like column with a default that nothing ever sets",
    since="0.1.0",
    severity=Severity.INFO,
)


@rule.on(subjects.Model)
def stays_at_its_default(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    if not subject.is_mapped:
        return
    for attribute, column, owner in declared_columns(mapped):
        if not statuses.STATUS_NAME.search(attribute.name) or column.unread or column.onupdate is not None:
            continue
        default = column.default or column.server_default
        if default is None or column.primary_key or column.foreign_keys:
            continue
        shown = _shown(context, default)
        written = context.model.written(mapped, attribute)
        if shown is None or written.sites or written.loose or statuses.is_written_unseen(context, mapped, attribute):
            continue
        if not context.model.is_constructed(mapped, attribute) or statuses.is_in_sql(context, mapped, attribute):
            continue
        context.report_at(
            attribute.module,
            attribute.range,
            f"nothing in the project sets `{owner}.{attribute.name}`: every row that it makes keeps the default "
            f"{shown} for ever",
            symbol=f"{owner}.{attribute.name}",
        )


def _shown(context: Context, default: Default) -> str | None:
    """Return how a message calls a default that is the same for every row, or None."""
    if isinstance(default.expr, e.Constant):
        return repr(default.expr.value)
    found = constant(context.index, default.module, default.expr)
    if isinstance(found, Member):
        return f"`{found.enum.name}.{found.name}`"
    return repr(found) if found is not None else None
