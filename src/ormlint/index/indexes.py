"""The indexes of a project by name: those of `__table_args__`, and those that `index=True` names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, External, Module
from ormlint.index.vocabulary.sqlalchemy import INDEX, UNIQUE_CONSTRAINT
from ormlint.text import Range

if TYPE_CHECKING:
    from ormlint.index.classbody import Member
    from ormlint.index.project import ProjectIndex


@dataclass(eq=False, slots=True)
class NamedIndex:
    """An index or unique constraint of a table whose name is known. `is_generated`: SQLAlchemy made the name."""

    name: str
    kind: str  # "index" or "unique constraint"
    mapped: MappedClass
    schema: str
    range: Range
    module: Module
    is_generated: bool = False


def read_indexes(index: ProjectIndex) -> dict[str, list[NamedIndex]]:
    """Return the named indexes of all classes that surely have a table of their own, by name."""
    found: dict[str, list[NamedIndex]] = {}
    for mapped in index.mapped.values():
        for item in _of_class(index, mapped):
            found.setdefault(item.name, []).append(item)
    return found


def _of_class(index: ProjectIndex, mapped: MappedClass) -> list[NamedIndex]:
    symbol = mapped.symbol
    if mapped.table is None or symbol.facts.is_conditional or symbol.facts.function >= 0:
        return []
    bases = [base for base in mapped.mro if isinstance(base, ClassSymbol)]
    parents = (index.mapped_of(base) for base in bases[1:])
    parent = next((item for item in parents if item is not None), None)
    if parent is not None and parent.table == mapped.table:
        return []
    own = bases if parent is None else [base for base in bases if base not in parent.mro]
    holder = next((base for base in own if "__table_args__" in index.mapper.body(base).members), None)
    arguments: list[e.Expr] = []
    schema = ""
    if holder is not None:
        read = _arguments(index, holder, index.mapper.body(holder).members["__table_args__"])
        if read is None:
            return []
        arguments, options = read
        for key, value in options:
            if key != "schema" or (isinstance(value, e.Constant) and value.value is None):
                continue
            text = index.constants.string(value, holder.module, mapped.symbol)
            if text is None:
                return []
            schema = text
    found: list[NamedIndex] = []
    for argument in arguments:
        if holder is not None and isinstance(argument, e.Call):
            item = _of_call(index, mapped, holder.module, argument, schema)
            if item is not None:
                found.append(item)
    inherited = set(parent.mro) if parent is not None else set()
    for attribute in mapped.columns():
        column = attribute.column
        if column is None or not column.index or column.unread or attribute.conditional or attribute.owner in inherited:
            continue
        label = f"{schema}_{mapped.table}" if schema else mapped.table
        place, name = attribute.range, f"ix_{label}_{column.name}"
        found.append(NamedIndex(name, "index", mapped, schema, place, attribute.module, is_generated=True))
    return found


def _arguments(
    index: ProjectIndex, holder: ClassSymbol, member: Member
) -> tuple[list[e.Expr], list[tuple[str, e.Expr]]] | None:
    """Return the arguments and options of a `__table_args__`, or None where part of it is computed."""
    value = member.value
    if member.function is not None:
        value, _ = index.mapper.members.returned(member.function)
    elements = list(value.elements) if isinstance(value, e.Display) else [value] if value is not None else []
    options: list[tuple[str, e.Expr]] = []
    arguments: list[e.Expr] = []
    for element in elements:
        if isinstance(element, e.DictDisplay):
            for item in element.items:
                if not isinstance(item.key, e.Str):
                    return None
                options.append((item.key.value, item.value))
        elif isinstance(element, e.Call):
            arguments.append(element)
        elif not (isinstance(element, e.Constant) and element.value is None):
            return None
    return None if member.conditional else (arguments, options)


def _of_call(index: ProjectIndex, mapped: MappedClass, module: Module, call: e.Call, schema: str) -> NamedIndex | None:
    symbol = index.resolver.expr(module, call.func)
    kind = symbol.name if isinstance(symbol, External) else ""
    if kind == INDEX:
        given = call.argument(0, "name")
    elif kind == UNIQUE_CONSTRAINT:
        given = call.keyword("name")
    else:
        return None
    name = index.constants.string(given, module, mapped.symbol) if given is not None else None
    if not name or given is None:
        return None
    word = "index" if kind == INDEX else "unique constraint"
    return NamedIndex(name, word, mapped, schema, given.range, module)
