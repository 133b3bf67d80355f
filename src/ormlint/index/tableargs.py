"""What `__table_args__` says of columns: primary and foreign keys given as constraints of the table."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.facts import expressions as e
from ormlint.index.classbody import ClassBody
from ormlint.index.columns import Column
from ormlint.index.members import MemberReader
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, External, Module
from ormlint.index.vocabulary.sqlalchemy import FOREIGN_KEY_CONSTRAINT, PRIMARY_KEY_CONSTRAINT


def apply_table_args(
    mapped: MappedClass,
    body_of: Callable[[ClassSymbol], ClassBody],
    is_mapped: Callable[[ClassSymbol], bool],
    members: MemberReader,
) -> None:
    """Set the keys that constraints give the columns of a class, and of the mapped classes it derives from.

    A class's own `__table_args__` replaces that of its mixins; a mapped parent's belongs to the parent's table.
    """
    is_found = False
    for base in mapped.mro:
        if not isinstance(base, ClassSymbol):
            continue
        if base is not mapped.symbol and is_mapped(base):
            is_found = False  # from here on it is about the parent's table
        member = body_of(base).members.get("__table_args__")
        if member is None or is_found:
            continue
        is_found = True
        value = member.value
        if member.function is not None:
            value, _ = members.returned(member.function)
        elements = value.elements if isinstance(value, e.Display) else ()
        for element in elements:
            if isinstance(element, e.Call):
                apply_constraint(element, base.module, mapped, members)


def apply_constraint(call: e.Call, module: Module, mapped: MappedClass, members: MemberReader) -> None:
    """Set the keys that one constraint gives columns; what is no constraint says nothing."""
    symbol = members.resolver.expr(module, call.func)
    name = symbol.name if isinstance(symbol, External) else ""
    if name == PRIMARY_KEY_CONSTRAINT:
        for column in _columns(mapped, call.args, module, members):
            column.primary_key = True
            if "nullable" not in column.extra:
                column.nullable = False
    elif name == FOREIGN_KEY_CONSTRAINT and len(call.args) >= 2:
        local, remote = call.args[0], call.args[1]
        if not isinstance(local, e.Display) or not isinstance(remote, e.Display):
            return
        columns = _columns(mapped, local.elements, module, members)
        if len(columns) != len(local.elements) or len(columns) != len(remote.elements):
            return
        for column, target in zip(columns, remote.elements, strict=True):
            text = members.constants.string(target, module)
            key = text if text is not None else f"={e.dotted_name(target) or '?'}"
            members.columns.reference(column, target, module, call.keyword("ondelete"), of_table=True)
            column.foreign_keys = (*column.foreign_keys, key)


def _columns(mapped: MappedClass, names: tuple[e.Expr, ...], module: Module, members: MemberReader) -> list[Column]:
    """Return the columns that strings (database names) or names of the class body (attributes) mean."""
    by_name = {
        attribute.column.name: attribute.column
        for attribute in mapped.attributes.values()
        if attribute.column is not None
    }
    found: list[Column] = []
    for name in names:
        column: Column | None = None
        if isinstance(name, e.Name) and name.id in mapped.attributes:
            column = mapped.attributes[name.id].column
        else:
            column = by_name.get(members.constants.string(name, module) or "")
        if column is not None:
            found.append(column)
    return found
