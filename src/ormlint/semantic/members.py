"""Attributes of the project's own objects: class bodies, what methods set on `self`, type arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.reads import READS, recorded
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Value
from ormlint.semantic import types as t
from ormlint.semantic.substitution import substitute

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

_PLAIN_BASES = frozenset(
    {"typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "abc.ABC", "builtins.object"}
)
_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property"})

Bindings = dict[str, t.Type]


class MemberReader:
    """Answers `instance.name` and `Class.name` for classes that are not mapped."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self._bindings: dict[t.Instance, tuple[dict[str, Bindings], object]] = {}
        self._parameters: dict[str, tuple[tuple[str, ...], object]] = {}
        self._storing: dict[str, tuple[dict[str, list[FunctionSymbol]], object]] = {}
        self._mixins: set[str] | None = None

    def of_instance(self, owner: t.Instance, name: str) -> t.Type:
        """Return the type of an attribute of an instance of a class of the project."""
        for base in self.index.bases.mro(owner.cls):
            if not isinstance(base, ClassSymbol):
                if isinstance(base, External) and base.name in _PLAIN_BASES:
                    continue
                found = self.model.repositories.attribute(owner, name)
                return found or t.unknown(f"`{owner.cls.name}` has a base that is not known")
            member = self.index.mapper.body(base).members.get(name)
            if member is not None:
                if member.function is not None:
                    return self._method(member.function, owner)
                if member.nested is not None:
                    return t.ClassType(member.nested)
                bindings = self.bindings(owner, base)
                if member.annotation is not None:
                    kind = self.model.annotations.read(member.annotation, base.module, self._variables(base))
                    kind = substitute(kind, bindings)
                    if not isinstance(kind, t.Unknown):
                        return kind
                found = self._set_in_methods(base, name, bindings)
                return found if found is not None else self.of_class(owner.cls, name)
            found = self._set_in_methods(base, name, self.bindings(owner, base))
            if found is not None:
                return found
        return t.unknown(f"`{owner.cls.name}.{name}` is not known")

    def _method(self, function: FunctionSymbol, owner: t.Type) -> t.Type:
        for decorator in function.facts.decorators:
            dotted = e.dotted_name(decorator.func if isinstance(decorator, e.Call) else decorator) or ""
            last = dotted.rpartition(".")[2]
            if last in _PROPERTIES:
                return self.model.functions.call(t.Function(function, owner), None)
            if last == "staticmethod":
                return t.Function(function)
        return t.Function(function, owner)

    def of_class(self, cls: ClassSymbol, name: str) -> t.Type:
        """Return the type of an attribute of a class of the project that is not a mapped attribute."""
        for base in self.index.bases.mro(cls):
            if not isinstance(base, ClassSymbol):
                if isinstance(base, External) and base.name in _PLAIN_BASES:
                    continue
                found = self.model.repositories.class_attribute(t.Instance(cls), name)
                return found or t.unknown(f"`{cls.name}` has a base that is not known")
            member = self.index.mapper.body(base).members.get(name)
            if member is None:
                continue
            if member.function is not None:
                return t.Function(member.function, t.ClassType(cls))
            if member.nested is not None:
                return t.ClassType(member.nested)
            return self.model.names.value_type(
                Value(base.module, name, member.value, member.annotation, member.range, base)
            )
        return t.unknown(f"`{cls.name}.{name}` is not known")

    def is_mixin(self, cls: ClassSymbol) -> bool:
        """Tell whether a class is not mapped itself and mapped classes derive from it."""
        READS.seen.add(("mixin", cls))
        if self._mixins is None:
            models = self.index.own_mapped
            self._mixins = {
                base.key
                for mapped in models.values()
                for base in mapped.mro
                if isinstance(base, ClassSymbol) and base.key not in models
            }
        return cls.key in self._mixins

    def find_method(self, cls: ClassSymbol, name: str) -> FunctionSymbol | None:
        """Return a method a class has by itself or from a base, None behind a base that is not known."""
        for base in self.index.bases.mro(cls):
            if not isinstance(base, ClassSymbol):
                if isinstance(base, External) and base.name in _PLAIN_BASES:
                    continue
                return None
            member = self.index.mapper.body(base).members.get(name)
            if member is not None:
                return member.function
        return None

    # -- set on self

    def _set_in_methods(self, base: ClassSymbol, name: str, bindings: Bindings) -> t.Type | None:
        functions = recorded(self._storing, base.key, lambda: _storing(base)).get(name)
        if functions is None:
            return None
        kinds: list[t.Type] = []
        for function in functions:
            kind = self.model.asked(function).self_types.get(name, t.NEVER)
            kinds.append(substitute(kind, bindings))
        return t.join(kinds)

    # -- type arguments

    def bindings(self, owner: t.Instance, base: ClassSymbol) -> Bindings:
        """Return what the type variables of `base` stand for in an instance of a class that derives from it."""
        return recorded(self._bindings, owner, lambda: self._bind(owner)).get(base.key, {})

    def _bind(self, owner: t.Instance) -> dict[str, Bindings]:
        found: dict[str, Bindings] = {}
        own = dict(zip(self.parameters(owner.cls), owner.args, strict=False))
        found[owner.cls.key] = {**own, "Self": owner}
        for base in self.index.bases.mro(owner.cls):
            if not isinstance(base, ClassSymbol):
                continue
            known = found.setdefault(base.key, {"Self": owner})
            for expr in base.facts.bases:
                if not isinstance(expr, e.Subscript):
                    continue
                parent = self.index.bases.base(base.module, expr)
                if isinstance(parent, ClassSymbol) and parent.key not in found:
                    found[parent.key] = {"Self": owner}
                    for name, argument in zip(self.parameters(parent), _elements(expr.index), strict=False):
                        kind = self.model.annotations.read(argument, base.module, self._variables(base))
                        found[parent.key][name] = substitute(kind, known)
        return found

    def _variables(self, cls: ClassSymbol) -> Bindings:
        return {name: t.TypeVar(name) for name in self.parameters(cls)}

    def parameters(self, cls: ClassSymbol) -> tuple[str, ...]:
        """Return the type variables of a class in the order of its type arguments."""
        return recorded(self._parameters, cls.key, lambda: self._read_parameters(cls))

    def _read_parameters(self, cls: ClassSymbol) -> tuple[str, ...]:
        if cls.facts.type_params:
            return cls.facts.type_params
        subscripts = [expr for expr in cls.facts.bases if isinstance(expr, e.Subscript)]
        for expr in subscripts:
            if (e.dotted_name(expr.value) or "").endswith(("Generic", "Protocol")):
                return tuple(element.id for element in _elements(expr.index) if isinstance(element, e.Name))
        names: dict[str, None] = {}
        for expr in subscripts:
            for element in _elements(expr.index):
                if isinstance(element, e.Name):
                    symbol = self.index.resolver.name(cls.module, element.id)
                    if (
                        isinstance(symbol, Value)
                        and isinstance(symbol.value, e.Call)
                        and (e.dotted_name(symbol.value.func) or "").endswith("TypeVar")
                    ):
                        names[element.id] = None
        return tuple(names)


def _storing(cls: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
    """Return the methods of a class by the attributes they set on `self`."""
    found: dict[str, list[FunctionSymbol]] = {}
    for statement in cls.facts.body:
        if isinstance(statement, s.FunctionStmt):
            function = cls.module.functions[statement.index]
            for stored in function.facts.self_stores:
                found.setdefault(stored, []).append(function)
    return found


def _elements(index: e.Expr) -> tuple[e.Expr, ...]:
    return index.elements if isinstance(index, e.Display) else (index,)
