"""The foreign keys between the tables of two mapped classes, as SQLAlchemy collects them for a relationship."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol, External
from ormlint.index.vocabulary.sqlalchemy import BASE_ATTRIBUTES, CONCRETE_BASES, PREFIX

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex


@dataclass(frozen=True, slots=True)
class Constraint:
    """A foreign key: from the columns of one table to those of another. Tables are named without schema."""

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


def table_chain(index: ProjectIndex, mapped: MappedClass) -> tuple[str, ...] | None:
    """Return the tables a class is mapped to, its own first, or None when one of them is not known."""
    found: list[str] = []
    for base in mapped.mro:
        if isinstance(base, External) and base.name in CONCRETE_BASES:
            return None
        known = index.mapped_of(base) if isinstance(base, ClassSymbol) else None
        if known is None:
            continue
        if known.table is None:
            return None
        if known.table not in found:
            found.append(known.table)
    return tuple(found)


def constraints_of(index: ProjectIndex, table: str) -> list[Constraint] | None:
    """Return the foreign keys of a table, or None when it may have others.

    A table that several classes declare apart, in several schemas or metadata, is not told from its namesakes.
    """
    known = index.tables.by_name.get(table.rpartition(".")[2].lower())
    if known is None or not known.models or known.open is not None or not _is_one_table(known.models):
        return None
    found: list[Constraint] = []
    for mapped in known.models:
        if mapped.symbol.facts.is_conditional:
            return None
        for attribute in mapped.attributes.values():
            if attribute.kind == "unknown" and attribute.name not in BASE_ATTRIBUTES:
                return None
            column = attribute.column
            if column is None:
                continue
            if column.unread or attribute.conditional or _may_hide_key(column):
                return None
            if _is_of_parent_table(index, mapped, attribute):
                continue
            for reference, key in zip(column.references, column.foreign_keys, strict=False):
                if reference.of_table:
                    if attribute.owner is None:
                        return None  # a constraint inside `Table(...)`
                    continue  # read with the others of `__table_args__`
                parts = key.split(".")
                if len(parts) < 2 or "?" in key:
                    return None
                constraint = Constraint(table, (column.name,), parts[-2], (parts[-1],))
                if constraint not in found:
                    found.append(constraint)
        composite = _table_arguments(index, mapped, table)
        if composite is None:
            return None
        found.extend(item for item in composite if item not in found)
    return found


def _may_hide_key(column: Column) -> bool:
    """Tell whether what stands in a type's place is a call that may make a foreign key instead."""
    if not isinstance(column.type_expr, e.Call):
        return False
    name = (column.type or "").rpartition(".")[2]
    return not name or (name[0].islower() and not (column.type or "").startswith(PREFIX))


def _is_of_parent_table(index: ProjectIndex, mapped: MappedClass, attribute: ModelAttribute) -> bool:
    """Tell whether an inherited column stands in the table of a mapped parent (joined-table inheritance)."""
    if attribute.owner is None or attribute.owner is mapped.symbol:
        return False
    for base in mapped.mro[1:]:
        parent = index.mapped_of(base) if isinstance(base, ClassSymbol) else None
        if parent is not None and parent.table != mapped.table and attribute.owner in parent.mro:
            return True
    return False


def _is_one_table(models: list[MappedClass]) -> bool:
    """Tell whether all the classes of a table are one of them and its heirs (single-table inheritance)."""
    return any(all(other is root or root.symbol in other.mro for other in models) for root in models)


def _table_arguments(index: ProjectIndex, mapped: MappedClass, table: str) -> list[Constraint] | None:
    member = index.mapper.nearest(mapped.mro, "__table_args__")
    if member is None:
        return []
    value = member.value
    if member.function is not None:
        value, _ = index.mapper.members.returned(member.function)
    if isinstance(value, e.Constant) and value.value is None:
        return []
    elements = value.elements if isinstance(value, e.Display) else (value,)
    found: list[Constraint] = []
    for element in elements:
        if isinstance(element, e.DictDisplay):
            continue
        if not isinstance(element, e.Call):
            return None
        if (e.dotted_name(element.func) or "").rpartition(".")[2] != "ForeignKeyConstraint":
            continue
        local = _strings(element.argument(0, "columns"))
        remote = _strings(element.argument(1, "refcolumns"))
        if not local or len(local) != len(remote) or any("." not in name for name in remote):
            return None
        targets = {name.split(".")[-2] for name in remote}
        if len(targets) != 1:
            return None
        found.append(Constraint(table, local, targets.pop(), tuple(name.split(".")[-1] for name in remote)))
    return found


def _strings(expr: e.Expr | None) -> tuple[str, ...]:
    if not isinstance(expr, e.Display):
        return ()
    values = tuple(element.value for element in expr.elements if isinstance(element, e.Str))
    return values if len(values) == len(expr.elements) else ()


def between(index: ProjectIndex, parent: MappedClass, child: MappedClass) -> list[Constraint] | None:
    """Return the foreign keys that may join two classes, as `join_condition` finds them; None when not known.

    The parent's own table is looked at first, those it inherits from only when that finds nothing. Keys of
    either direction count.
    """
    parent_tables, child_tables = table_chain(index, parent), table_chain(index, child)
    if not parent_tables or not child_tables:
        return None
    keys: dict[str, list[Constraint]] = {}
    for table in (*parent_tables, *child_tables):
        found = constraints_of(index, table)
        if found is None:
            return None
        keys[table] = found
    for left in ((parent_tables[0],), parent_tables):
        joined: list[Constraint] = []
        for source, aims in ((child_tables, left), (left, child_tables)):
            for table in source:
                joined.extend(key for key in keys[table] if key.target in aims and key not in joined)
        if joined:
            return joined
    return []
