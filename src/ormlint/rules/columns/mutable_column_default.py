"""Rule mutable-column-default. Its documentation and tests: mutable_column_default.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.columns import Default
from ormlint.linting import fixes, subjects
from ormlint.linting.columns import declared_columns, per_row
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM401",
    summary="A list, dict or set is one default object for all rows",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def shared_default(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        default = column.default
        if default is None or not _is_mutable(default.expr) or _tracks_mutation(attribute):
            continue
        if subject.mapped.style == "sqlmodel" and not _is_of_column(attribute, default):
            continue  # pydantic copies the default of a field for every instance
        source = "list" if isinstance(default.expr, e.Display) and default.expr.kind == "list" else "dict"
        source = "set" if isinstance(default.expr, e.Display) and default.expr.kind == "set" else source
        context.report_at(
            default.module,
            default.range,
            f"`{owner}.{attribute.name}` has one {source} as `default` for all rows: every object that takes the "
            "default holds this very one, so what is changed on one is stored with those that come after",
            symbol=f"{owner}.{attribute.name}",
            fix=_fix(context, attribute, default, source),
        )


def _is_of_column(attribute: subjects.ModelAttribute, default: Default) -> bool:
    """Tell whether a default stands in `sa_column=Column(…)`, which pydantic knows nothing of."""
    column = attribute.value.keyword("sa_column") if isinstance(attribute.value, e.Call) else None
    return column is not None and column.start <= default.expr.start and default.expr.end <= column.end


def _fix(context: Context, attribute: subjects.ModelAttribute, default: Default, source: str) -> Fix | None:
    """Give the type in place of an empty object, else a function that makes a new one."""
    expr = default.expr
    items = expr.items if isinstance(expr, e.DictDisplay) else expr.elements if isinstance(expr, e.Display) else ()
    if not items and not default.module.has(source):
        return fixes.fix(f"Use `{source}`, called for each row", fixes.replace(expr, source), safe=True)
    code = per_row(context, attribute, default)
    if code is None:
        return None
    return fixes.fix("Use a function that makes one for each row", fixes.replace(expr, code), safe=True)


def _is_mutable(expr: e.Expr) -> bool:
    return isinstance(expr, e.DictDisplay) or (isinstance(expr, e.Display) and expr.kind in ("list", "set"))


def _tracks_mutation(attribute: subjects.ModelAttribute) -> bool:
    """`MutableDict.as_mutable(…)` and its kin copy the default into a tracked object of each row."""
    return any(
        isinstance(node, (e.Name, e.Attribute)) and "Mutable" in (e.dotted_name(node) or "")
        for node in walk_nodes(attribute.value)
    )
