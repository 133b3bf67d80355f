"""Expressions of models evaluated: the machine that replays migrations, asked about types and table arguments."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes
from ormlint.index.columns import Default
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Value
from ormlint.index.vocabulary import ORM_PREFIXES
from ormlint.schema.defaults import server_default
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.statements import Statements
from ormlint.schema.replay.values import (
    Bound,
    Built,
    ClassValue,
    Function,
    Instance,
    Member,
    Ref,
    Scope,
    Unknown,
    text_of,
)

_HANDED = Ref("handed on")
_PLAIN_TYPES = {"str", "int", "float", "bool", "list", "tuple", "dict", "set"}
_COMPILER = Ref("the compiler")
ENUM_OPTIONS = ("name", "native_enum", "create_constraint", "length", "schema", "validate_strings", "inherit_schema")


class StaticMachine(Statements):
    """Evaluates what stands in class bodies and at the top of modules of one project, for one database."""

    def __init__(self, index: ProjectIndex, dialect: str) -> None:
        super().__init__(index, dialect)
        self.quiet = 1
        self._bodies: dict[str, Scope] = {}

    def value(self, expr: e.Expr, module: Module, owner: ClassSymbol | None = None) -> Any:
        """Return the value of an expression, in the body of `owner` where it stands there."""
        self.steps_left, self.depth = BUDGET, 0
        try:
            module = self.index.resolver.home(expr, module)
            return self.evaluate(expr, self._scope(module, owner if owner and owner.module is module else None))
        except (Raised, OverBudget, RecursionError):
            return Unknown("it could not be followed")

    def returned(self, symbol: Any, cls: ClassSymbol) -> Any:
        """Return what a `declared_attr` gives for a class."""
        self.steps_left, self.depth = BUDGET, 0
        try:
            function = self.function_value(symbol.module, symbol.index, self.module_scope(symbol.module))
            bound = Function(function.params, function.body, function.scope, function.name, owner=self.class_of(cls))
            return self.call_function(bound, [], {})
        except (Raised, OverBudget, RecursionError):
            return Unknown("it could not be followed")

    def class_of(self, symbol: ClassSymbol) -> ClassValue:
        """Return a class of the project as a value."""
        if symbol.key not in self.classes:
            self.classes[symbol.key] = self.class_value(symbol, self.module_scope(symbol.module))
        return self.classes[symbol.key]

    def _scope(self, module: Module, owner: ClassSymbol | None) -> Scope:
        return self.module_scope(module) if owner is None else self.body_scope(owner)

    def body_scope(self, owner: ClassSymbol) -> Scope:
        """Return the scope of a class body, which knows its plain names."""
        if owner.key not in self._bodies:
            scope = self._bodies[owner.key] = Scope(self.module_scope(owner.module), owner.module)
            for name, expr in self.index.mapper.members.class_names(owner).items():
                scope.names[name] = self.evaluate(expr, scope)
        return self._bodies[owner.key]

    def class_attribute(self, cls: ClassValue, name: str) -> Any:
        """Return what a class, or a base of it, binds to a name; the name of a mapped class's table too."""
        if name == "__tablename__":
            mapped = self.index.mapped_of(cls.symbol)
            if mapped is not None and mapped.table is not None:
                return mapped.table
        found = super().class_attribute(cls, name)
        if isinstance(found, Function) and found.kind == "declared":
            return self.call_function(Function(found.params, found.body, found.scope, owner=cls), [], {})
        return found

    def _name(self, expr: e.Name, scope: Scope) -> Any:
        home = self.index.resolver.homes.get(expr)
        if home is not None and home is not scope.module:
            scope = self.module_scope(home)
        return super()._name(expr, scope)

    def _attribute(self, expr: e.Attribute, scope: Scope) -> Any:
        found = super()._attribute(expr, scope)
        if isinstance(found, (Bound, Unknown)):  # `db.Column` of Flask-SQLAlchemy
            known = self.index.resolver.expr(scope.module, expr)
            if isinstance(known, External):
                return Ref(known.name)
            # `schemas.core.VERSION`, where the package imports its modules late
            is_held = isinstance(found, Unknown) and isinstance(known, (ClassSymbol, Value))
            return self.symbol_value(known, expr.attr) if is_held else found
        if isinstance(found, Ref) and not found.name.startswith(("sqlalchemy.", "builtins.")):
            symbol = self.index.resolver.installed_object(found.name)  # a constant or a type of a package
            if symbol is not None and not isinstance(symbol, Module):
                read = self.symbol_value(symbol, found.last)
                return read if not isinstance(read, Unknown) else found
        return found

    def imported(self, scope: Scope, binding: Any) -> Any:
        """Return what an import binds, looked up in installed packages where it is a class, a function or a value."""
        found = super().imported(scope, binding)
        if isinstance(found, Unknown):  # it comes by a star
            known = self.index.resolver.imported(scope.module, binding)
            if isinstance(known, (ClassSymbol, FunctionSymbol, Value)):
                return self.symbol_value(known, binding.name)
        if isinstance(found, Ref) and not found.name.startswith((*ORM_PREFIXES, "alembic.")):
            symbol = self.index.resolver.installed_object(found.name)
            if isinstance(symbol, (ClassSymbol, Value)):
                read = self.symbol_value(symbol, found.last)
                return read if not isinstance(read, Unknown) else found
        return found

    # -- types

    def type_of_expr(
        self, expr: e.Expr, module: Module, owner: ClassSymbol | None
    ) -> tuple[TypeEngine[Any] | None, str]:
        """Return the type an expression stands for; None with the reason where it is not known."""
        value = self.value(expr, module, owner)
        found, _ = self.type_of(value)
        return (None, found.reason) if isinstance(found, Unknown) else (found, "")

    def type_of(self, value: Any, depth: int = 0) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        """Return the type a value stands for; one of an installed package may be known by its name alone."""
        found = super().type_of(value, depth)
        if isinstance(found[0], Unknown) and isinstance(value, (ClassValue, Instance)):
            cls = value if isinstance(value, ClassValue) else value.cls
            if cls.symbol.module.is_installed:
                args, keywords = (value.args, value.keywords) if isinstance(value, Instance) else ([], {})
                named = super().type_of(Built(Ref(f"{cls.symbol.module.name}.{cls.name}"), args, keywords), depth)
                return found if isinstance(named[0], Unknown) else named
        return found

    def _class_type(self, value: ClassValue | Instance, depth: int) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        """Build the type behind a `TypeDecorator`: its own `__init__` says what the type is given."""
        value = value if isinstance(value, Instance) else Instance(value, [], {})
        start = self.class_attribute(value.cls, "__init__")
        if isinstance(start, Function) and isinstance(start.body, tuple):
            handed = self._handed_on(start, value)
            if handed is None:
                return Unknown(f"`{value.cls.name}` has a constructor of its own"), None
            value = Instance(value.cls, handed.args, handed.keywords, value.attributes)
        return super()._class_type(value, depth)

    def _handed_on(self, start: Function, made: Instance) -> Built | None:
        """Run a constructor; return the arguments of its `super().__init__(...)`, an empty call where there is none."""
        assert isinstance(start.body, tuple)
        nodes = walk_nodes(start.body)
        calls = [node for node in nodes if isinstance(node, e.Call) and _is_super_init(node) and not _is_schema(node)]
        if len(calls) > 1:
            return None
        scope = Scope(start.scope, start.scope.module, {"__handed__": _HANDED})
        body: tuple[s.Stmt, ...] | e.Expr = start.body
        if calls:
            call = msgspec.structs.replace(calls[0], func=e.Name(0, 0, "__handed__"))
            if not isinstance(calls[0].func.value, e.Call):  # type: ignore[union-attr]
                call = msgspec.structs.replace(call, args=call.args[1:])  # `TypeDecorator.__init__(self, ...)`
            target = e.Attribute(0, 0, e.Name(0, 0, start.params[0].name), "__handed__")
            kept = s.Assign(call.start, call.end, (target,), call, None)
            own = [isinstance(item, s.ExprStmt) and item.value is calls[0] for item in start.body]
            # What stands before it may change what it is given: `kwargs.setdefault("length", 20)`.
            body = tuple(kept if is_own else item for item, is_own in zip(start.body, own, strict=True))
            if not any(own):
                body = call
        found = self.call_function(Function(start.params, body, scope, owner=made), made.args, dict(made.keywords))
        handed = made.attributes.get("__handed__", found) if calls else Built(_HANDED, [], {})
        return handed if isinstance(handed, Built) else None

    def stored(self, kind: ClassSymbol, value: Any) -> Any:
        """Return what a `TypeDecorator` of the project gives the database for a value; itself without a method."""
        cls = self.class_of(kind)
        method = self.class_attribute(cls, "process_bind_param")
        if not isinstance(method, Function):
            return value.value if isinstance(value, Member) else value
        bound = Function(method.params, method.body, method.scope, method.name, owner=Instance(cls, [], {}))
        try:
            return self.call_function(bound, [value, Unknown("the dialect")], {})
        except (Raised, OverBudget, RecursionError):
            return Unknown("it could not be followed")

    def is_instance(self, value: Any, names: list[str]) -> bool | Unknown:
        """Tell whether a value is of one of these types; what SQLAlchemy hands to a function is no plain value."""
        if isinstance(value, Built) and not value.name.startswith("sqlalchemy.") and set(names) <= _PLAIN_TYPES:
            return False
        return super().is_instance(value, names)

    def asked(self, function: Any) -> bool | None:
        """Return what a callable of `.ddl_if()` says for the database; None when it is not known."""
        dialect = Built(Ref("dialect"), [], {}, None, {"name": self.dialect})
        given = [Unknown(name) for name in ("the DDL", "its target", "the bind")]
        try:
            return self.truth(self.call(function, given, {"dialect": dialect}, None))
        except (Raised, OverBudget, RecursionError):
            return None

    def compiled_text(self, made: Instance) -> str | None:
        """Return what the function that `@compiles(Class, "dialect")` decorates says of a construct; None else."""
        default: str | None = None
        for symbol in made.cls.symbol.module.functions:
            for decorator in symbol.facts.decorators:
                if not isinstance(decorator, e.Call) or not decorator.args:
                    continue
                if (e.dotted_name(decorator.func) or "").rpartition(".")[2] != "compiles":
                    continue
                if e.dotted_name(decorator.args[0]) != made.cls.name:
                    continue
                wanted = [argument.value for argument in decorator.args[1:] if isinstance(argument, e.Str)]
                if not wanted or self.dialect in wanted:
                    function = self.function_value(symbol.module, symbol.index, self.module_scope(symbol.module))
                    found = self.call_function(function, [Unknown("the construct"), Unknown("the compiler")], {})
                    text = found.strip() if isinstance(found, str) else None
                    if wanted:
                        return text
                    default = text
        return default

    def clause(self, value: Any) -> Any:
        """Return a SQL construct that an evaluated argument stands for, one of the project's own too."""
        if isinstance(value, ClassValue):
            value = Instance(value, [], {})
        if isinstance(value, Instance):
            text = self.compiled_text(value)
            return None if text is None else sa.literal_column(text)
        own = self._compilers.get(value.last) if isinstance(value, Built) and is_function(value) else None
        if own is not None:
            found = self.call_function(own, [value, _COMPILER], {})
            if isinstance(found, Built) and found.name == f"{_COMPILER.name}.process":
                return clause(found.args[0]) if found.args else None
            return sa.literal_column(found.strip()) if isinstance(found, str) else None
        return clause(value)

    @cached_property
    def _compilers(self) -> dict[str, Function]:
        """The functions by which the project compiles SQLAlchemy's own: `@compiles(functions.now, "sqlite")`."""
        found: dict[str, Function] = {}
        for module in self.index.modules.values():
            for symbol in module.functions:
                for decorator in symbol.facts.decorators:
                    if not isinstance(decorator, e.Call) or not decorator.args:
                        continue
                    if (e.dotted_name(decorator.func) or "").rpartition(".")[2] != "compiles":
                        continue
                    kind = self.index.resolver.expr(module, decorator.args[0])
                    wanted = [argument.value for argument in decorator.args[1:] if isinstance(argument, e.Str)]
                    if isinstance(kind, External) and (not wanted or self.dialect in wanted):
                        scope = self.module_scope(module)
                        found[kind.name.rpartition(".")[2]] = self.function_value(module, symbol.index, scope)
        return found

    def server_default(self, default: Default | None, owner: ClassSymbol | None) -> Any:
        """Return what `server_default=` was given, built anew; None where there is none, or it is not understood."""
        if default is None:
            return None
        found = server_default(default)
        if found is None or (isinstance(found, sa.sql.functions.FunctionElement) and found.name in self._compilers):
            found = self.clause(self.value(default.expr, default.module, owner))
        return found

    def _enum_type(self, value: Built) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        name, labels = self.enum_parts(value)
        if labels is None:
            return Unknown("the labels of its enum are not known"), None
        options = {key: given for key in ENUM_OPTIONS if (given := plain(value.keywords.get(key))) is not None}
        options["name"] = name
        try:
            return sa.Enum(*labels, **options), name
        except Exception as error:  # whatever SQLAlchemy refuses
            return Unknown(f"SQLAlchemy refuses `Enum`: {error}"), None


