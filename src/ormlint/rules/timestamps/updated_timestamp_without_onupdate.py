"""Rule updated-timestamp-without-onupdate. Its documentation and tests: updated_timestamp_without_onupdate.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.diagnostics.steps import Step
from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.vocabulary.sqlalchemy import COLUMN_CALLS, FUNC
from ormlint.linting import fixes, subjects, timestamps
from ormlint.linting.columns import is_column_call
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM104",
    summary="An updated timestamp that nothing ever changes",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
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
            fix=_fix(context, attribute, column),
        )


def _fix(context: Context, attribute: subjects.ModelAttribute, column: Column) -> Fix | None:
    """Add an `onupdate` that gives what the default gives."""
    call, default = attribute.value, column.default or column.server_default
    if not isinstance(call, e.Call) or default is None or default.module is not attribute.module:
        return None
    if not any(is_column_call(context, attribute, name) for name in sorted(COLUMN_CALLS)):
        return None
    code = context.source(default.expr, attribute.module)
    steps: tuple[Step, ...] = ()
    if default.kind == "python" and isinstance(default.expr, (e.Call, e.Constant, e.Str)):
        return None  # one value for ever
    if default is column.server_default:
        func = fixes.reference(context, attribute.module, FUNC, call)
        if func is None or not timestamps.asks_database_for_now(default):
            return None
        code, steps = f"{func.code}.now()", func.steps
    return fixes.fix(f"Add `onupdate={code}`", fixes.add_argument(call, f"onupdate={code}"), *steps, safe=False)


def _is_first_heir(context: Context, subject: subjects.Model, owner: object) -> bool:
    """A mixin's column is reported once, by the first class that has it; heirs that set it are all asked."""
    heirs = [other for other in context.index.mapped.values() if owner in other.mro]
    return bool(heirs) and heirs[0] is subject.mapped
