"""The semantic model: one record per function, types of names across modules, the questions rules ask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.bases import DynamicBase
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import (
    ClassSymbol,
    External,
    Folder,
    FunctionSymbol,
    Module,
    Symbol,
    Unknown,
    Value,
)
from ormlint.index.vocabulary import ASYNC_SESSIONS, SYNC_SESSIONS
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.annotations import AnnotationReader
from ormlint.semantic.events import AttributeStore, ColumnWrite
from ormlint.semantic.execution import Interpreter
from ormlint.semantic.records import FunctionRecord

if TYPE_CHECKING:
    from ormlint.semantic.arguments import Arguments
    from ormlint.semantic.evaluation import Environment

# Inference through calls goes this deep; deeper calls give Unknown.
MAX_CALL_DEPTH = 25
# A body with more statements than this is not interpreted.
MAX_BODY_BYTES = 400_000


class SemanticModel:
    """Interprets bodies once each, in the order they are asked for, and answers questions about them."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.annotations = AnnotationReader(index)
        self.records: dict[int, FunctionRecord] = {}
        self.module_records: dict[str, FunctionRecord] = {}
        self.given_up: dict[str, int] = {}
        self._values: dict[int, t.Type] = {}
        self._names: dict[tuple[str, str], t.Type] = {}
        self._class_attributes: dict[tuple[str, str], t.Type] = {}
        self._depth = 0
        self._callers: dict[int, list[tuple[FunctionRecord, int]]] | None = None
        self._may_write: dict[int, bool] = {}
        self._kept: dict[str, set[str]] | None = None

    # -- records

    def interpret(self, module: Module) -> None:
        """Interpret a module's top level and all its functions and methods."""
        if module.path not in self.module_records:
            record = FunctionRecord(module, None, module.interface.body)
            self.module_records[module.path] = record
            self._run(record, None)
        for symbol in module.functions:
            facts = symbol.facts
            if symbol.owner is not None or "." not in facts.qualname:
                self.record(symbol)
        for symbol in module.functions:
            self.record(symbol)  # what stands in branches that were not reached

    def record(self, symbol: FunctionSymbol, closure: Environment | None = None) -> FunctionRecord:
        """Return the record of a function, interpreting it first when it was not asked for before."""
        found = self.records.get(id(symbol))
        if found is None:
            found = self.records[id(symbol)] = FunctionRecord(symbol.module, symbol, self.index.body(symbol))
            self._run(found, closure)
        return found

    def all_records(self) -> Iterator[FunctionRecord]:
        """Yield every record made so far, modules first, in the order they were made."""
        yield from self.module_records.values()
        yield from self.records.values()

    def _run(self, record: FunctionRecord, closure: Environment | None) -> None:
        if self._depth >= MAX_CALL_DEPTH:
            record.returned = t.unknown("inferred through too many calls")
            # It is interpreted later, when its own module is: its findings are not lost.
            if record.symbol is not None:
                del self.records[id(record.symbol)]
            return
        if record.body and record.body[-1].end - record.body[0].start > MAX_BODY_BYTES:
            record.returned = t.unknown("a body too large to follow")
            self._give_up("a body too large to follow")
            return
        record.returned = t.unknown("a function that calls itself")
        self._depth += 1
        try:
            interpreter = Interpreter(self, record, closure)
            if record.symbol is not None:
                interpreter.env.update(self.parameters(record.symbol))
            interpreter.run()
        except RecursionError:
            record.returned = t.unknown("a body nested too deeply")
            self._give_up("a body nested too deeply")
        finally:
            self._depth -= 1
        record.done = True

    def _give_up(self, reason: str) -> None:
        self.given_up[reason] = self.given_up.get(reason, 0) + 1

    def parameters(self, symbol: FunctionSymbol) -> Environment:
        """Return the environment a function starts with: its parameters by annotation, `self` and `cls`."""
        env: Environment = {}
        bound = self._type_variables(symbol)
        decorators = {(e.dotted_name(d) or "").rpartition(".")[2] for d in symbol.facts.decorators}
        for position, param in enumerate(symbol.facts.params):
            # A method without `self` is called on the class with something else as its first argument.
            is_receiver = param.name.lstrip("_").startswith(("self", "cls", "mcs", "this"))
            if position == 0 and symbol.owner is not None and is_receiver and "staticmethod" not in decorators:
                if decorators & _EITHER_DECORATORS:
                    env[param.name] = t.unknown("an instance, or the class in a query")
                elif symbol.name in _CLASS_METHODS or decorators & _CLASS_DECORATORS:
                    env[param.name] = t.ClassType(symbol.owner)
                else:
                    env[param.name] = t.Instance(symbol.owner)
                continue
            kind = self.annotations.read(param.annotation, symbol.module, bound) if param.annotation else None
            if kind is None and position == 0:
                kind = self._bound_task(symbol)
            if kind is None and param.default is not None:
                kind = self._default_type(symbol, param.default)
            if kind is None:
                kind = t.unknown(f"parameter `{param.name}` has no annotation")
            if (
                isinstance(param.default, e.Constant)
                and param.default.value is None
                and not isinstance(kind, t.Unknown)
            ):
                kind = t.optional(kind)
            if param.kind == "*":
                kind = t.Sequence(kind, "tuple")
            elif param.kind == "**":
                kind = t.Dict(t.Builtin("builtins.str"), kind)
            env[param.name] = kind
        return env

    def _bound_task(self, symbol: FunctionSymbol) -> t.Type | None:
        """Return the type of `self` in Celery's `@app.task(bind=True, base=DatabaseTask)`."""
        for decorator in symbol.facts.decorators:
            if isinstance(decorator, e.Call) and (e.dotted_name(decorator.func) or "").endswith("task"):
                base, bind = decorator.keyword("base"), decorator.keyword("bind")
                if base is not None and isinstance(bind, e.Constant) and bind.value is True:
                    found = self.annotations.read(base, symbol.module)
                    return found if isinstance(found, t.Instance) else None
        return None

    def _default_type(self, symbol: FunctionSymbol, default: e.Expr) -> t.Type | None:
        """Follow `db=Depends(get_db)`; any other default says too little of what callers give."""
        if not isinstance(default, e.Call):
            return None
        called = self.index.resolver.expr(symbol.module, default.func)
        if isinstance(called, External) and called.name.rpartition(".")[2] in ("Depends", "Security") and default.args:
            return self.provided(self.symbol_type(self.index.resolver.expr(symbol.module, default.args[0])))
        return None

    def _type_variables(self, symbol: FunctionSymbol) -> dict[str, t.Type]:
        names = (*symbol.facts.type_params, *(symbol.owner.facts.type_params if symbol.owner else ()))
        return {name: t.TypeVar(name) for name in names}

    # -- names and values

    def name_type(self, module: Module, name: str) -> t.Type:
        """Return the type of a name of a module's top level."""
        key = (module.path, name)
        found = self._names.get(key)
        if found is None:
            self._names[key] = t.unknown(f"`{name}` is defined by itself")
            candidates = self.index.resolver.candidates(module, name) if name in module.scope else []
            if len(candidates) > 1 and any(isinstance(item, Value) for item in candidates):
                kinds = [self.symbol_type(item) for item in candidates]
                found = t.join(kind for kind in kinds if not isinstance(kind, t.NoneType) or len(kinds) == 1)
            else:
                found = self.symbol_type(self.index.resolver.name(module, name))
            self._names[key] = found
        return found

    def symbol_type(self, symbol: Symbol) -> t.Type:
        """Return the type of a resolved symbol."""
        if isinstance(symbol, ClassSymbol):
            kind = self._session_class(symbol)
            return t.ClassType(symbol) if kind is None else t.SessionFactory(kind)
        if isinstance(symbol, FunctionSymbol):
            return t.Function(symbol)
        if isinstance(symbol, External):
            return self.external_type(symbol.name)
        if isinstance(symbol, Value):
            return self.value_type(symbol)
        if isinstance(symbol, Module):
            return t.ModuleType(symbol)
        if isinstance(symbol, Folder):
            return t.unknown("a folder without __init__.py")
        if isinstance(symbol, Unknown):
            return t.unknown(symbol.reason)
        return t.unknown("a symbol that is not known")

    def external_type(self, name: str) -> t.Type:
        """Return the type of an external object by its canonical name."""
        if name == "flask_sqlalchemy.db.session":
            return t.Session(False)
        if name == "sqlalchemy.func" or name.startswith("sqlalchemy.func."):
            return t.ExternalObject(name)
        return t.ExternalObject(name)

    def _session_class(self, symbol: ClassSymbol) -> bool | None:
        for base in self.index.bases.mro(symbol)[1:]:
            if isinstance(base, External):
                if base.name in SYNC_SESSIONS:
                    return False
                if base.name in ASYNC_SESSIONS:
                    return True
        return None

    def value_type(self, value: Value) -> t.Type:
        """Return the type of a module-level name from its annotation or its expression."""
        key = id(value)
        found = self._values.get(key)
        if found is not None:
            return found
        self._values[key] = t.unknown(f"`{value.name}` is defined by itself")
        found = self._value_type(value)
        self._values[key] = found
        return found

    def _value_type(self, value: Value) -> t.Type:
        if value.annotation is not None:
            declared = self.annotations.read(value.annotation, value.module)
            if not isinstance(declared, (t.Unknown, t.Builtin)):
                return declared
        if value.value is None:
            return t.unknown(f"`{value.name}` has no value")
        base = self.index.bases.base(value.module, value.value) if isinstance(value.value, e.Call) else None
        if isinstance(base, DynamicBase):
            return t.unknown("a declarative base")
        if self._depth >= MAX_CALL_DEPTH:
            return t.unknown("inferred through too many calls")
        self._depth += 1
        try:
            interpreter = Interpreter(self, FunctionRecord(value.module, None, ()), None)
            interpreter.recording = False
            return interpreter.eval(value.value)
        finally:
            self._depth -= 1

    # -- attributes of the project's own objects

    def attribute_of_instance(self, owner: t.Instance, name: str) -> t.Type:
        """Return the type of an attribute of an instance of a class of the project."""
        bindings = self._bindings(owner)
        for base in self.index.bases.mro(owner.cls):
            if not isinstance(base, ClassSymbol):
                if isinstance(base, External) and base.name in (
                    "typing.Generic",
                    "typing.Protocol",
                    "abc.ABC",
                ):
                    continue
                return t.unknown(f"`{owner.cls.name}` has a base that is not known")
            member = self.index.mapper.body(base).members.get(name)
            if member is not None:
                if member.function is not None:
                    return self._method(member.function, owner)
                if member.nested is not None:
                    return t.ClassType(member.nested)
                if member.annotation is not None:
                    kind = self.annotations.read(member.annotation, base.module, bindings)
                    if not isinstance(kind, (t.Unknown, t.TypeVar)):
                        return kind
                found = self._set_in_methods(base, name, bindings)
                if found is not None:
                    return found
                return self.attribute_of_class(owner.cls, name)
            found = self._set_in_methods(base, name, bindings)
            if found is not None:
                return found
        return t.unknown(f"`{owner.cls.name}.{name}` is not known")

    def _method(self, function: FunctionSymbol, owner: t.Type) -> t.Type:
        for decorator in function.facts.decorators:
            dotted = e.dotted_name(decorator.func if isinstance(decorator, e.Call) else decorator) or ""
            last = dotted.rpartition(".")[2]
            if last in ("property", "cached_property", "hybrid_property"):
                return self.call_function(t.Function(function, owner), None)
            if last == "staticmethod":
                return t.Function(function)
        return t.Function(function, owner)

    def _bindings(self, owner: t.Instance) -> dict[str, t.Type]:
        """Return the type variables of a class and its bases, bound by its arguments and by its bases' own."""
        bound: dict[str, t.Type] = {}
        own = self._parameters_of(owner.cls)
        for name, kind in zip(own, owner.args, strict=False):
            bound[name] = kind
        for base in self.index.bases.mro(owner.cls):
            if not isinstance(base, ClassSymbol):
                continue
            for expr in base.facts.bases:
                if isinstance(expr, e.Subscript):
                    parent = self.index.bases.base(base.module, expr)
                    if isinstance(parent, ClassSymbol):
                        arguments = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
                        for name, argument in zip(self._parameters_of(parent), arguments, strict=False):
                            if name not in bound or isinstance(bound[name], t.TypeVar):
                                bound[name] = self.annotations.read(argument, base.module, bound)
        return bound

    def _parameters_of(self, cls: ClassSymbol) -> tuple[str, ...]:
        if cls.facts.type_params:
            return cls.facts.type_params
        for expr in cls.facts.bases:
            if isinstance(expr, e.Subscript) and (e.dotted_name(expr.value) or "").endswith(("Generic", "Protocol")):
                elements = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
                return tuple(element.id for element in elements if isinstance(element, e.Name))
        names: list[str] = []
        for expr in cls.facts.bases:
            if isinstance(expr, e.Subscript):
                elements = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
                for element in elements:
                    if isinstance(element, e.Name):
                        symbol = self.index.resolver.name(cls.module, element.id)
                        if (
                            isinstance(symbol, Value)
                            and isinstance(symbol.value, e.Call)
                            and (e.dotted_name(symbol.value.func) or "").endswith("TypeVar")
                        ):
                            names.append(element.id)
        return tuple(names)

    def _set_in_methods(self, base: ClassSymbol, name: str, bindings: dict[str, t.Type]) -> t.Type | None:
        kinds: list[t.Type] = []
        for statement in base.facts.body:
            if not isinstance(statement, s.FunctionStmt):
                continue
            function = base.module.functions[statement.index]
            if name not in function.facts.self_stores:
                continue
            record = self.record(function)
            kind = record.self_types.get(name)
            if kind is None:
                kind = t.unknown(f"`self.{name}` is set by a method still being read")
            kinds.append(self.substitute(kind, bindings))
            if function.name == "__init__" and not isinstance(kind, (t.NoneType, t.Unknown)):
                break
        if not kinds:
            return None
        # `self.video = None` in `__init__` declares; what the other methods set is meant.
        return t.join(kinds)

    def substitute(self, kind: t.Type, bindings: dict[str, t.Type], depth: int = 0) -> t.Type:
        """Replace type variables by what they are bound to."""
        if not bindings or depth > 8:
            return kind
        if isinstance(kind, t.TypeVar):
            return bindings.get(kind.name, t.unknown("a type variable that is not bound"))
        if isinstance(kind, t.Union_):
            return t.join(self.substitute(member, bindings, depth + 1) for member in kind.members)
        if isinstance(kind, t.Sequence):
            return t.Sequence(self.substitute(kind.element, bindings, depth + 1), kind.kind)
        if isinstance(kind, t.Coroutine):
            return t.Coroutine(self.substitute(kind.result, bindings, depth + 1))
        if isinstance(kind, t.Context):
            return t.Context(self.substitute(kind.entered, bindings, depth + 1), kind.is_transaction)
        if isinstance(kind, t.TupleOf):
            return t.TupleOf(tuple(self.substitute(item, bindings, depth + 1) for item in kind.elements))
        if isinstance(kind, (t.Instance, t.ClassType)) and kind.args:
            args = tuple(self.substitute(item, bindings, depth + 1) for item in kind.args)
            return type(kind)(kind.cls, args)
        return kind

    def attribute_of_class(self, cls: ClassSymbol, name: str) -> t.Type:
        """Return the type of an attribute of a class of the project that is not a mapped attribute."""
        for base in self.index.bases.mro(cls):
            if not isinstance(base, ClassSymbol):
                return t.unknown(f"`{cls.name}` has a base that is not known")
            member = self.index.mapper.body(base).members.get(name)
            if member is None:
                continue
            if member.function is not None:
                return t.Function(member.function, t.ClassType(cls))
            if member.nested is not None:
                return t.ClassType(member.nested)
            key = (base.key, name)
            if key not in self._class_attributes:
                self._class_attributes[key] = t.unknown(f"`{name}` is defined by itself")
                value = Value(base.module, name, member.value, member.annotation, member.range, base)
                self._class_attributes[key] = self._value_type(value)
            return self._class_attributes[key]
        return t.unknown(f"`{cls.name}.{name}` is not known")

    # -- calls

    def call_function(self, func: t.Function, given: Arguments | None) -> t.Type:
        """Return what calling a function of the project gives: its annotation, else what its body returns."""
        symbol = func.symbol
        facts = symbol.facts
        bindings: dict[str, t.Type] = {}
        if isinstance(func.bound, t.Instance):
            bindings.update(self._bindings(func.bound))
        wrapper = self._wrapper(symbol)
        if wrapper == "unknown":
            return t.unknown(f"`{facts.name}` is decorated in a way that may change what it returns")
        if given is not None:
            self._bind_arguments(symbol, given, bindings, func.bound is not None)
        if facts.returns is not None:
            variables = self._type_variables(symbol)
            result = self.annotations.read(facts.returns, symbol.module, {**variables} or {"": t.NONE})
            if isinstance(result, t.Builtin) and result.name.endswith(".Self") and func.bound is not None:
                result = func.bound
            last = (e.dotted_name(facts.returns) or "").rpartition(".")[2]
            if last == "Self" and isinstance(func.bound, t.Instance):
                result = func.bound
            result = self.substitute(result, bindings) if bindings else result
            if t.instances(result) and self._disagrees(symbol, result):
                return t.unknown(f"the annotation of `{facts.name}` says other than its body returns")
        else:
            record = self.record(symbol)
            result = record.returned
            if facts.is_generator:
                result = t.Sequence(record.yielded or t.NONE, "iterator")
            if bindings:
                result = self.substitute(result, bindings)
        if wrapper == "context":
            return t.Context(orm.iterate(result))
        if facts.is_async and not facts.is_generator:
            return t.Coroutine(result)
        return result

    def _disagrees(self, symbol: FunctionSymbol, declared: t.Type) -> bool:
        """Tell whether a body certainly returns something else than the annotated instance.

        Annotations are not run: `-> Video` on a helper that returns the query is met in real code.
        """
        if symbol.facts.is_generator or (id(symbol) not in self.records and self._depth >= MAX_CALL_DEPTH):
            return False
        returned = self.record(symbol).returned
        wrong = (t.Query, t.Statement, t.Result, t.Sequence, t.Coroutine, t.TupleOf)
        return any(isinstance(member, wrong) for member in t.members(returned))

    def _bind_arguments(
        self, symbol: FunctionSymbol, given: Arguments, bindings: dict[str, t.Type], is_method: bool
    ) -> None:
        """Bind type variables of a generic function from its arguments: `get(model: type[T], …) -> T`."""
        if symbol.facts.returns is None:
            return
        params = symbol.facts.params[1:] if is_method else symbol.facts.params
        for position, param in enumerate(params):
            annotation = param.annotation
            if annotation is None:
                continue
            inner: e.Expr = annotation
            is_class = False
            if isinstance(annotation, e.Subscript) and (e.dotted_name(annotation.value) or "").rpartition(".")[2] in (
                "type",
                "Type",
            ):
                inner, is_class = annotation.index, True
            if not isinstance(inner, e.Name):
                continue
            kind = given.type(position, param.name)
            if kind is None or not isinstance(
                self.annotations.read(inner, symbol.module, self._type_variables(symbol)), t.TypeVar
            ):
                continue
            if is_class and isinstance(kind, t.ClassType):
                bindings.setdefault(inner.id, t.Instance(kind.cls, kind.args))
            elif not is_class and isinstance(kind, t.Instance):
                bindings.setdefault(inner.id, kind)

    def _wrapper(self, symbol: FunctionSymbol) -> str:
        """Return "" where decorators keep what a function returns, "context" for context managers."""
        for decorator in symbol.facts.decorators:
            func = decorator.func if isinstance(decorator, e.Call) else decorator
            last = (e.dotted_name(func) or "?").rpartition(".")[2]
            if last in ("contextmanager", "asynccontextmanager"):
                return "context"
            if last in _KEEPING_DECORATORS or last in _ROUTE_DECORATORS:
                continue
            if symbol.facts.returns is not None:
                continue  # a decorator that changes the annotated result is rare, and then untyped
            return "unknown"
        return ""

    def provided(self, dependency: t.Type | None) -> t.Type:
        """Return what a FastAPI dependency provides: the yielded or returned value, awaited."""
        if isinstance(dependency, t.ClassType):
            return t.Instance(dependency.cls, dependency.args)
        if not isinstance(dependency, t.Function):
            return t.unknown("a dependency that is not known")
        result = self.call_function(dependency, None)
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
        if isinstance(context, t.Coroutine):
            return self.enter(context.result)
        if isinstance(context, t.Instance):
            for name in ("__enter__", "__aenter__"):
                method = self.attribute_of_instance(context, name)
                if isinstance(method, t.Function):
                    result = self.call_function(method, None)
                    return (result.result if isinstance(result, t.Coroutine) else result), False
        if isinstance(context, t.Unknown):
            return context, False
        return t.unknown("what a context manager gives"), False

    # -- questions of rules

    def may_write(self, symbol: FunctionSymbol) -> bool:
        """Tell whether a function of the project writes through a session, itself or through its own calls."""
        key = id(symbol)
        if key not in self._may_write:
            self._may_write[key] = False
            record = self.record(symbol)
            self._may_write[key] = record.has_write
        return self._may_write[key]

    def write_follows(self, record: FunctionRecord, statement: int) -> bool:
        """Tell whether a session write may follow a statement: in its function, or in a caller after the call."""
        return record.write_follows(statement) or self._caller_writes(record, set())

    def _caller_writes(self, record: FunctionRecord, seen: set[int]) -> bool:
        if record.symbol is None or len(seen) > 50:
            return False
        key = id(record.symbol)
        if key in seen:
            return False
        seen.add(key)
        if self._callers is None:
            self._callers = {}
            for caller in self.all_records():
                for call in caller.calls:
                    self._callers.setdefault(call.callee, []).append((caller, call.statement))
        for caller, statement in self._callers.get(key, ()):
            if caller.write_follows(statement) or self._caller_writes(caller, seen):
                return True
        return False

    @cached_property
    def stored_anywhere(self) -> frozenset[str]:
        """Attribute names that some body assigns on an object that is a model, or may be one."""
        names: set[str] = set()
        for record in self.all_records():
            names.update(record.unknown_stores)
            names.update(event.name for event in record.events if isinstance(event, AttributeStore))
        return frozenset(names)

    def is_kept_elsewhere(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether some body may set a column of a class after its rows were made.

        Stores on objects of unknown type count, and so does the name as a key or keyword of a call that may
        update: what is not known may be this very column.
        """
        if self._kept is None:
            self._kept = {}
            for record in self.all_records():
                for stored in (*record.unknown_stores, *record.given_names):
                    self._kept.setdefault(stored, set()).add("*")
                for event in record.events:
                    if isinstance(event, AttributeStore):
                        for model in event.models:
                            self._kept.setdefault(event.name, set()).add(model.symbol.key)
                    elif isinstance(event, ColumnWrite) and event.context == "values":
                        self._kept.setdefault(event.attribute.name, set()).add(event.mapped.symbol.key)
        keys = self._kept.get(name, set())
        if "*" in keys:
            return True
        family = {base.key for base in mapped.mro if isinstance(base, ClassSymbol)}
        family.update(heir.symbol.key for heir in self.index.subclasses(mapped))
        return bool(keys & family)

    def describe(self, mapped: MappedClass | None) -> str:
        """Return the one-line description that `reveal_mapping` prints."""
        if mapped is None:
            return "not mapped"
        parts = [f"{mapped.table or '?'}:"]
        parts += [f"{attribute.name}={attribute.kind}" for attribute in mapped.attributes.values()]
        if mapped.open_reason:
            parts.append("(open)")
        return " ".join(parts)


_KEEPING_DECORATORS = frozenset(
    [
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
        "pytest",
        "fixture",
        "mark",
        "parametrize",
        "asyncio",
        "no_type_check",
        "async_timed",
        "background",
        "contextmanager",
        "asynccontextmanager",
        "depends_on",
        "track",
        "log_function",
    ]
)
_ROUTE_DECORATORS = frozenset(
    [
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "options",
        "route",
        "websocket",
        "command",
        "cli",
        "api_route",
        "before_request",
        "after_request",
        "errorhandler",
        "on_event",
        "exception_handler",
        "middleware",
    ]
)
_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_CLASS_DECORATORS = frozenset(
    {"classmethod", "declared_attr", "directive", "cascading", "validator", "field_validator", "root_validator"}
    | {"expression", "update_expression", "comparator"}
)
# A hybrid runs with an instance in Python and with the class in a query.
_EITHER_DECORATORS = frozenset({"hybrid_property", "hybrid_method"})