def _is_super_init(call: e.Call) -> bool:
    return isinstance(call.func, e.Attribute) and call.func.attr == "__init__"


def _is_schema(call: e.Call) -> bool:
    """Tell whether `SchemaType.__init__` is called: it takes a name and no argument of the type."""
    owner = call.func.value if isinstance(call.func, e.Attribute) else None
    return owner is not None and (e.dotted_name(owner) or "").rpartition(".")[2] == "SchemaType"


def plain(value: Any) -> Any:
    """Return a literal, that of an enum's member too; None for anything else."""
    if isinstance(value, Member):
        value = value.value
    return value if isinstance(value, (str, int, float, bool)) else None


def is_function(value: Built) -> bool:
    """Tell whether a value is a SQL function: `func.now()`, or `now()` of `sqlalchemy.sql.functions`."""
    kind = getattr(sa.sql.functions, value.last, None)
    is_class = isinstance(kind, type) and issubclass(kind, sa.sql.functions.GenericFunction)
    return ".func." in value.name or (value.name.startswith("sqlalchemy.") and is_class)


def clause(value: Any) -> Any:
    """Return a SQL construct, or a string, that an evaluated argument stands for; None where it is not known."""
    text = text_of(value)
    if text is not None:
        return text
    if isinstance(value, Ref):
        value = Built(value, [], {})
    if not isinstance(value, Built) or not value.name.startswith("sqlalchemy."):
        return None
    last, args = value.last, value.args
    if last == "literal" and len(args) == 1:
        return sa.literal(args[0], literal_execute=True) if isinstance(args[0], (str, int, float)) else None
    if last in ("text", "literal_column", "DefaultClause"):
        inner = clause(args[0]) if len(args) == 1 else None
        return sa.text(inner) if isinstance(inner, str) else inner
    if last in ("true", "false", "null") and not args:
        return getattr(sa, last)()
    options: dict[str, Any] = {key: given for key, given in value.keywords.items() if isinstance(given, (str, int))}
    if last in ("Identity", "FetchedValue"):
        return getattr(sa, last)(**options)
    if last == "Computed" and args:
        inner = clause(args[0])
        return None if inner is None else sa.Computed(inner, **options)
    if is_function(value):
        arguments = [given if isinstance(given, (int, float)) else clause(given) for given in args]
        return None if any(given is None for given in arguments) else getattr(sa.func, last)(*arguments)
    return None
