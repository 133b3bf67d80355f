"""Objects that a coroutine loads without loader options, and the lazy relationships it reads of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.semantic import events
from ormlint.semantic import types as t

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_ONE = frozenset({"scalar_one", "scalar_one_or_none", "scalar", "first", "one", "one_or_none"})
_GET = frozenset({"get", "get_one"})


class LazyLoadReader:
    """Remembers which variables hold objects whose lazy relationships are not loaded."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self._names: set[str] = set()

    def forget(self, name: str) -> None:
        """Forget a variable: it is bound anew, or what it holds was refreshed."""
        self._names.discard(name)

    def assigned(self, target: e.Expr, value: e.Expr) -> None:
        """Note `name = await session.get(Model, key)` and `name = result.scalar_one()`."""
        if isinstance(target, e.Name) and self._in_coroutine() and self._is_lazy(value):
            self._names.add(target.id)

    def looped(self, target: e.Expr, kind: t.Type) -> None:
        """Note the variable of a loop over a result."""
        if isinstance(target, e.Name) and self._in_coroutine() and isinstance(kind, t.Result) and kind.is_lazy:
            if kind.mode == "scalars":
                self._names.add(target.id)

    def loaded(self, expr: e.Attribute, mapped: MappedClass, attribute: ModelAttribute) -> None:
        """Report a lazy relationship read of such an object."""
        relationship = attribute.relationship
        if relationship is None or relationship.lazy not in ("", "select") or not isinstance(expr.value, e.Name):
            return
        lazy = relationship.call.keyword("lazy") if relationship.call is not None else None
        if lazy is not None and not isinstance(lazy, e.Str):
            return
        if expr.value.id in self._names and attribute.kind == "relationship" and not self.ev.expected:
            self.ev.emit(events.LazyLoad(mapped, attribute, expr, expr.value.id, self.ev.record))

    def called(self, func: t.Type, node: e.Call) -> None:
        """Forget what is refreshed or handed to other code, which may load more of it."""
        if not self._names:
            return
        if (
            isinstance(func, t.Method)
            and isinstance(func.receiver, t.Session)
            and func.name not in ("refresh", "run_sync")
        ):
            return
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, e.Name):
                self.forget(argument.id)

    def _in_coroutine(self) -> bool:
        symbol = self.ev.record.symbol
        return symbol is not None and symbol.facts.is_async

    def _is_lazy(self, value: e.Expr) -> bool:
        awaited = value.value if isinstance(value, e.Await) else value
        if not isinstance(awaited, e.Call) or not isinstance(awaited.func, e.Attribute):
            return False
        func = self.ev.quiet(awaited.func)
        if not isinstance(func, t.Method):
            return False
        if isinstance(func.receiver, t.Session):
            if not func.receiver.is_async or not isinstance(value, e.Await):
                return False
            if func.name in _GET:
                return awaited.keyword("options") is None and len(awaited.args) == 2
            statement = self.ev.quiet(awaited.args[0]) if awaited.args else None
            return func.name == "scalar" and isinstance(statement, t.Statement) and not statement.has_options
        return isinstance(func.receiver, t.Result) and func.receiver.is_lazy and func.name in _ONE
