"""Types in annotations: what is optional, what is an alias, and what a `type_annotation_map` has for them."""

from __future__ import annotations

from dataclasses import dataclass

from ormlint.facts import expressions as e
from ormlint.index.symbols import ClassSymbol, External, Module, Resolver, Symbol, Value
from ormlint.index.vocabulary.sqlalchemy import MAPPED_COLUMN


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A type without what is round it. `call` is the `mapped_column(...)` of an `Annotated`, `entry` the type map's."""

    optional: bool
    core: e.Expr
    module: Module  # where the core stands
    call: e.Call | None
    call_module: Module
    entry: tuple[e.Expr, Module] | None = None


@dataclass(frozen=True, slots=True)
class TypeMap:
    """A `type_annotation_map`: Python type (canonical name) → SQLAlchemy type expression."""

    entries: dict[str, tuple[e.Expr, Module]]
    is_open: bool

    def covers(self, symbol: Symbol) -> bool:
        """Tell whether the map may say something of a Python type."""
        if isinstance(symbol, ClassSymbol):
            return self.is_open or "enum.Enum" in self.entries or symbol.key in self.entries
        return isinstance(symbol, External) and (self.is_open or symbol.name in self.entries)

    def type_of(self, symbol: Symbol) -> tuple[e.Expr | None, Module | None]:
        """Return the type expression for a Python type and the module it stands in."""
        key = symbol.key if isinstance(symbol, ClassSymbol) else symbol.name if isinstance(symbol, External) else ""
        if key in self.entries:
            return self.entries[key]
        if isinstance(symbol, ClassSymbol) and "enum.Enum" in self.entries:
            return self.entries["enum.Enum"]
        return None, None


def split_optional(expr: e.Expr, resolver: Resolver, module: Module) -> tuple[bool, e.Expr]:
    """Return (accepts None, T) for `Optional[T]`, `T | None`, `Union[T, None]`, `T`."""
    if isinstance(expr, e.Subscript):
        name = (e.dotted_name(expr.value) or "").rpartition(".")[2]
        if name == "Optional":
            return True, expr.index
        if name == "Union":
            elements = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
            rest = [element for element in elements if not _is_none(element)]
            return len(rest) < len(elements), rest[0] if len(rest) == 1 else expr
        return False, expr
    if isinstance(expr, e.Binary) and expr.op == "|":
        parts = _union_parts(expr)
        rest = [part for part in parts if not _is_none(part)]
        return len(rest) < len(parts), rest[0] if len(rest) == 1 else expr
    return _is_none(expr), expr


def _union_parts(expr: e.Expr) -> list[e.Expr]:
    if isinstance(expr, e.Binary) and expr.op == "|":
        return [*_union_parts(expr.left), *_union_parts(expr.right)]
    return [expr]


def is_named(symbol: Symbol, name: str) -> bool:
    """Tell whether a symbol is an external object with this last part of its name."""
    return isinstance(symbol, External) and symbol.name.rpartition(".")[2] == name


def literal_strings(core: e.Expr) -> tuple[str, ...] | None:
    """Return the strings of `Literal["a", "b"]`; None where it holds anything else."""
    if not isinstance(core, e.Subscript):
        return None
    elements = core.index.elements if isinstance(core.index, e.Display) else (core.index,)
    strings = tuple(element.value for element in elements if isinstance(element, e.Str))
    return strings if len(strings) == len(elements) else None


def _is_none(expr: e.Expr) -> bool:
    return isinstance(expr, e.Constant) and expr.value is None


def annotated_parts(expr: e.Expr, module: Module, resolver: Resolver) -> tuple[e.Expr, e.Call | None] | None:
    """Return (T, its first `mapped_column` call) for `Annotated[T, ...]`; None for anything else."""
    if not isinstance(expr, e.Subscript):
        return None
    symbol = resolver.expr(module, expr.value)
    if not (isinstance(symbol, External) and symbol.name.endswith(".Annotated")):
        return None
    elements = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
    for element in elements[1:]:
        called = resolver.expr(module, element.func) if isinstance(element, e.Call) else None
        if isinstance(element, e.Call) and called == External(MAPPED_COLUMN):
            return elements[0], element
    return elements[0], None


def alias_of(expr: e.Expr, module: Module, resolver: Resolver) -> tuple[e.Expr, Module] | None:
    """Return what a name stands for: `Maybe = Optional[str]`, `type Key = int`, `TypeAliasType("Key", int)`."""
    if not isinstance(expr, (e.Name, e.Attribute)):
        return None
    symbol = resolver.expr(module, expr)
    if not isinstance(symbol, Value) or symbol.value is None:
        return None
    value = symbol.value
    if isinstance(value, e.Call):
        func = resolver.expr(symbol.module, value.func)
        is_alias = isinstance(func, External) and func.name.endswith(".TypeAliasType") and len(value.args) == 2
        return (value.args[1], symbol.module) if is_alias else None
    if isinstance(value, (e.Subscript, e.Name, e.Attribute, e.Binary)):
        return value, symbol.module
    return None


def type_key(expr: e.Expr, module: Module, resolver: Resolver) -> str:
    """Return a text that is equal for types that are equal as keys of a `type_annotation_map`."""
    if isinstance(expr, (e.Name, e.Attribute)):
        symbol: Symbol = resolver.expr(module, expr)
        own = module.scope.get(expr.id, ()) if isinstance(expr, e.Name) else ()
        if own and isinstance(own[-1].target, Value) and own[-1].target.is_type:
            symbol = own[-1].target
        if isinstance(symbol, ClassSymbol):
            return symbol.key
        if isinstance(symbol, External):
            return symbol.name
        if isinstance(symbol, Value):
            if isinstance(symbol.value, e.Subscript) and symbol.annotation is None and not symbol.is_type:
                return type_key(symbol.value, symbol.module, resolver)
            return f"{symbol.module.path}:{symbol.name}"
    if isinstance(expr, e.Subscript):
        elements = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
        inner = ", ".join(type_key(element, module, resolver) for element in elements)
        return f"{type_key(expr.value, module, resolver)}[{inner}]"
    if isinstance(expr, (e.Str, e.Constant)):
        return repr(expr.value)
    return f"at {expr.start}"
