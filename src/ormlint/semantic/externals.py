"""Calls of functions outside the project: builtins, typing, SQLAlchemy's constructors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.vocabulary import (
    NOT_COMING_BACK,
    ORM_PREFIXES,
    SESSION_CLASSES,
    STATEMENTS,
    fastapi,
    flavor_of,
    sqlalchemy,
    sqlmodel,
)
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments
from ormlint.semantic.clock import moment_of, now_of
from ormlint.semantic.substitution import instance_of

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator


_CACHES = frozenset({"functools.lru_cache", "functools.cache"})
_CACHE = t.ExternalObject("functools.cache")
_SAME_ELEMENTS = frozenset(
    {
        "builtins.list",
        "builtins.sorted",
        "builtins.reversed",
        "builtins.set",
        "builtins.tuple",
        "builtins.frozenset",
        "builtins.iter",
    }
)


class ExternalCalls:
    """Answers calls of external objects by their canonical name."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index

    def call(self, name: str, given: Arguments) -> t.Type:
        """Return what calling an external function or class gives, by its canonical name."""
        if name in STATEMENTS:
            return self.ev.calls.sessions.statement(name, given)
        if name in NOT_COMING_BACK:
            return t.NEVER
        time = now_of(name, given.node, self.ev.is_zone) or moment_of(name, given.node, self.ev.is_zone)
        if time is not None:
            return time
        if name == "datetime.timedelta":
            return t.Builtin(name)
        if name in _SAME_ELEMENTS:
            kind = given.type(0)
            if kind is None:
                return t.Sequence(t.EMPTY, {"builtins.set": "set", "builtins.tuple": "tuple"}.get(name, "list"))
            shape = {"builtins.set": "set", "builtins.tuple": "tuple"}.get(name, "list")
            return t.Sequence(self.ev.iterate(kind), shape)
        if name.startswith("builtins."):
            return self._builtin(name.removeprefix("builtins."), given)
        if name.rpartition(".")[2] == "cast" and name.startswith("typing") and len(given.args) == 2:
            return self.model.annotations.read(given.args[0][0], self.ev.module)
        if name in sqlalchemy.ALIASES:
            kind = given.type(0)
            if isinstance(kind, (t.ClassType, t.Aliased)):
                return t.Aliased(kind.cls, name == sqlalchemy.WITH_POLYMORPHIC)
            return t.unknown("an alias")
        if name.startswith(sqlalchemy.FUNCTIONS):
            return t.SQL
        if name in SESSION_CLASSES:
            return t.Session(SESSION_CLASSES[name], flavor_of(name))
        if name in sqlalchemy.CREATE_ENGINE:
            return t.Builtin(sqlalchemy.CREATE_ENGINE[name])
        if name in sqlalchemy.SESSION_FACTORIES:
            return self.ev.calls.sessions.factory(name, given)
        if name in sqlalchemy.SCOPED_SESSIONS:
            factory = given.type(0)
            is_async = factory.is_async if isinstance(factory, t.SessionFactory) else sqlalchemy.SCOPED_SESSIONS[name]
            return t.Session(is_async)
        if name == sqlalchemy.OBJECT_SESSION:
            return t.Session(False)
        if name in sqlalchemy.EXPRESSION_CALLS:
            return t.SQL
        if name == sqlmodel.COL:
            return given.type(0) or t.SQL
        if name in fastapi.PROVIDERS:
            return self.model.functions.provided(given.type(0, "dependency"))
        if name in _CACHES:
            return self._cached(given)
        if name in ("contextlib.contextmanager", "contextlib.asynccontextmanager") and given.args:
            return self._context_manager(given.args[0][1])
        if name == "functools.partial" and given.args:
            return self._partial(given.args[0][1])
        if name in ("contextlib.closing", "contextlib.nullcontext"):
            return t.Context(given.type(0) or t.NONE)
        if name == "collections.defaultdict":
            return self._defaultdict(given)
        if name in ("copy.copy", "copy.deepcopy"):
            return given.type(0) or t.unknown("a copy")
        if name in ("asyncio.wait_for", "asyncio.shield") and given.args:
            return given.args[0][1]
        factory = self.model.factories.made_factory(name, given)
        if factory is not None:
            return factory
        last = name.rpartition(".")[2]
        if last[:1].isupper() and not name.startswith(ORM_PREFIXES):
            return t.Builtin(name)
        return t.unknown(f"`{name}(…)` is outside the project")

    def _cached(self, given: Arguments) -> t.Type:
        """Answer `lru_cache(function)` and `lru_cache(maxsize=9)(function)`: what the function gives is kept."""
        first = given.type(0)
        if isinstance(first, t.Function):
            return first
        if first is None or isinstance(first, (t.Literal, t.NoneType)):
            return _CACHE
        return t.unknown("a cache of something unknown")

    def _context_manager(self, func: t.Type) -> t.Type:
        """Answer `asynccontextmanager(generator)`, called instead of used as a decorator."""
        if isinstance(func, t.Function):
            return t.Partial(t.Context(orm.iterate(self.model.functions.call(func, None))))
        return t.unknown("a context manager of something unknown")

    def _partial(self, func: t.Type) -> t.Type:
        if isinstance(func, t.Function):
            return t.Partial(self.model.functions.call(func, None))
        made = instance_of(func)
        return t.Partial(made) if made is not None else t.unknown("a partial of something unknown")

    def _builtin(self, name: str, given: Arguments) -> t.Type:
        first = given.type(0)
        if name == "next" and first is not None:
            found = self.ev.iterate(first)
            return t.join((found, given.args[1][1])) if len(given.args) > 1 else found
        if name == "enumerate" and first is not None:
            return t.Sequence(t.TupleOf((t.Builtin("builtins.int"), self.ev.iterate(first))), "iterator")
        if name == "zip":
            if given.has_star:
                return t.unknown("zip of a star")
            return t.Sequence(t.TupleOf(tuple(self.ev.iterate(kind) for _, kind in given.args)), "iterator")
        if name == "map" and len(given.args) == 2 and not given.has_star:
            one = Arguments(given.node, ((given.node, self.ev.iterate(given.args[1][1])),), (), (), False)
            recording, self.ev.recording = self.ev.recording, False
            result = self.ev.calls.called(given.args[0][1], one)
            self.ev.recording = recording
            return t.Sequence(result, "iterator")
        if name == "filter" and len(given.args) == 2:
            element = self.ev.iterate(given.args[1][1])
            return t.Sequence(element, "iterator")
        if name in ("max", "min") and len(given.args) == 1 and first is not None:
            return self.ev.iterate(first)
        if name == "dict":
            return self._dict_call(given)
        if name == "type" and len(given.args) == 1 and isinstance(first, t.Instance):
            return t.ClassType(first.cls, first.args)
        if name in (
            "str",
            "int",
            "float",
            "bool",
            "bytes",
            "len",
            "repr",
            "sum",
            "any",
            "all",
            "round",
            "abs",
        ):
            if name == "str" and isinstance(first, t.Literal) and isinstance(first.value, str):
                return first
            return t.Builtin(f"builtins.{name}")
        return t.unknown(f"`{name}(…)`")

    def _defaultdict(self, given: Arguments) -> t.Type:
        """Answer `defaultdict(list)`: what is appended later says of what."""
        if len(given.args) != 1 or given.keywords or given.rest:
            return t.unknown("a defaultdict with contents")
        factory = given.args[0][1]
        value = self.ev.calls.called(factory, Arguments(given.node, (), (), (), False))
        return t.Dict(t.unknown("keys of an empty dict"), value)

    def _dict_call(self, given: Arguments) -> t.Type:
        items: list[tuple[str, t.Type, e.Expr]] | None = []
        for _, kind in (*given.args, *given.rest):
            if isinstance(kind, t.Dict) and kind.items is not None and items is not None:
                items.extend(kind.items)
            else:
                items = None
        if items is not None:
            items.extend((keyword.name, kind, keyword.value) for keyword, kind in given.keywords)
        values = [kind for _, kind in given.keywords]
        value = t.join(values) if values else t.unknown("values of a dict")
        return t.Dict(t.Builtin("builtins.str"), value, tuple(items) if items is not None else None)
