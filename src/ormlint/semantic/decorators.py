"""What decorators do to the result of a function: known names, and those the project defines itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.reads import recorded
from ormlint.index.symbols import External, FunctionSymbol
from ormlint.index.vocabulary import fastapi, pytest

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

KEEPING = frozenset(
    (
        "staticmethod",
        "classmethod",
        "property",
        "cached_property",
        "wraps",
        "lru_cache",
        "cache",
        "overload",
        "override",
        "abstractmethod",
        "retry",
        "task",
        "shared_task",
        "deprecated",
        "final",
        "inject",
        "transactional",
        "timeit",
        "trace",
        "validates",
        "login_required",
        "hybrid_property",
        "hybrid_method",
        *pytest.DECORATORS,
        "asyncio",
        "no_type_check",
        "async_timed",
        "background",
        "contextmanager",
        "asynccontextmanager",
        "depends_on",
        "track",
        "log_function",
        "setter",
        "getter",
        "deleter",
    )
)
CLASS_DECORATORS = frozenset(
    (
        "classmethod",
        "declared_attr",
        "directive",
        "cascading",
        "validator",
        "field_validator",
        "root_validator",
        "expression",
        "update_expression",
        "comparator",
    )
)
# A hybrid runs with an instance in Python and with the class in a query.
EITHER_DECORATORS = frozenset({"hybrid_property", "hybrid_method"})


def last_name(decorator: e.Expr) -> str:
    """Return the last part of a decorator's dotted name, its call left out."""
    func = decorator.func if isinstance(decorator, e.Call) else decorator
    return (e.dotted_name(func) or "?").rpartition(".")[2]


