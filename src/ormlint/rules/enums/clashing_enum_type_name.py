"""Rule clashing-enum-type-name. Its documentation and tests: clashing_enum_type_name.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.linting import subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context, Place
from ormlint.linting.dialects import uses
from ormlint.linting.names import listed
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM306",
    summary="Two enums with different labels share the name of one database type",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def clashing(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    index = context.index
    registry = index.registry(mapped)
    if registry is None or not subject.is_mapped or not uses(context.settings, "postgresql"):
        return
    for attribute, column, owner in declared_columns(mapped):
        name = _type_name(column)
        if name is None or column.enum is None or column.enum.labels is None:
            continue
        here = (attribute.module.path, attribute.range.start)
        for other in index.mapped.values():
            if index.registry(other) != registry or other.symbol.facts.is_conditional:
                continue
            for rival, taken, holder in declared_columns(other):
                # Of two the one that stands first is left alone; which one is created first is chance.
                if (rival.module.path, rival.range.start) >= here or _type_name(taken) != name:
                    continue
                if taken.enum is None or taken.enum.labels is None:
                    continue
                if set(taken.enum.labels) == set(column.enum.labels):
                    continue
                context.report_at(
                    attribute.module,
                    attribute.range,
                    f"the database type `{name}` of `{owner}.{attribute.name}` ({listed(column.enum.labels)}) is "
                    f"`{holder}.{rival.name}`'s too ({listed(taken.enum.labels)}): PostgreSQL creates one of them, and "
                    f"refuses the other's labels (DataError)",
                    symbol=f"{owner}.{attribute.name}",
                    related=[Place(rival.module.path, rival.range, f"`{holder}.{rival.name}`")],
                )
                return


def _type_name(column: Column) -> str | None:
    """Return the name of the native type that a column's enum creates, or None."""
    enum = column.enum
    if enum is None or not enum.native or column.unread:
        return None
    if isinstance(column.type_expr, e.Call) and any(
        column.type_expr.keyword(name) is not None for name in ("schema", "inherit_schema", "metadata", "create_type")
    ):
        return None
    if enum.type_name is not None:
        return enum.type_name
    if isinstance(column.type_expr, e.Call) and column.type_expr.keyword("name") is not None:
        return None
    return enum.enum.name.lower() if enum.enum is not None else None
