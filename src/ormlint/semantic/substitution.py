"""Type variables: replaced by what they are bound to, and bound by matching parameters with arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ormlint.index.symbols import ClassSymbol
from ormlint.semantic import types as t

SELF = t.TypeVar("Self")
_UNBOUND = t.unknown("a type variable that is not bound")
_LEAVES = (
    t.Unknown,
    t.Builtin,
    t.NoneType,
    t.Literal,
    t.Loaded,
    t.Session,
    t.EnumMember,
    t.Now,
    t.Moment,
    t.SqlExpression,
)
_NESTED = (t.Sequence, t.Pagination, t.Repository, t.Coroutine, t.Context, t.TupleOf, t.Dict, t.Row, t.Partial)
_TOO_DEEP = t.unknown("a type nested too deeply")
_MAX_DEPTH = 10


def own_to_self(kind: t.Type, own: ClassSymbol) -> t.Type:
    """Replace a class by `Self`: what a method of a mixin gives of it, an heir gives of the heir."""
    return substitute(kind, {}, 0, own)


def substitute(kind: t.Type, bindings: Mapping[str, t.Type], depth: int = 0, own: ClassSymbol | None = None) -> t.Type:
    """Replace type variables by what they are bound to; what is not bound is Unknown. With `own` they are kept."""
    if own is not None:
        if isinstance(kind, (t.Instance, t.ClassType)) and kind.cls is own:
            return SELF if isinstance(kind, t.Instance) else t.TypeVarClass("Self")
        if isinstance(kind, (t.TypeVar, t.TypeVarClass)):
            return kind
    if isinstance(kind, _LEAVES) or (isinstance(kind, (t.Instance, t.ClassType)) and not kind.args):
        return kind
    if depth > _MAX_DEPTH:
        return t.unknown("a type nested too deeply")

    def inner(part: t.Type) -> t.Type:
        return substitute(part, bindings, depth + 1, own)

    def several(parts: tuple[t.Type, ...] | None) -> tuple[t.Type, ...] | None:
        return None if parts is None else tuple(map(inner, parts))

    if isinstance(kind, t.TypeVar):
        return bindings.get(kind.name, _UNBOUND)
    if isinstance(kind, t.TypeVarClass):
        return class_of(bindings.get(kind.name, _UNBOUND))
    if isinstance(kind, t.Union_):
        return t.join(map(inner, kind.members))
    if isinstance(kind, (t.Sequence, t.Pagination, t.Repository)):
        return replace(kind, element=inner(kind.element))
    if isinstance(kind, (t.Coroutine, t.Partial)):
        return replace(kind, result=inner(kind.result))
    if isinstance(kind, t.Context):
        return replace(kind, entered=inner(kind.entered))
    if isinstance(kind, t.TupleOf):
        return t.TupleOf(tuple(map(inner, kind.elements)))
    if isinstance(kind, (t.Query, t.Statement, t.Result, t.Row)):
        return replace(kind, entities=several(kind.entities))
    if isinstance(kind, t.Dict):
        items = kind.items and tuple((name, inner(value), key) for name, value, key in kind.items)
        return t.Dict(inner(kind.key), inner(kind.value), items)
    if isinstance(kind, (t.Instance, t.ClassType)) and kind.args:
        return replace(kind, args=tuple(map(inner, kind.args)))
    return kind


def clip(kind: t.Type, depth: int = 4) -> t.Type:
    """Cut a type off below so many levels: a function that wraps its own result has no deepest one."""
    if isinstance(kind, t.Union_):
        return t.join(clip(member, depth) for member in kind.members)
    if isinstance(kind, _NESTED):
        if depth == 0:
            return _TOO_DEEP
        if isinstance(kind, (t.Sequence, t.Pagination, t.Repository)):
            return replace(kind, element=clip(kind.element, depth - 1))
        if isinstance(kind, (t.Coroutine, t.Partial)):
            return replace(kind, result=clip(kind.result, depth - 1))
        if isinstance(kind, t.Context):
            return replace(kind, entered=clip(kind.entered, depth - 1))
        if isinstance(kind, t.TupleOf):
            return t.TupleOf(tuple(clip(item, depth - 1) for item in kind.elements))
        if isinstance(kind, t.Dict):
            items = kind.items and tuple((name, clip(value, depth - 1), key) for name, value, key in kind.items)
            return t.Dict(clip(kind.key, depth - 1), clip(kind.value, depth - 1), items)
    if isinstance(kind, t.Method) and not isinstance(kind.receiver, t.Session):
        return t.unknown("a method")
    if isinstance(kind, (t.Instance, t.ClassType)) and kind.args:
        return _TOO_DEEP if depth == 0 else replace(kind, args=tuple(clip(arg, depth - 1) for arg in kind.args))
    return kind


def class_of(kind: t.Type) -> t.Type:
    """Return the class of an instance."""
    if isinstance(kind, t.Instance):
        return t.ClassType(kind.cls, kind.args)
    if isinstance(kind, t.TypeVar):
        return t.TypeVarClass(kind.name)
    if isinstance(kind, t.Unknown):
        return kind
    return t.unknown("a class that is not the project's")


def instance_of(kind: t.Type | None) -> t.Type | None:
    """Return what calling a class makes; None for what is not a class."""
    if isinstance(kind, t.ClassType):
        return t.Instance(kind.cls, kind.args)
    if isinstance(kind, t.TypeVarClass):
        return t.TypeVar(kind.name)
    return None


def bind(pattern: t.Type, kind: t.Type, bindings: dict[str, t.Type], depth: int = 0) -> None:
    """Bind the variables of a parameter's type by the type of the argument, where that is known."""
    if depth > _MAX_DEPTH or isinstance(kind, (t.Unknown, t.Never)):
        return
    if isinstance(pattern, t.TypeVar):
        if not isinstance(kind, t.NoneType):
            bindings.setdefault(pattern.name, kind)
    elif isinstance(pattern, t.TypeVarClass):
        made = instance_of(kind)
        if made is not None:
            bindings.setdefault(pattern.name, made)
    elif isinstance(pattern, t.Union_):
        rest = t.without_none(kind)
        for member in pattern.members:
            bind(member, rest, bindings, depth + 1)
    elif isinstance(pattern, t.Sequence) and isinstance(kind, t.Sequence):
        bind(pattern.element, kind.element, bindings, depth + 1)
    elif isinstance(pattern, t.Coroutine) and isinstance(kind, t.Coroutine):
        bind(pattern.result, kind.result, bindings, depth + 1)
    elif isinstance(pattern, t.Instance) and isinstance(kind, t.Instance) and pattern.cls is kind.cls:
        for left, right in zip(pattern.args, kind.args, strict=False):
            bind(left, right, bindings, depth + 1)
    elif isinstance(pattern, (t.Query, t.Statement, t.Result)) and isinstance(kind, type(pattern)):
        for left, right in zip(pattern.entities or (), kind.entities or (), strict=False):
            bind(left, right, bindings, depth + 1)