class DecoratorReader:
    """Tells what the decorators of a function make of its result."""

    def __init__(self, model: SemanticModel) -> None:
        self.index = model.index
        self._known: dict[tuple[int, bool], tuple[str, object]] = {}

    def effect(self, symbol: FunctionSymbol) -> str:
        """Return "" (kept), "optional" (or None), "context" (a context manager) or "unknown"."""
        found = ""
        for decorator in symbol.facts.decorators:
            last = last_name(decorator)
            if last in ("contextmanager", "asynccontextmanager"):
                return "context"
            own = self._own(symbol, decorator)
            if own is not None:
                if own == "unknown" and (symbol.facts.returns is not None or last in KEEPING):
                    continue
                found = own or found
            elif last in KEEPING or last in fastapi.ROUTES or symbol.facts.returns is not None:
                continue  # a decorator that changes the annotated result is rare, and then untyped
            else:
                return "unknown"
            if found == "unknown":
                return found
        return found

    def _own(self, symbol: FunctionSymbol, decorator: e.Expr) -> str | None:
        """Read a decorator that the project defines; None for others."""
        is_called = isinstance(decorator, e.Call)
        resolved = self.index.resolver.expr(symbol.module, decorator.func if is_called else decorator)  # type: ignore[union-attr]
        if not isinstance(resolved, FunctionSymbol):
            return None
        function = resolved
        effect = recorded(self._known, (id(function), is_called), lambda: self._read(function, is_called))
        if effect.startswith("async "):  # an asynchronous wrapper keeps an asynchronous function only
            return effect.removeprefix("async ").strip() if symbol.facts.is_async else "unknown"
        return effect

    def hands_on(self, symbol: FunctionSymbol, decorator: e.Expr) -> bool | None:
        """Tell whether a decorator of the project calls what it wraps with just what the wrapper is called with.

        None for decorators that are not the project's own.
        """
        is_called = isinstance(decorator, e.Call)
        resolved = self.index.resolver.expr(symbol.module, decorator.func if is_called else decorator)  # type: ignore[union-attr]
        if not isinstance(resolved, FunctionSymbol):
            return None if isinstance(resolved, External) else False
        if is_called:
            inner = self._returned_function(resolved)
            if inner is None or not inner.facts.params:
                return False
            resolved = inner
        if not resolved.facts.params:
            return False
        func, wrapper = resolved.facts.params[0].name, self._returned_function(resolved)
        if wrapper is None:
            return False
        params = [param.name for param in wrapper.facts.params]
        if [param.kind for param in wrapper.facts.params][-2:] != ["*", "**"]:
            return False
        return all(_is_handing_on(call, params) for call in _calls_of(self.index.body(wrapper), func))

    def _read(self, symbol: FunctionSymbol, is_called: bool) -> str:
        if is_called:  # `decorate(times)` returns the decorator
            inner = self._returned_function(symbol)
            if inner is not None and inner.facts.params:
                found = self._read(inner, False)
                if found != "unknown":
                    return found
        if not symbol.facts.params:
            return "unknown"
        func = symbol.facts.params[0].name
        returned = [item for item in walk_statements(self.index.body(symbol)) if isinstance(item, s.Return)]
        if returned and all(isinstance(item.value, e.Name) and item.value.id == func for item in returned):
            return ""
        wrapper = self._returned_function(symbol)
        return "unknown" if wrapper is None else self._read_wrapper(wrapper, func)

    def _returned_function(self, symbol: FunctionSymbol) -> FunctionSymbol | None:
        """Return the function defined inside that a body returns."""
        inside: dict[str, FunctionSymbol] = {}
        names: set[str] = set()
        for statement in walk_statements(self.index.body(symbol)):
            if isinstance(statement, s.FunctionStmt):
                inside[statement.name] = symbol.module.functions[statement.index]
            elif isinstance(statement, s.Return) and isinstance(statement.value, e.Name):
                names.add(statement.value.id)
        found = [function for name, function in inside.items() if name in names]
        return found[0] if len(found) == 1 else None

    def _read_wrapper(self, wrapper: FunctionSymbol, func: str) -> str:
        """Tell what a wrapper returns beside the result of the function it wraps."""
        if wrapper.facts.is_generator:
            return "unknown"
        body = self.index.body(wrapper)
        results: set[str] = set()
        for statement in walk_statements(body):
            if isinstance(statement, s.Assign) and len(statement.targets) == 1:
                target = statement.targets[0]
                if isinstance(target, e.Name):
                    (results.add if _calls(statement.value, func) else results.discard)(target.id)
        is_optional = not _always_leaves(body)
        kept = False
        for statement in walk_statements(body):
            if not isinstance(statement, s.Return):
                continue
            value = statement.value
            if value is None or (isinstance(value, e.Constant) and value.value is None):
                is_optional = True
            elif _calls(value, func) or (isinstance(value, e.Name) and value.id in results):
                kept = True
            else:
                return "unknown"
        if not kept:
            return "unknown"
        return f"{'async ' if wrapper.facts.is_async else ''}{'optional' if is_optional else ''}"


def _calls(expr: e.Expr | None, func: str) -> bool:
    if isinstance(expr, e.Await):
        expr = expr.value
    return isinstance(expr, e.Call) and isinstance(expr.func, e.Name) and expr.func.id == func


def _calls_of(body: tuple[s.Stmt, ...], func: str) -> list[e.Call]:
    calls = (node for node in walk_nodes(body) if isinstance(node, e.Call))
    return [call for call in calls if isinstance(call.func, e.Name) and call.func.id == func]


def _is_handing_on(call: e.Call, params: list[str]) -> bool:
    """Tell whether a call is `func(self, *args, **kwargs)`: all that its wrapper has, in its order."""
    if len(call.keywords) != 1 or call.keywords[0].name:
        return False
    given = [item.value if isinstance(item, e.Starred) else item for item in (*call.args, call.keywords[0].value)]
    return [part.id if isinstance(part, e.Name) else "" for part in given] == params


def _always_leaves(body: tuple[s.Stmt, ...]) -> bool:
    """Tell whether the end of a block is never reached."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, (s.Return, s.Raise)):
        return True
    if isinstance(last, s.If):
        return _always_leaves(last.body) and _always_leaves(last.orelse)
    if isinstance(last, s.With):
        return _always_leaves(last.body)
    if isinstance(last, s.Try):
        inner = _always_leaves(last.body) or _always_leaves(last.orelse)
        return _always_leaves(last.final) or (inner and all(_always_leaves(h.body) for h in last.handlers))
    if isinstance(last, s.While):
        return isinstance(last.test, e.Constant) and bool(last.test.value)
    return False
