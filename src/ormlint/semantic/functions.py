"""Functions of the project: what their parameters start with, and what calling them gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.reads import recorded
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol
from ormlint.index.vocabulary import fastapi
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.callsites import is_untyped, untyped
from ormlint.semantic.decorators import CLASS_DECORATORS, EITHER_DECORATORS, DecoratorReader, last_name
from ormlint.semantic.fixtures import FixtureReader
from ormlint.semantic.substitution import bind, substitute

if TYPE_CHECKING:
    from ormlint.semantic.arguments import Arguments
    from ormlint.semantic.evaluation import Environment
    from ormlint.semantic.model import SemanticModel

_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class FunctionReader:
    """Answers calls of functions by their annotations, else by what their bodies return."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self.decorators = DecoratorReader(model)
        self.fixtures = FixtureReader(model)
        self._models: dict[int, tuple[tuple[tuple[int, str, ClassSymbol], ...], object]] = {}
        self._generic: dict[int, tuple[tuple[tuple[int, str, t.Type], ...], object]] = {}
        self._returns: dict[int, tuple[t.Type, object]] = {}
        self._overloads: dict[int, tuple[tuple[FunctionSymbol, ...], object]] = {}

    # -- parameters

    def parameters(self, symbol: FunctionSymbol) -> Environment:
        """Return the environment a function starts with: its parameters by annotation, `self` and `cls`."""
        env: Environment = {}
        variables = self.type_variables(symbol)
        decorators = {last_name(decorator) for decorator in symbol.facts.decorators}
        for position, param in enumerate(symbol.facts.params):
            # A method without `self` is called on the class with something else as its first argument.
            is_receiver = param.name.lstrip("_").startswith(("self", "cls", "mcs", "this"))
            if position == 0 and symbol.owner is not None and is_receiver and "staticmethod" not in decorators:
                args = tuple(t.TypeVar(name) for name in self.model.members.parameters(symbol.owner))
                if decorators & EITHER_DECORATORS:
                    env[param.name] = t.join((t.Instance(symbol.owner, args), t.ClassType(symbol.owner, args)))
                elif symbol.name in _CLASS_METHODS or decorators & CLASS_DECORATORS:
                    env[param.name] = t.ClassType(symbol.owner, args)
                else:
                    env[param.name] = t.Instance(symbol.owner, args)
                continue
            env[param.name] = self._parameter(symbol, position, param, variables)
        return env

    def _parameter(self, symbol: FunctionSymbol, position: int, param: e.Param, variables: dict[str, t.Type]) -> t.Type:
        kind: t.Type | None = None
        if param.annotation is not None:
            kind = self.model.annotations.read(param.annotation, symbol.module, variables)
            if isinstance(kind, t.TypeVar):
                kind = self.model.annotations.constraints(param.annotation, symbol.module) or kind
        if kind is None and position == 0:
            kind = self._bound_task(symbol)
        if kind is None and param.default is not None:
            kind = self._default_type(symbol, param.default)
        if kind is None and param.default is None and not param.kind.startswith("*"):
            kind = self.fixtures.of_parameter(symbol, param.name)
        if kind is None:
            kind = t.unknown(untyped(param))
        if isinstance(kind, t.Unknown) and not param.kind.startswith("*") and is_untyped(param):
            kind = self.model.call_sites.given(symbol, param.name) or t.unknown(untyped(param))
        has_none = isinstance(param.default, e.Constant) and param.default.value is None
        if has_none and not isinstance(kind, t.Unknown):
            kind = t.optional(kind)
        if param.kind == "*":
            return t.Sequence(kind, "tuple")
        if param.kind == "**":
            return t.Dict(t.Builtin("builtins.str"), kind)
        return kind

    def _bound_task(self, symbol: FunctionSymbol) -> t.Type | None:
        """Return the type of `self` in Celery's `@app.task(bind=True, base=DatabaseTask)`."""
        for decorator in symbol.facts.decorators:
            if isinstance(decorator, e.Call) and (e.dotted_name(decorator.func) or "").endswith("task"):
                base, is_bound = decorator.keyword("base"), decorator.keyword("bind")
                if base is not None and isinstance(is_bound, e.Constant) and is_bound.value is True:
                    found = self.model.annotations.read(base, symbol.module)
                    return found if isinstance(found, t.Instance) else None
        return None

    def _default_type(self, symbol: FunctionSymbol, default: e.Expr) -> t.Type | None:
        """Follow `db=Depends(get_db)`; any other default says too little of what callers give."""
        if not isinstance(default, e.Call):
            return None
        called = self.index.resolver.expr(symbol.module, default.func)
        if isinstance(called, External) and called.name.rpartition(".")[2] in fastapi.PROVIDER_NAMES and default.args:
            resolved = self.index.resolver.expr(symbol.module, default.args[0])
            return self.provided(self.model.names.symbol_type(resolved))
        return None

    def type_variables(self, symbol: FunctionSymbol) -> dict[str, t.Type]:
        """Return the type variables a function's annotations may name."""
        names = (*symbol.facts.type_params, *(self.model.members.parameters(symbol.owner) if symbol.owner else ()))
        return {name: t.TypeVar(name) for name in names}

    # -- calls

    def call(self, func: t.Function, given: Arguments | None) -> t.Type:
        """Return what calling a function of the project gives: its annotation, else what its body returns."""
        symbol = func.symbol
        if given is not None:
            overloads = self._overloads_of(symbol)
            if overloads:
                return self._call_overloads(func, overloads, given)
        return self._call_one(func, given)

    def _call_one(self, func: t.Function, given: Arguments | None) -> t.Type:
        symbol = func.symbol
        facts = symbol.facts
        effect = self.decorators.effect(symbol)
        if effect == "unknown":
            return t.unknown(f"`{facts.name}` is decorated in a way that may change what it returns")
        bindings = self._bindings(func)
        if given is not None:
            self.bind_arguments(symbol, given, bindings, func.bound is not None)
        result: t.Type | None = None
        if facts.returns is not None:
            annotation, read = facts.returns, self.model.annotations.read
            result = recorded(
                self._returns,
                id(symbol),
                lambda: read(annotation, symbol.module, self.type_variables(symbol)),
            )
            if t.instances(result) and self._disagrees(symbol, result):
                return t.unknown(f"the annotation of `{facts.name}` says other than its body returns")
            if result == t.Builtin("datetime.datetime") and symbol.owner is None:
                # `def utc_now() -> datetime`: the body says whether it is naive, and whether it is now.
                returned = self.model.asked(symbol).returned
                result = returned if isinstance(returned, (t.Now, t.Moment)) else result
        else:
            record = self.model.asked(symbol)
            if facts.is_generator:
                result = t.Sequence(record.yielded or t.NONE, "iterator")
            else:
                result = record.returned
                if result == t.NEVER and symbol.owner is not None:
                    result = t.unknown(f"`{facts.name}` is left to the classes that derive")
        result = substitute(result, bindings)
        if effect == "context":
            return t.Context(orm.iterate(result))
        if effect == "optional":
            result = t.optional(result)
        if facts.is_async and not facts.is_generator:
            return t.Coroutine(result)
        return result

    def _bindings(self, func: t.Function) -> dict[str, t.Type]:
        owner = func.symbol.owner
        bound = func.bound
        if isinstance(bound, t.ClassType):
            bound = t.Instance(bound.cls, bound.args)
        if owner is None or not isinstance(bound, t.Instance):
            return {}
        return dict(self.model.members.bindings(bound, owner))

    def _disagrees(self, symbol: FunctionSymbol, declared: t.Type) -> bool:
        """Tell whether a body certainly returns something else than the annotated instance.

        Annotations are not run: `-> Video` on a helper that returns the query is met in real code.
        """
        if symbol.facts.is_generator:
            return False
        returned = self.model.asked(symbol).returned
        wrong = (t.Query, t.Statement, t.Result, t.Sequence, t.Coroutine, t.TupleOf)
        return any(isinstance(member, wrong) for member in t.members(returned))

    def bind_arguments(
        self, symbol: FunctionSymbol, given: Arguments, bindings: dict[str, t.Type], is_method: bool
    ) -> None:
        """Bind type variables of a generic function from its arguments: `get(model: type[T], …) -> T`."""
        for position, name, pattern in self._generic_parameters(symbol):
            if position < is_method:
                continue  # an annotated `self` is no argument of the call
            kind = given.type(position - is_method, name)
            if kind is not None:
                bind(pattern, kind, bindings)

    def model_parameters(self, symbol: FunctionSymbol) -> tuple[tuple[int, str, ClassSymbol], ...]:
        """Return the parameters annotated with a mapped class: position, name, class."""
        return recorded(self._models, id(symbol), lambda: self._model_parameters(symbol))

    def _model_parameters(self, symbol: FunctionSymbol) -> tuple[tuple[int, str, ClassSymbol], ...]:
        listed: list[tuple[int, str, ClassSymbol]] = []
        for position, param in enumerate(symbol.facts.params):
            if param.annotation is None:
                continue
            for item in t.instances(self.model.annotations.read(param.annotation, symbol.module)):
                if self.model.index.mapped_of(item.cls) is not None:
                    listed.append((position, param.name, item.cls))
        return tuple(listed)

    def _generic_parameters(self, symbol: FunctionSymbol) -> tuple[tuple[int, str, t.Type], ...]:
        """Return the parameters whose annotations hold type variables."""
        return recorded(self._generic, id(symbol), lambda: self._read_generic(symbol))

    def _read_generic(self, symbol: FunctionSymbol) -> tuple[tuple[int, str, t.Type], ...]:
        variables = self.type_variables(symbol)
        read = self.model.annotations.read
        kinds = [
            (position, param.name, read(param.annotation, symbol.module, variables))
            for position, param in enumerate(symbol.facts.params)
            if param.annotation is not None
        ]
        return tuple(item for item in kinds if substitute(item[2], {}) != item[2])

    # -- overloads

    def _overloads_of(self, symbol: FunctionSymbol) -> tuple[FunctionSymbol, ...]:
        return recorded(self._overloads, id(symbol), lambda: self._read_overloads(symbol))

    def _read_overloads(self, symbol: FunctionSymbol) -> tuple[FunctionSymbol, ...]:
        same: list[FunctionSymbol] = []
        if symbol.owner is not None:
            for statement in symbol.owner.facts.body:
                if isinstance(statement, s.FunctionStmt) and statement.name == symbol.name:
                    same.append(symbol.module.functions[statement.index])
        elif "." not in symbol.facts.qualname:
            targets = (binding.target for binding in symbol.module.bindings(symbol.name))
            same.extend(target for target in targets if isinstance(target, FunctionSymbol))
        return tuple(item for item in same if "overload" in map(last_name, item.facts.decorators))

    def _call_overloads(self, func: t.Function, overloads: tuple[FunctionSymbol, ...], given: Arguments) -> t.Type:
        """Return what the first overload that certainly fits gives, or any of those that may."""
        kinds: list[t.Type] = []
        for overload in overloads:
            fits = self._fits(overload, given, func.bound is not None)
            if fits is False:
                continue
            kinds.append(self._call_one(t.Function(overload, func.bound), given))
            if fits:
                break
        return t.join(kinds) if kinds else t.unknown("no overload fits")

    def _fits(self, symbol: FunctionSymbol, given: Arguments, is_method: bool) -> bool | None:
        params = symbol.facts.params[1:] if is_method else symbol.facts.params
        variables = self.type_variables(symbol)
        certain = not given.has_star and not given.rest
        for position, param in enumerate(params):
            kind = given.type(position, param.name)
            if kind is None:
                if param.default is None and not param.kind.startswith("*") and certain:
                    return False
                continue
            wanted = self.model.annotations.read(param.annotation, symbol.module, variables)
            if wanted == kind:
                continue
            if isinstance(wanted, (t.Instance, t.ClassType)) and isinstance(kind, (t.Instance, t.ClassType)):
                if type(wanted) is not type(kind) or wanted.cls not in self.index.bases.mro(kind.cls):
                    return False
            elif isinstance(wanted, t.Literal) and isinstance(kind, t.Literal):
                return False
            else:
                certain = False
        return True if certain else None

    # -- providers

    def provided(self, dependency: t.Type | None) -> t.Type:
        """Return what a FastAPI dependency or a fixture provides: the yielded or returned value, awaited."""
        if isinstance(dependency, t.ClassType):
            return t.Instance(dependency.cls, dependency.args)
        if not isinstance(dependency, t.Function):
            return t.unknown("a dependency that is not known")
        result = self.call(dependency, None)
        if isinstance(result, t.Coroutine):
            result = result.result
        if isinstance(result, t.Sequence) and result.kind == "iterator":
            result = result.element
        return result

    def enter(self, context: t.Type) -> tuple[t.Type, bool]:
        """Return what `with context as name` binds, and whether leaving the block commits."""
        if isinstance(context, t.Session):
            return context, False
        if isinstance(context, t.SessionFactory):
            return t.Session(context.is_async), False
        if isinstance(context, t.Context):
            return context.entered, context.is_transaction
        if isinstance(context, t.Connection):
            return context, False
        if isinstance(context, t.Coroutine):
            return self.enter(context.result)
        if isinstance(context, t.Instance):
            for name in ("__enter__", "__aenter__"):
                method = self.model.members.of_instance(context, name)
                if isinstance(method, t.Function):
                    result = self.call(method, None)
                    return (result.result if isinstance(result, t.Coroutine) else result), False
        if isinstance(context, (t.Unknown, t.Never)):
            return context, False
        return t.unknown("what a context manager gives"), False
