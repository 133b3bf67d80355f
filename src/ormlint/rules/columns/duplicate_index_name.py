"""Rule duplicate-index-name. Its documentation and tests: duplicate_index_name.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.indexes import NamedIndex
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule
from ormlint.linting.tables import loaded_together, metadata_key

rule = Rule(
    __name__,
    code="ORM410",
    summary="Two indexes of one name",
    since="0.1.0",
    severity=Severity.ERROR,
)

_MYSQL = frozenset({"mysql", "mariadb"})


@rule.on(subjects.Model)
def named_twice(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    if not subject.is_mapped:
        return
    for items in context.index.indexes.values():
        if len(items) < 2:
            continue
        for position, item in enumerate(items):
            if item.mapped is not mapped:
                continue
            before = next((other for other in items[:position] if _clash(context, other, item)), None)
            if before is None:
                continue
            if any(entry.is_generated for entry in (before, item)) and _has_convention(context):
                continue
            where = f"of `{before.mapped.name}`" if before.mapped is not mapped else "of this class"
            context.report_at(
                item.module,
                item.range,
                f"the {item.kind} `{item.name}` of `{mapped.name}` has the name of another {before.kind} {where}: "
                f"{_effect(context, before, item)}",
                symbol=f"{mapped.name}.{item.name}",
                related=[Place(before.module.path, before.range, f"the other {before.kind}")],
            )


def _clash(context: Context, first: NamedIndex, second: NamedIndex) -> bool:
    """Tell whether a database that the project may use refuses the second of two."""
    if first.schema != second.schema:
        return False
    is_one_table = first.mapped is second.mapped
    dialects = set(context.settings.dialects)
    if "unique constraint" in (first.kind, second.kind):
        # PostgreSQL alone makes an index of this name for a constraint.
        if dialects and "postgresql" not in dialects:
            return False
    if is_one_table:
        return True
    if first.mapped.table == second.mapped.table or (dialects and dialects <= _MYSQL):
        return False  # two classes of one table; names that each table has for itself
    metadata = metadata_key(context, first.mapped)
    if metadata is None or metadata != metadata_key(context, second.mapped):
        return False
    return loaded_together(context, first.mapped, second.mapped)


def _effect(context: Context, first: NamedIndex, second: NamedIndex) -> str:
    dialects = set(context.settings.dialects)
    if "unique constraint" in (first.kind, second.kind):
        text = "`create_all()` fails on PostgreSQL, where a unique constraint is an index of its name"
        return text if dialects == {"postgresql"} else f"{text}; other databases accept it"
    if first.mapped is second.mapped or (dialects and not dialects & _MYSQL):
        return "`create_all()` fails on the second, which exists already"
    return "`create_all()` fails on the second, which exists already (MySQL alone keeps such names by table)"


def _has_convention(context: Context) -> bool:
    """Tell whether the project may name its indexes otherwise."""
    return any(
        (isinstance(node, e.Call) and node.keyword("naming_convention") is not None)
        or (isinstance(node, e.Attribute) and node.attr == "naming_convention")
        for module in context.index.modules.values()
        for node in walk_nodes((module.interface.body, *(symbol.facts.body for symbol in module.classes)))
    )
