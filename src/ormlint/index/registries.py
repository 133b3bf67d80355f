"""Which registry a mapped class belongs to: the classes of one registry know each other by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.bases import DynamicBase
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, External, Module, Value
from ormlint.index.vocabulary import sqlmodel
from ormlint.index.vocabulary.sqlalchemy import DECLARATIVE_BASES

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex


def registry_of(index: ProjectIndex, mapped: MappedClass) -> str | None:
    """Return a key that the classes of one registry share, or None when the registry is not known.

    A base that is made outside the project may hold any other class, so it has no key.
    """
    for decorator in mapped.symbol.facts.decorators:
        func = decorator.func if isinstance(decorator, e.Call) else decorator
        if isinstance(func, e.Attribute) and func.attr in ("mapped", "mapped_as_dataclass"):
            return _value_key(index, mapped.symbol.module, func.value)
    for base in mapped.mro:
        if isinstance(base, DynamicBase):
            return _dynamic_key(index, base)
        if isinstance(base, External) and base.name == sqlmodel.BASE:
            return "sqlmodel"
        if isinstance(base, ClassSymbol) and _is_root(index, base):
            if base.module.is_installed:
                return None
            given = index.mapper.body(base).members.get("registry")
            if given is not None and given.value is not None and not isinstance(given.value, e.Call):
                return _value_key(index, base.module, given.value)
            return base.key
    return None


def _is_root(index: ProjectIndex, symbol: ClassSymbol) -> bool:
    for decorator in symbol.facts.decorators:
        func = decorator.func if isinstance(decorator, e.Call) else decorator
        if (e.dotted_name(func) or "").rpartition(".")[2] in ("as_declarative", "as_declarative_base"):
            return True
    found = [index.resolver.expr(symbol.module, base) for base in symbol.facts.bases]
    return any(isinstance(base, External) and base.name in DECLARATIVE_BASES for base in found)


def _dynamic_key(index: ProjectIndex, base: DynamicBase) -> str | None:
    if base.kind == "automap" or base.value is None:
        return None
    call = base.value.value
    if isinstance(call, e.Call):
        if call.keyword("class_registry") is not None:
            return None
        if isinstance(call.func, e.Attribute) and call.func.attr == "generate_base":
            return _value_key(index, base.value.module, call.func.value)
    if base.value.module.is_installed:
        return None
    return f"{base.value.module.path}:{base.value.name}"


def _value_key(index: ProjectIndex, module: Module, expr: e.Expr) -> str | None:
    symbol = index.resolver.expr(module, expr)
    if isinstance(symbol, Value) and isinstance(symbol.value, e.Call) and not symbol.module.is_installed:
        if symbol.value.keyword("class_registry") is None:
            return f"{symbol.module.path}:{symbol.name}"
    return None


@dataclass(frozen=True, slots=True)
class MadeByCalls:
    """The names of classes and tables that calls make, and whether others have computed names.

    `creating` are the paths of the modules that speak of `create_all`. `bases` are the names of the classes from which
    a call derives one whose name or attributes are computed.
    """

    classes: frozenset[str]
    tables: frozenset[str]
    any_class: bool
    any_table: bool
    creating: frozenset[str]
    labels: frozenset[str] = frozenset()  # names given by `….label("name")`
    bases: frozenset[str] = frozenset()


_CALLED = (b"label", b"Table", b"reflect", b"new_class", b"__new__", b"DeclarativeMeta", b"type")
_SPACE = rb"(?:[\s\\]|#[^\n]*\n)*"
# `type(x)` with a name alone makes nothing, and stands in many files.
_CALLS = {
    word: re.compile(rb"\b" + word + _SPACE + (rb"\((?!\s*[\w.]+\s*\))" if word == b"type" else rb"\("))
    for word in _CALLED
}


def may_make(text: bytes) -> bool:
    """Tell whether such calls may stand in a text.

    To look for each word takes 3 ms a MB, for all at once as one expression 20 ms, to walk facts 100 ms.
    """
    if b"create_all" in text:
        return True
    return any(word in text and pattern.search(text) is not None for word, pattern in _CALLS.items())


def made_by_calls(index: ProjectIndex, module: Module) -> MadeByCalls:
    """Return what `type("Name", (Base,), …)` and `Table("name", …)` make in a module, wherever they stand."""
    classes: set[str] = set()
    tables: set[str] = set()
    any_class = any_table = False
    creating: set[str] = set()
    labels: set[str] = set()
    bases: set[str] = set()
    blocks: list[object] = [module.interface.body, *(symbol.facts.body for symbol in module.classes)]
    blocks += [index.body(function) for function in module.functions]
    for node in (node for block in blocks for node in walk_nodes(block)):
        if isinstance(node, e.Attribute) and node.attr == "create_all":
            creating.add(module.path)
        if isinstance(node, e.Call) and isinstance(node.func, e.Attribute) and node.func.attr == "label":
            if node.args and isinstance(node.args[0], e.Str):
                labels.add(node.args[0].value)
        if not isinstance(node, e.Call) or not node.args:
            continue
        name = (e.dotted_name(node.func) or "").rpartition(".")[2]
        first = node.args[0]
        if name in ("type", "new_class", "__new__", "DeclarativeMeta") and len(node.args) >= 2:
            position = 1 if name == "__new__" and len(node.args) > 1 else 0
            given = node.args[position]
            rest = node.args[position + 1 :]
            if not (isinstance(given, e.Str) and len(rest) > 1 and _is_literal(rest[1])):
                bases.update(_base_names(rest))
            if isinstance(given, e.Str):
                classes.add(given.value)
            elif _names_a_base(rest):
                any_class = True
        elif name == "Table":
            if isinstance(first, e.Str):
                tables.add(first.value)
            elif len(node.args) > 1 and (e.dotted_name(node.args[1]) or "").endswith(".metadata"):
                any_table = True
        elif name == "reflect" and isinstance(node.func, e.Attribute):
            receiver = e.dotted_name(node.func.value) or ""
            any_table = any_table or receiver.endswith(".metadata")
    return MadeByCalls(
        frozenset(classes),
        frozenset(tables),
        any_class,
        any_table,
        frozenset(creating),
        frozenset(labels),
        frozenset(bases),
    )


def all_made(found: Iterable[MadeByCalls]) -> MadeByCalls:
    """Return what several modules make."""
    kept = [item for item in found if item != NOTHING_MADE]
    return MadeByCalls(
        frozenset().union(*(item.classes for item in kept)),
        frozenset().union(*(item.tables for item in kept)),
        any(item.any_class for item in kept),
        any(item.any_table for item in kept),
        frozenset().union(*(item.creating for item in kept)),
        frozenset().union(*(item.labels for item in kept)),
        frozenset().union(*(item.bases for item in kept)),
    )


NOTHING_MADE = MadeByCalls(frozenset(), frozenset(), False, False, frozenset())


def _names_a_base(rest: tuple[e.Expr, ...]) -> bool:
    """Tell whether `type(name, bases, …)` gives any base at all: a class without one is not mapped."""
    return bool(rest) and not (isinstance(rest[0], e.Display) and not rest[0].elements)


def _base_names(rest: tuple[e.Expr, ...]) -> Iterator[str]:
    """Yield the names of the classes in the bases of `type(name, (Base, Mixin), …)`."""
    if rest and isinstance(rest[0], e.Display):
        for element in rest[0].elements:
            yield (e.dotted_name(element) or "").rpartition(".")[2]


def _is_literal(attributes: e.Expr) -> bool:
    """Tell whether a dict shows all its keys."""
    return isinstance(attributes, e.DictDisplay) and all(isinstance(item.key, e.Str) for item in attributes.items)


def declarative_base_of(mapped: MappedClass) -> object:
    """Return what stands for the registry of a class: its declarative base."""
    for base in mapped.mro[1:]:
        if isinstance(base, DynamicBase):
            return base
    bases = [base for base in mapped.mro[1:] if isinstance(base, ClassSymbol)]
    return bases[-1] if bases else None
