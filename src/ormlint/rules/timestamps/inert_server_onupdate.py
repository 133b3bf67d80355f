"""Rule inert-server-onupdate. Its documentation and tests: inert_server_onupdate.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Default
from ormlint.linting import fixes, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule

rule = Rule(
    __name__,
    code="ORM105",
    summary="An expression given as `server_onupdate`, which nothing ever runs",
    since="0.1.0",
    severity=Severity.ERROR,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def inert(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        given = column.server_onupdate
        if given is None or column.onupdate is not None or not _is_expression(given.expr):
            continue
        context.report_at(
            given.module,
            given.range,
            f"`server_onupdate` of `{owner}.{attribute.name}` is only a mark that a trigger exists: it emits no DDL "
            "and no SQL, so an UPDATE leaves the column as it is",
            symbol=f"{owner}.{attribute.name}",
            fix=_fix(attribute, given),
        )


def _fix(attribute: subjects.ModelAttribute, given: Default) -> Fix | None:
    """Have SQLAlchemy itself set it: `onupdate`."""
    call = attribute.value
    keywords = call.keywords if isinstance(call, e.Call) and isinstance(given.expr, e.Call) else ()
    for keyword in keywords:
        if keyword.value is given.expr:
            return fixes.fix(
                "Use `onupdate`, which SQLAlchemy runs", fixes.rename(keyword.name_range, "onupdate"), safe=False
            )
    return None


def _is_expression(expr: e.Expr) -> bool:
    """`FetchedValue()` is the mark that is meant; an expression would have to run somewhere."""
    if isinstance(expr, e.Str):
        return True
    if not isinstance(expr, e.Call):
        return False
    dotted = e.dotted_name(expr.func) or ""
    return dotted.rpartition(".")[2] == "text" or ".func." in f".{dotted}"
