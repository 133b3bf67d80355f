"""What a literal `__mapper_args__` does to the attributes of a class: prefixes, lists of properties, properties."""

from __future__ import annotations

from dataclasses import replace

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.classbody import Member
from ormlint.index.members import MemberReader
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol, External, Module, Value
from ormlint.index.tablemapped import read_properties

_SHAPING = ("column_prefix", "include_properties", "exclude_properties", "properties")


def mapper_args(member: Member, members: MemberReader, cls: ClassSymbol) -> e.DictDisplay | None:
    """Return the dict that `__mapper_args__` are for a class: literal, by name, by `dict(...)` or by a function."""
    expr, module = member.value, member.owner.module
    if member.function is not None:
        expr, module = members.result(member.function, cls), member.function.module
    return _display(expr, module, members)


def _display(expr: e.Expr | None, module: Module, members: MemberReader) -> e.DictDisplay | None:
    if isinstance(expr, (e.Name, e.Attribute)):
        symbol = members.resolver.expr(module, expr)
        if isinstance(symbol, Value) and isinstance(symbol.value, (e.DictDisplay, e.Call)):
            expr, module = symbol.value, symbol.module
    if isinstance(expr, e.Call) and members.resolver.expr(module, expr.func) == External("builtins.dict"):
        items: list[e.DictItem] = []
        for argument in expr.args:
            given = None if isinstance(argument, e.Call) else _display(argument, module, members)
            if given is None:
                return None
            items += given.items
        for keyword in expr.keywords:
            key = e.Str(keyword.start, keyword.start, keyword.name) if keyword.name else None
            items.append(e.DictItem(keyword.start, keyword.end, key, keyword.value))
        return e.DictDisplay(expr.start, expr.end, tuple(items))
    return expr if isinstance(expr, e.DictDisplay) else None


def shapes_attributes(member: Member, members: MemberReader, cls: ClassSymbol) -> bool:
    """Tell whether `__mapper_args__` may change which attributes there are, in a way that is not literal."""
    found = mapper_args(member, members, cls)
    if found is None:
        # It is computed: then it matters only when it speaks of such things at all.
        nodes = members.body_of(member.function) if member.function is not None else (member.value,)
        return any(isinstance(node, e.Str) and node.value in _SHAPING for node in walk_nodes(nodes))
    for item in found.items:
        key = item.key.value if isinstance(item.key, e.Str) else None
        if item.key is None or (key in _SHAPING and not _is_literal(key, item.value)):
            return True
    return False


def _is_literal(key: str | None, value: e.Expr) -> bool:
    if key == "column_prefix":
        return isinstance(value, (e.Str, e.Constant))
    if key == "properties":
        return isinstance(value, e.DictDisplay) and all(isinstance(item.key, e.Str) for item in value.items)
    return isinstance(value, e.Display) and all(isinstance(element, e.Str) for element in value.elements)


def apply_mapper_args(mapped: MappedClass, member: Member, members: MemberReader) -> None:
    """Change the attributes of a class as its `__mapper_args__` says."""
    found = mapper_args(member, members, mapped.symbol)
    if found is None:
        return
    given = {item.key.value: item.value for item in found.items if isinstance(item.key, e.Str)}
    prefix = given.get("column_prefix")
    if isinstance(prefix, e.Str) and prefix.value:
        for attribute in list(mapped.columns()):
            _prefix(mapped, attribute, prefix.value)
    included, excluded = _names(given.get("include_properties")), _names(given.get("exclude_properties"))
    for attribute in list(mapped.columns()):
        if (included is not None and attribute.name not in included) or attribute.name in (excluded or ()):
            _leave_out(mapped, attribute)
    properties = given.get("properties")
    if properties is not None:
        renamed = read_properties(mapped, properties, member.owner.module, members) or {}
        for name, column in renamed.items():
            if column in mapped.attributes and column != name:
                mapped.attributes[name] = mapped.attributes.pop(column)
                mapped.attributes[name].name = name


def _names(value: e.Expr | None) -> set[str] | None:
    if not isinstance(value, e.Display):
        return None
    return {element.value for element in value.elements if isinstance(element, e.Str)}


def _prefix(mapped: MappedClass, attribute: ModelAttribute, prefix: str) -> None:
    """Map a column under its prefixed name; what a class body declared stays there as the `Column` it is.

    A column whose name differs from its attribute's is a property that is named outright.
    """
    name = attribute.name
    if attribute.column is not None and attribute.column.name != name and "key" not in attribute.column.extra:
        return
    del mapped.attributes[name]
    if attribute.owner is not None:
        plain = ModelAttribute(name, "plain", attribute.module, attribute.range, attribute.owner, value=attribute.value)
        mapped.attributes[name] = plain
    attribute.name = f"{prefix}{name}"
    mapped.attributes[attribute.name] = attribute


def _leave_out(mapped: MappedClass, attribute: ModelAttribute) -> None:
    mapped.left_out.append(replace(attribute))
    if attribute.owner is None:
        del mapped.attributes[attribute.name]
    else:
        attribute.kind, attribute.column = "plain", None
