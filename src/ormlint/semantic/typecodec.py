"""Types of parameters as plain data and back: classes and functions by their names in `Idents`."""

from __future__ import annotations

from typing import Any

from ormlint.index.enums import EnumClass
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module
from ormlint.semantic import types as t

_SIMPLE = frozenset({str, int, bool, float, type(None)})


class NotPlain(ValueError):
    """A type that holds what cannot be kept, or names what is gone."""


def plain_type(item: Any, index: ProjectIndex) -> object:
    """Return a type as lists of plain data.

    Raises:
        NotPlain: it holds an expression.
    """
    kind = type(item)
    if kind in _SIMPLE:
        return item
    if kind is tuple:
        return ["()", *(plain_type(part, index) for part in item)]
    if kind is ClassSymbol or kind is FunctionSymbol:
        if item.module.is_installed:
            raise NotPlain(item)
        return ["symbol", index.idents.of(item)]
    if kind is Module:
        return ["module", item.path]
    if kind is MappedClass:
        return ["mapped", index.idents.of(item.symbol)]
    if kind is EnumClass:
        return ["enum", index.idents.of(item.symbol)]
    if kind is t.Attr or kind is t.Loaded:
        if item.mapped.attributes.get(item.attribute.name) is not item.attribute:
            raise NotPlain(item)
        return [kind.__name__, ["mapped", index.idents.of(item.mapped.symbol)], item.attribute.name]
    names = getattr(kind, "__dataclass_fields__", None)
    if names is None or kind.__module__ != t.__name__:
        raise NotPlain(item)
    return [kind.__name__, *(plain_type(getattr(item, name), index) for name in names)]


def typed(data: Any, index: ProjectIndex) -> Any:
    """Return the type that was made plain.

    Raises:
        NotPlain: a class or a function that it names is gone.
    """
    if not isinstance(data, list):
        return data
    word, *parts = data
    if word == "()":
        return tuple(typed(part, index) for part in parts)
    if word == "module":
        return _there(index.own_modules.get(parts[0]))
    if word in ("symbol", "mapped", "enum"):
        symbol = _there(index.idents.find(parts[0]))
        if word == "symbol":
            return symbol
        return _there(index.mapped_of(symbol) if word == "mapped" else index.enum_of(symbol))
    if word in ("Attr", "Loaded"):
        mapped = typed(parts[0], index)
        return getattr(t, word)(mapped, _there(mapped.attributes.get(parts[1])))
    return _ONLY.get(word) or getattr(t, word)(*(typed(part, index) for part in parts))


# Types of which there is one instance, and which are compared by identity.
_ONLY = {"Never": t.NEVER, "NoneType": t.NONE}


def _there(item: Any) -> Any:
    if item is None:
        raise NotPlain(item)
    return item
