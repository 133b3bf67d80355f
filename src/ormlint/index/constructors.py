"""Which keywords the constructor of a mapped class accepts."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.bases import DynamicBase
from ormlint.index.classbody import ClassBody
from ormlint.index.model import Constructor, MappedClass
from ormlint.index.symbols import ClassSymbol, External, Resolver, Unknown
from ormlint.index.vocabulary import EXTERNAL_MIXINS, HARMLESS_BASES, sqlmodel
from ormlint.index.vocabulary.others import ATTRS, STANDARD_DATACLASS


def read_constructor(
    mapped: MappedClass, body_of: Callable[[ClassSymbol], ClassBody], resolver: Resolver
) -> Constructor:
    """Return the constructor that runs for `Class(...)`: the first `__init__` in the MRO, or SQLAlchemy's."""
    extra: set[str] = set()
    for base in mapped.mro:
        if isinstance(base, ClassSymbol):
            member = body_of(base).members.get("__init__")
            if member is None and _is_plain_dataclass(base, resolver):
                fields = _plain_fields(mapped, resolver)
                return Constructor("custom", frozenset(fields | extra))
            if member is None and _is_attrs(base, resolver):
                return Constructor("custom", open_reason=f"attrs makes the `__init__` of `{base.name}`")
            if member is None or "__new__" in body_of(base).members:
                if "__new__" in body_of(base).members:
                    return Constructor("custom", open_reason=f"`{base.name}` defines `__new__`")
                continue
            if isinstance(member.value, e.Attribute) and member.value.attr == "constructor":
                continue  # `__init__ = mapper_registry.constructor`: it is the default one
            if member.function is None or member.conditional:
                return Constructor("custom", open_reason=f"the `__init__` of `{base.name}` was not read")
            facts = member.function.facts
            if facts.decorators:
                return Constructor("custom", open_reason=f"the `__init__` of `{base.name}` is decorated")
            names = {param.name for param in facts.params[1:] if param.kind in ("", "=")}
            has_rest = any(param.kind == "**" for param in facts.params)
            if not has_rest:
                accepted = frozenset(names | extra)
                return Constructor("custom", accepted, function=member.function)
            if facts.forwarded is None:
                return Constructor(
                    "custom",
                    open_reason=f"the `__init__` of `{base.name}` takes any keyword",
                    function=member.function,
                )
            extra.update(names, facts.forwarded)
        elif isinstance(base, DynamicBase):
            if base.constructor:
                return Constructor("custom", open_reason="its base is made with a `constructor=` of its own")
            break  # the default constructor is installed on the base itself
        elif isinstance(base, Unknown):
            return Constructor("custom", open_reason=f"one of its bases is not known: {base.reason}")
        elif isinstance(base, External) and base.name not in HARMLESS_BASES and base.name != sqlmodel.BASE:
            if base.name not in EXTERNAL_MIXINS and not base.name.startswith(("typing.", "abc.")):
                return Constructor("custom", open_reason=unread_package(base.name, resolver))
    kept = frozenset(extra)
    if mapped.style == "sqlmodel":
        return Constructor("sqlmodel", extra=kept)
    if mapped.is_dataclass:
        return _dataclass_constructor(mapped, kept)
    return Constructor("default", extra=kept)


def _is_plain_dataclass(symbol: ClassSymbol, resolver: Resolver) -> bool:
    """Tell whether `@dataclass` of the standard library gives a class its `__init__`."""
    for decorator in symbol.facts.decorators:
        func = decorator.func if isinstance(decorator, e.Call) else decorator
        if resolver.expr(symbol.module, func) == External(STANDARD_DATACLASS):
            given = decorator.keyword("init") if isinstance(decorator, e.Call) else None
            return not (isinstance(given, e.Constant) and given.value is False)
    return False


def _is_attrs(symbol: ClassSymbol, resolver: Resolver) -> bool:
    funcs = (item.func if isinstance(item, e.Call) else item for item in symbol.facts.decorators)
    found = (resolver.expr(symbol.module, func) for func in funcs)
    return any(isinstance(item, External) and item.name.startswith(ATTRS) for item in found)


def _plain_fields(mapped: MappedClass, resolver: Resolver) -> set[str]:
    """Return the keywords of a standard dataclass's `__init__`: the annotated names of it and its dataclass bases."""
    found: dict[str, bool] = {}
    for base in reversed(mapped.mro):
        if not isinstance(base, ClassSymbol) or not _is_plain_dataclass(base, resolver):
            continue
        for statement in base.facts.body:
            if not isinstance(statement, s.Assign) or statement.annotation is None:
                continue
            core = statement.annotation.value if isinstance(statement.annotation, e.Subscript) else statement.annotation
            last = (e.dotted_name(core) or "").rpartition(".")[2]
            value = statement.value
            given = value.keyword("init") if isinstance(value, e.Call) else None
            is_field = not (isinstance(given, e.Constant) and given.value is False) and last not in (
                "ClassVar",
                "KW_ONLY",
            )
            found.update({target.id: is_field for target in statement.targets if isinstance(target, e.Name)})
    return {name for name, is_field in found.items() if is_field}


def unread_package(name: str, resolver: Resolver) -> str:
    """Return why a class over the external base `name` is open."""
    package = name.partition(".")[0]
    if resolver.installed is None:
        return f"its base `{name}` belongs to the package `{package}`, and no environment to read it from was found"
    return f"its base `{name}` belongs to the package `{package}`, where it was not found"


def _dataclass_constructor(mapped: MappedClass, extra: frozenset[str]) -> Constructor:
    for base in mapped.mro:
        if isinstance(base, ClassSymbol):
            for keyword in base.facts.keywords:
                if keyword.name == "init" and isinstance(keyword.value, e.Constant) and keyword.value.value is False:
                    return Constructor("default", extra=extra)
    accepted = {
        attribute.name
        for attribute in mapped.attributes.values()
        if attribute.is_field and not (attribute.column is not None and attribute.column.init is False)
    }
    return Constructor("dataclass", frozenset(accepted), extra)
