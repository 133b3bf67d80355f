"""What the rules about given names share: where a key stands, and which names are columns of a model."""

from __future__ import annotations

from dataclasses import dataclass

from ormlint.diagnostics import Fix
from ormlint.facts.expressions import Keyword
from ormlint.index.model import MappedClass
from ormlint.linting import fixes
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.semantic.events import GivenKey
from ormlint.text import Range

_NO_COLUMN = frozenset({"plain", "property", "method"})


def key_place(context: Context, key: GivenKey) -> Range | None:
    """Return the place of a key in this file; None where the dict was made in another."""
    place = key.node.name_range if isinstance(key.node, Keyword) else key.node.range
    return place if key.name.encode() in context.data[place.start : place.end] else None


def is_closed(context: Context, key: GivenKey) -> bool:
    """Tell whether all attributes of the classes that a key may be of are known."""
    return not any(model.open_reason is not None or key.name in context.index.floating_backrefs for model in key.models)


def names_column(context: Context, mapped: MappedClass, name: str) -> bool:
    """Tell whether a name may stand for a column of the model's table, as an attribute or by its database name."""
    attribute = mapped.attributes.get(name)
    if attribute is not None and not attribute.bare and attribute.kind not in _NO_COLUMN:
        return True
    # Classes of one table have one another's columns.
    family = [
        model for model in context.index.mapped.values() if model.table is not None and model.table == mapped.table
    ]
    for model in (mapped, *family, *context.index.subclasses(mapped)):
        if model.open_reason is not None or database_name_of(model, name) is not None:
            return True
        own = model.attributes.get(name)
        if model is not mapped and own is not None and own.column is not None:
            return True
    return False


def database_name_of(mapped: MappedClass, name: str) -> str | None:
    """Return the attribute whose column has this name in the database and another one in the class."""
    for attribute in mapped.columns():
        if attribute.column is not None and attribute.column.name == name and attribute.name != name:
            return attribute.name
    return None


@dataclass(frozen=True, slots=True)
class NamedColumn:
    """What a given name is to a class.

    `by_attribute`: an attribute whose column is called otherwise in the database; `by_column`: the other way round.
    `is_column`: it may stand for a column in some way.
    """

    is_column: bool
    by_attribute: str | None = None  # the column's name
    by_column: str | None = None  # the attribute


def named_column(context: Context, mapped: MappedClass, name: str) -> NamedColumn:
    """Return what a given name is to a class."""
    attribute = mapped.attributes.get(name)
    column = attribute.column if attribute is not None else None
    other = column.name if column is not None and column.name != name and not column.unread else None
    if other is not None and any(item.column is not None and item.column.name == name for item in mapped.columns()):
        other = None  # another column is called so
    by_column = database_name_of(mapped, name) if attribute is None else None
    return NamedColumn(names_column(context, mapped, name), other, by_column)


def report_key(context: Context, key: GivenKey, message: str, meant: str | None = None) -> None:
    """Report a key at its own place; `meant` is the name that would be right."""
    mapped = key.models[0]
    place = key_place(context, key)
    if place is not None:
        context.report(
            place,
            message,
            symbol=f"{mapped.name}.{key.call}({key.name})",
            fix=renaming(context, key, meant),
            related=[
                Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")
            ],
        )


def renaming(context: Context, key: GivenKey, meant: str | None) -> Fix | None:
    """Return the fix that writes the column that is meant: a given one, or the one a name is a slip of."""
    columns = [column.name for column in key.models[0].columns()]
    name = meant or nearest(key.name, columns)
    step = fixes.rename_key(context, key.node, name) if name else None
    return fixes.fix(f"Rename it to `{name}`", step, safe=False) if step is not None else None


def column_hint(mapped: MappedClass, name: str) -> str:
    """Return what the author may have meant, for the end of a message."""
    attribute = mapped.attributes.get(name)
    if attribute is not None and not attribute.bare:
        return f" (it is a {attribute.kind} of the class)" if attribute.kind != "plain" else ""
    near = closest(name, [column.name for column in mapped.columns()], 0.75)
    return f"; did you mean `{near}`?" if near else ""
