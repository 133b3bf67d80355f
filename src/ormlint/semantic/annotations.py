"""Annotations to types: classes, unions, collections, `Annotated`, aliases, sessions, results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.symbols import ClassSymbol, External, Module, Symbol, Value
from ormlint.index.vocabulary import ASYNC_SESSIONS, ORM_PREFIXES, SYNC_SESSIONS, advanced_alchemy, flavor_of
from ormlint.index.vocabulary.sqlalchemy import CONNECTIONS, SESSION_FACTORIES
from ormlint.semantic import types as t
from ormlint.semantic.substitution import SELF, class_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ormlint.index.project import ProjectIndex

_SEQUENCES = {
    "list": "list",
    "List": "list",
    "Sequence": "list",
    "MutableSequence": "list",
    "Collection": "list",
    "set": "set",
    "Set": "set",
    "frozenset": "set",
    "FrozenSet": "set",
    "AbstractSet": "set",
    "deque": "list",
    "Iterable": "iterator",
    "Iterator": "iterator",
    "AsyncIterator": "iterator",
    "AsyncIterable": "iterator",
    "Generator": "iterator",
    "AsyncGenerator": "iterator",
    "InstrumentedList": "list",
}
_WRAPPERS = frozenset({"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Mapped"})
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"})
_CONTEXTS = frozenset(
    {"ContextManager", "AsyncContextManager", "AbstractContextManager", "AbstractAsyncContextManager"}
)
_MAX_DEPTH = 12


class AnnotationReader:
    """Reads annotations in the names of a module, given the type variables bound so far."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.resolver = index.resolver

    def read(
        self, expr: e.Expr | None, module: Module, bound: Mapping[str, t.Type] | None = None, depth: int = 0
    ) -> t.Type:
        """Return the type an annotation means; what is not understood is Unknown."""
        if expr is None:
            return t.unknown("no annotation")
        if depth > _MAX_DEPTH:
            return t.unknown("an annotation nested too deeply")
        if isinstance(expr, e.Constant):
            return t.NONE if expr.value is None else t.unknown("not a type")
        if isinstance(expr, e.Binary) and expr.op == "|":
            left = self.read(expr.left, module, bound, depth + 1)
            return t.join((left, self.read(expr.right, module, bound, depth + 1)))
        if isinstance(expr, (e.Name, e.Attribute)):
            if isinstance(expr, e.Name) and bound and expr.id in bound:
                return bound[expr.id]
            return self._of_symbol(self.resolver.expr(module, expr), bound, depth)
        if isinstance(expr, e.Subscript):
            return self._subscript(expr, module, bound, depth)
        if isinstance(expr, e.Str):  # a string that was not an expression
            return t.unknown("an annotation that was not read")
        return t.unknown("an annotation that was not read")

    def _of_symbol(self, symbol: Symbol, bound: Mapping[str, t.Type] | None, depth: int) -> t.Type:
        if isinstance(symbol, ClassSymbol):
            if self._is_session_class(symbol):
                return t.Session(self._is_session_class(symbol) == "async")
            return t.Instance(symbol)
        if isinstance(symbol, External):
            return self._external(symbol.name, ())
        if isinstance(symbol, Value) and symbol.value is not None:
            if isinstance(symbol.value, e.Call):
                called = (e.dotted_name(symbol.value.func) or "").rpartition(".")[2]
                if called == "TypeVar":
                    return self._type_var(symbol, bound)
                if called == "NewType" and len(symbol.value.args) == 2:
                    return self.read(symbol.value.args[1], symbol.module, bound, depth + 1)
                return t.unknown("an annotation made by a call")
            return self.read(symbol.value, symbol.module, bound, depth + 1)
        return t.unknown("a name that is not resolved in an annotation")

    def _type_var(self, symbol: Value, bound: Mapping[str, t.Type] | None) -> t.Type:
        if bound and symbol.name in bound:
            return bound[symbol.name]
        # A bound is the least that is known: attributes of a subclass may exist beside it.
        return t.TypeVar(symbol.name)

    def constraints(self, expr: e.Expr, module: Module) -> t.Type | None:
        """Return what a value annotated with a type variable of several constraints may be, inside the function."""
        symbol = self.resolver.expr(module, expr)
        if isinstance(symbol, Value) and isinstance(symbol.value, e.Call) and len(symbol.value.args) > 2:
            return t.join(self.read(item, symbol.module) for item in symbol.value.args[1:])
        return None

    def _is_session_class(self, symbol: ClassSymbol) -> str | None:
        for base in self.index.bases.mro(symbol)[1:]:
            if isinstance(base, External):
                if base.name in ASYNC_SESSIONS:
                    return "async"
                if base.name in SYNC_SESSIONS:
                    return "sync"
        return None

    def _external(self, name: str, args: tuple[t.Type, ...]) -> t.Type:
        if name in SYNC_SESSIONS:
            return t.Session(False, flavor_of(name))
        if name in ASYNC_SESSIONS:
            return t.Session(True, flavor_of(name))
        if name in SESSION_FACTORIES:
            return t.SessionFactory(SESSION_FACTORIES[name])
        if name in ("typing.Self", "typing_extensions.Self"):
            return SELF
        if name in ("typing.Any", "builtins.object"):
            return t.unknown(name.rpartition(".")[2])
        if name in CONNECTIONS:
            return t.Connection(CONNECTIONS[name])
        last = name.rpartition(".")[2]
        if last in _SEQUENCES and name.startswith(("builtins.", "typing.", "collections.")):
            return t.Sequence(args[0] if args else t.unknown("elements not annotated"), _SEQUENCES[last])
        if last in _MAPPINGS and name.startswith(("builtins.", "typing.", "collections.")):
            if len(args) == 2:
                return t.Dict(args[0], args[1])
            return t.Dict(t.unknown("keys not annotated"), t.unknown("values not annotated"))
        return t.Builtin(name)

    def _subscript(self, expr: e.Subscript, module: Module, bound: Mapping[str, t.Type] | None, depth: int) -> t.Type:
        symbol = self.resolver.expr(module, expr.value)
        elements = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
        name = symbol.name if isinstance(symbol, External) else (e.dotted_name(expr.value) or "")
        last = name.rpartition(".")[2]

        def argument(position: int) -> t.Type:
            if position >= len(elements):
                return t.unknown("a missing type argument")
            return self.read(elements[position], module, bound, depth + 1)

        if isinstance(symbol, ClassSymbol):
            return t.Instance(symbol, tuple(argument(position) for position in range(len(elements))))
        if last == "Optional":
            return t.optional(argument(0))
        if last == "Union":
            return t.join(argument(position) for position in range(len(elements)))
        if last in _WRAPPERS:
            return argument(0)
        if last == "Literal":
            values = [_literal(element) for element in elements]
            return t.join(values)
        if last in ("type", "Type"):
            inner = argument(0)
            if isinstance(inner, t.Union_):
                return t.join(class_of(member) for member in inner.members)
            return class_of(inner)
        if last in ("Generator", "AsyncGenerator", "Iterator", "AsyncIterator"):
            return t.Sequence(argument(0), "iterator")
        if last in _SEQUENCES:
            return t.Sequence(argument(0), _SEQUENCES[last])
        if last in _MAPPINGS:
            return t.Dict(argument(0), argument(1))
        if last in ("tuple", "Tuple"):
            if len(elements) == 2 and isinstance(elements[1], e.EllipsisLiteral):
                return t.Sequence(argument(0), "tuple")
            return t.TupleOf(tuple(argument(position) for position in range(len(elements))))
        if last in ("Awaitable", "Coroutine"):
            return t.Coroutine(argument(len(elements) - 1))
        if last in _CONTEXTS:
            return t.Context(argument(0))
        return self._orm(name, last, argument, elements)

    def _orm(self, name: str, last: str, argument: object, elements: tuple[e.Expr, ...]) -> t.Type:
        first: t.Type = argument(0)  # type: ignore[operator]
        if last in ("scoped_session", "sessionmaker", "async_sessionmaker", "async_scoped_session"):
            is_async = last.startswith("async")
            return t.SessionFactory(is_async) if last.endswith("maker") else t.Session(is_async)
        repository = advanced_alchemy.class_of(name)
        if repository is not None:
            return t.Repository(first, *repository)
        if not name.startswith(ORM_PREFIXES):
            return t.Builtin(name) if name else t.unknown("a generic that is not resolved")
        if last == "Query":
            return t.Query((first,), single=not isinstance(first, (t.TupleOf, t.Row)))
        if last in ("ScalarResult", "AsyncScalarResult"):
            return t.Result((first,), "scalars", last.startswith("Async"))
        entities = first.elements if isinstance(first, t.TupleOf) else None
        if last in ("Result", "AsyncResult", "CursorResult"):
            return t.Result(entities, "rows", last.startswith("Async"))
        if last == "Row":
            return t.Row(entities)
        if last in ("Select", "SelectOfScalar"):
            if entities is None and isinstance(first, t.Instance):
                entities = (first,)
            return t.Statement("select", entities, flavor="sqlmodel" if last == "SelectOfScalar" else "sqlalchemy")
        return t.Builtin(name)


def _literal(expr: e.Expr) -> t.Type:
    if isinstance(expr, e.Str):
        return t.Literal(expr.value)
    if isinstance(expr, e.Constant):
        return t.NONE if expr.value is None else t.Literal(expr.value)
    return t.unknown("a literal that was not read")
