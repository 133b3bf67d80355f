"""What rules about migrations share: where a difference is shown, the revisions' part in it, and its words."""

from __future__ import annotations

from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.symbols import Module
from ormlint.linting.context import Place
from ormlint.schema.difference import RevisionHazard, SchemaDifference
from ormlint.schema.replay.simulated import Step
from ormlint.text import Range


def steps_of(difference: SchemaDifference) -> list[Place]:
    """Return the places in revisions that a difference comes from: it may be suppressed there as well."""
    return [place_of(step) for step in difference.steps]


def place_of(step: Step) -> Place:
    """Return the place of a step."""
    return Place(step.path, step.range, f"revision {step.revision}: {step.text}", silences=True)


def where(difference: SchemaDifference) -> tuple[Module, Range]:
    """Return where a difference is shown: at the class's own attribute, else at the class.

    What a base gives to many and what differs in one table is shown at that class; where it differs in several, at
    the base.
    """
    attribute, symbol = difference.attribute, difference.mapped.symbol
    if attribute is not None and (attribute.owner is symbol or difference.is_shared):
        return attribute.module, attribute.range
    return symbol.module, symbol.facts.name_range


def related(difference: SchemaDifference) -> list[Place]:
    """Return the places that explain a difference: where the column is inherited from, and the revisions."""
    attribute = difference.attribute
    if attribute is None or attribute.owner is difference.mapped.symbol or difference.is_shared:
        return steps_of(difference)
    origin = Place(attribute.module.path, attribute.range, "the column is inherited from here")
    return [origin, *steps_of(difference)]


def named(difference: SchemaDifference) -> str:
    """Return `Class.attribute`, or the class alone."""
    attribute = difference.attribute
    name = difference.mapped.name
    if difference.is_shared and attribute is not None and attribute.owner is not None:
        name = attribute.owner.name
    return f"{name}.{difference.attribute.name}" if difference.attribute is not None else name


def column_of(difference: SchemaDifference) -> str:
    """Return `table.column` as the database names it."""
    if difference.column is not None:
        return f"{difference.table}.{difference.column.name}"
    if difference.attribute is not None and difference.attribute.column is not None:
        return f"{difference.table}.{difference.attribute.column.name}"
    return difference.table


def more(difference: SchemaDifference) -> str:
    """Return how many more columns differ alike, in brackets; an empty string for none."""
    if not difference.others:
        return ""
    columns = "column" if difference.others == 1 else "columns"
    return f" (and {difference.others} more {columns} alike)"


def is_recent(hazard: RevisionHazard, newest: int) -> bool:
    """Tell whether a revision is among the newest ones; 0 means all. Older ones have run already."""
    return newest == 0 or hazard.age < newest


def is_python_clock(column: Column) -> bool:
    """Tell whether Python gives a column its time: raw writers get the database's default, Python its own."""
    kind = (column.type or "").rpartition(".")[2]
    if column.default is None or column.default.kind != "python" or kind not in ("DateTime", "TIMESTAMP"):
        return False
    return not isinstance(column.default.expr, (e.Constant, e.Str))
