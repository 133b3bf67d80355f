"""Rule updated-timestamp-without-onupdate. Its documentation and tests: updated_timestamp_without_onupdate.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, timestamps
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM104",
    summary="An updated timestamp that nothing ever changes",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def never_updated(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    if not subject.is_mapped:
        return
    for created, updated in dict.fromkeys(timestamps.pairs(context)):
        attribute = mapped.attributes.get(updated)
        if attribute is None or attribute.column is None or created not in mapped.attributes:
            continue
        column = attribute.column
        if column.unread or column.onupdate is not None or column.server_onupdate is not None:
            continue
        if column.default is None and column.server_default is None:
            continue  # nobody fills it by itself: it is the program's to set
        if attribute.owner is not mapped.symbol and not _is_first_heir(context, subject, attribute.owner):
            continue
        if context.model.is_kept_elsewhere(mapped, updated):
            continue
        context.report_at(
            attribute.module,
            attribute.range,
            f"`{updated}` of `{(attribute.owner or mapped.symbol).name}` has a default and no `onupdate`, and nothing "
            "in the project sets it: it keeps the time of the insert for ever",
            symbol=f"{(attribute.owner or mapped.symbol).name}.{updated}",
        )


def _is_first_heir(context: Context, subject: subjects.Model, owner: object) -> bool:
    """A mixin's column is reported once, by the first class that has it; heirs that set it are all asked."""
    heirs = [other for other in context.index.mapped.values() if owner in other.mro]
    return bool(heirs) and heirs[0] is subject.mapped
