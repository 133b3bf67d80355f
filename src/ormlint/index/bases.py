"""Base classes: what each one is, and the MRO with the unknown kept in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ormlint.facts import expressions as e
from ormlint.index.mro import c3_merge
from ormlint.index.reads import recorded
from ormlint.index.symbols import (
    ClassSymbol,
    External,
    FunctionSymbol,
    Module,
    Resolver,
    Symbol,
    Unknown,
    Value,
)
from ormlint.index.vocabulary import EXTERNAL_MIXINS, HARMLESS_BASES, flask_sqlalchemy
from ormlint.index.vocabulary.sqlalchemy import BASE_FACTORIES


@dataclass(eq=False, slots=True)
class DynamicBase:
    """A declarative base made by a call. `kind`: "declarative", "automap" or "flask"."""

    kind: str
    value: Value | None
    parents: tuple[Base, ...] = ()  # `cls=` or `model_class=`
    constructor: bool = False  # given a `constructor=` of its own
    type_map: tuple[e.Expr, Module] | None = None

    def __repr__(self) -> str:
        return f"DynamicBase({self.kind})"


Base: TypeAlias = "ClassSymbol | External | DynamicBase | Unknown"


class BaseReader:
    """Resolves base expressions and linearises classes. Answers are remembered."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self._mro: dict[str, tuple[tuple[Base, ...], object]] = {}
        self._dynamic: dict[int, tuple[Base, object]] = {}
        self._external: dict[str, External] = {}
        self._flask: dict[int, tuple[bool, object]] = {}
        self._expanded: dict[str, None] = {}  # keys of classes whose installed bases are looked into

    def remembered(self) -> tuple[dict[Any, Any], ...]:
        """Return what is remembered."""
        return self._mro, self._dynamic, self._external, self._flask, self._expanded

    def base(self, module: Module, expr: e.Expr, depth: int = 0) -> Base:
        """Return the class a base expression means."""
        if depth > 10:
            return Unknown("a base defined through too many names")
        if isinstance(expr, e.Subscript):
            return self.base(module, expr.value, depth + 1)
        if isinstance(expr, e.Call):
            return self._called(module, expr, None, depth)
        if isinstance(expr, e.Attribute):
            owner = self.resolver.expr(module, expr.value)
            if isinstance(owner, Value) and expr.attr == "Model" and self.is_flask(owner):
                return self._flask_base(owner)
        symbol = self.resolver.expr(module, expr)
        return self._of_symbol(symbol, depth)

    def _of_symbol(self, symbol: Symbol, depth: int) -> Base:
        if isinstance(symbol, ClassSymbol):
            return symbol
        if isinstance(symbol, External):
            return self._external.setdefault(symbol.name, symbol)
        if isinstance(symbol, Unknown):
            return symbol
        if isinstance(symbol, Value):
            return recorded(self._dynamic, id(symbol), lambda: self._of_value(symbol, depth))
        return Unknown("not a class")

    def _of_value(self, symbol: Value, depth: int) -> Base:
        self._dynamic[id(symbol)] = (Unknown(f"`{symbol.name}` is defined by itself"), ())
        if isinstance(symbol.value, e.Call):
            return self._called(symbol.module, symbol.value, symbol, depth + 1)
        if isinstance(symbol.value, (e.Name, e.Attribute, e.Subscript)):
            return self.base(symbol.module, symbol.value, depth + 1)
        return Unknown(f"`{symbol.name}` is not a class that can be read")

    def _called(self, module: Module, call: e.Call, value: Value | None, depth: int) -> Base:
        func = self.resolver.expr(module, call.func)
        name = func.name if isinstance(func, External) else ""
        if isinstance(call.func, e.Attribute) and call.func.attr == "generate_base":
            return DynamicBase("declarative", value, self._parents(module, call, "cls", depth))
        if name in BASE_FACTORIES:
            kind = "automap" if name.endswith("automap_base") else "declarative"
            parents = self._parents(module, call, "cls", depth)
            if kind == "automap" and call.args:
                parents = (self.base(module, call.args[0], depth + 1),)
            type_map = call.keyword("type_annotation_map")
            return DynamicBase(
                kind,
                value,
                parents,
                constructor=call.keyword("constructor") is not None,
                type_map=(type_map, module) if type_map is not None else None,
            )
        if isinstance(func, Value) and isinstance(call.func, e.Name) and func.value is not None:
            return Unknown(f"`{e.dotted_name(call.func)}(...)` makes the class")
        if (e.dotted_name(call.func) or "").rpartition(".")[2] == "with_metaclass" and len(call.args) > 1:
            return Unknown("a base made by `with_metaclass`")
        if isinstance(func, FunctionSymbol):
            return Unknown(f"the class is made by `{func.name}(...)`")
        shown = e.dotted_name(call.func) or "a call"
        return Unknown(f"the class is made by `{shown}(...)`")

    def _parents(self, module: Module, call: e.Call, keyword: str, depth: int) -> tuple[Base, ...]:
        given = call.keyword(keyword)
        if given is None:
            return ()
        if isinstance(given, e.Display):
            return tuple(self.base(module, element, depth + 1) for element in given.elements)
        return (self.base(module, given, depth + 1),)

    # -- Flask-SQLAlchemy

    def is_flask(self, value: Value) -> bool:
        """Tell whether a module-level name holds a Flask-SQLAlchemy extension object."""
        return recorded(self._flask, id(value), lambda: self._is_flask(value))

    def _is_flask(self, value: Value) -> bool:
        self._flask[id(value)] = (False, ())  # for a name that is defined by itself: `db = db.init(...)`
        call = value.value
        if not isinstance(call, e.Call):
            return False
        func = self.resolver.expr(value.module, call.func)
        if isinstance(func, External):
            return func.name == flask_sqlalchemy.EXTENSION
        if isinstance(func, ClassSymbol):
            return any(
                isinstance(base, External) and base.name == flask_sqlalchemy.EXTENSION for base in self.mro(func)
            )
        return False

    def _flask_base(self, value: Value) -> Base:
        def make() -> Base:
            call = value.value
            parents: tuple[Base, ...] = ()
            if isinstance(call, e.Call):
                parents = self._parents(value.module, call, "model_class", 0)
            return DynamicBase("flask", value, parents)

        return recorded(self._dynamic, -id(value), make)

    # -- linearisation

    def expand(self, symbol: ClassSymbol) -> bool:
        """Look into the installed packages that a class derives from; tell whether its MRO may differ now.

        This costs reading files, so it is asked for mapped classes only.
        """
        if self.resolver.installed is None:
            return False
        before = self.mro(symbol)
        if not any(isinstance(base, External) and is_foreign(base) for base in before):
            return False
        for base in before:
            if isinstance(base, ClassSymbol):
                self._expanded[base.key] = None
                self._mro.pop(base.key, None)
        return True

    def _installed(self, base: Base) -> Base:
        """Return the class that an external name is, read from its package; the name where it was not found."""
        if not isinstance(base, External) or not is_foreign(base):
            return base
        found = self.resolver.installed_object(base.name)
        return self._of_symbol(found, 1) if isinstance(found, (ClassSymbol, Value)) else base

    def mro(self, symbol: ClassSymbol) -> tuple[Base, ...]:
        """Return the class, then its ancestors in order; `object` is left out, the unknown is kept."""
        return recorded(self._mro, symbol.key, lambda: self._linearise(symbol))

    def _linearise(self, symbol: ClassSymbol) -> tuple[Base, ...]:
        self._mro[symbol.key] = ((symbol, Unknown("the class derives from itself")), ())
        bases = [self.base(symbol.module, expr) for expr in symbol.facts.bases if not isinstance(expr, e.Starred)]
        if any(isinstance(expr, e.Starred) for expr in symbol.facts.bases):
            bases.append(Unknown("bases given by `*`"))
        if symbol.module.is_installed or symbol.key in self._expanded:
            bases = [self._installed(base) for base in bases]
        bases = [base for base in bases if base != External("builtins.object")]
        sequences: list[list[Base]] = [self._ancestors(base) for base in bases]
        merged = c3_merge([*sequences, list(bases)])
        if merged is None:
            # A class Python would refuse, or two unknown bases that are one: depth first is near enough.
            seen: list[Base] = []
            for sequence in sequences:
                seen.extend(item for item in sequence if item not in seen)
            merged = seen
        return (symbol, *merged)

    def _ancestors(self, base: Base) -> list[Base]:
        if isinstance(base, ClassSymbol):
            return list(self.mro(base))
        if isinstance(base, DynamicBase):
            sequences = [self._ancestors(parent) for parent in base.parents]
            return [base, *(c3_merge([*sequences, list(base.parents)]) or [])]
        return [base]


def is_foreign(base: External) -> bool:
    """Tell whether a base is not of the vocabulary and may add names to a class."""
    return "." in base.name and base.name not in HARMLESS_BASES and base.name not in EXTERNAL_MIXINS
