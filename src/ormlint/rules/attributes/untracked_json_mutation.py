"""Rule untracked-json-mutation. Its documentation and tests: untracked_json_mutation.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule
from ormlint.semantic.events import ConstructorCall

rule = Rule(
    __name__,
    code="ORM209",
    summary="A JSON, array or pickled value is changed in place, and the session is not told",
    since="0.1.0",
    severity=Severity.WARNING,
)

_UNTRACKED = frozenset({"JSON", "JSONB", "ARRAY", "PickleType", "HSTORE"})


@rule.on(subjects.InPlaceChange)
def untracked(context: Context, change: subjects.InPlaceChange) -> None:
    attribute, record = change.attribute, change.record
    column = attribute.column
    family, _, kind = (column.type or "").rpartition(".") if column is not None else ("", "", "")
    if family != "sqlalchemy" or kind not in _UNTRACKED or _tracks(attribute):
        return
    if attribute.name in record.stored_names or record.flagged_names & {attribute.name, "*"}:
        return
    symbol = record.symbol
    if symbol is None or change.receiver in {param.name for param in symbol.facts.params}:
        return  # whether a parameter is stored already, its callers know
    family_keys = {heir.symbol.key for heir in context.index.subclasses(change.mapped)}
    for event in record.events:
        if isinstance(event, ConstructorCall) and event.mapped.symbol.key in family_keys:
            return  # one that is new is stored as it is at the flush
    if not context.model.writes_after(record, change.statement):
        return
    name = f"{change.mapped.name}.{attribute.name}"
    context.report(
        change.node,
        f"`{name}` is {kind} without `MutableDict` or its kin: a change inside the value does not mark the object as "
        f"changed, so this one is not stored; assign a new value, or call `flag_modified({change.receiver}, "
        f'"{attribute.name}")`',
        symbol=name,
        related=[Place(attribute.module.path, attribute.range, f"`{name}` is declared here")],
    )


def _tracks(attribute: subjects.ModelAttribute) -> bool:
    """Tell whether a column's declaration speaks of tracking: `MutableDict.as_mutable(…)`."""
    nodes = (*walk_nodes(attribute.value), *walk_nodes(attribute.annotation))
    return any(
        "utable" in (node.attr if isinstance(node, e.Attribute) else node.id)
        for node in nodes
        if isinstance(node, (e.Name, e.Attribute))
    )
