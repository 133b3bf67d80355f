"""Rule mutable-column-default. Its documentation and tests: mutable_column_default.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.linting import subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM401",
    summary="A list, dict or set is one default object for all rows",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def shared_default(context: Context, subject: subjects.Model) -> None:
    if subject.mapped.style == "sqlmodel":
        return  # pydantic copies the default for every instance
    for attribute, column, owner in declared_columns(subject.mapped):
        default = column.default
        if default is None or not _is_mutable(default.expr) or _tracks_mutation(attribute):
            continue
        source = "list" if isinstance(default.expr, e.Display) and default.expr.kind == "list" else "dict"
        source = "set" if isinstance(default.expr, e.Display) and default.expr.kind == "set" else source
        context.report_at(
            default.module,
            default.range,
            f"`{owner}.{attribute.name}` has one {source} as `default` for all rows: every object that takes the "
            "default holds this very one, so what is changed on one is stored with those that come after",
            symbol=f"{owner}.{attribute.name}",
        )


def _is_mutable(expr: e.Expr) -> bool:
    return isinstance(expr, e.DictDisplay) or (isinstance(expr, e.Display) and expr.kind in ("list", "set"))


def _tracks_mutation(attribute: subjects.ModelAttribute) -> bool:
    """`MutableDict.as_mutable(…)` and its kin copy the default into a tracked object of each row."""
    return any(
        isinstance(node, (e.Name, e.Attribute)) and "Mutable" in (e.dotted_name(node) or "")
        for node in walk_nodes(attribute.value)
    )
