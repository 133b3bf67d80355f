"""What the rules about relationships and keys share: their options, and what another side looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.columns import Column, Reference
from ormlint.index.model import MappedClass, ModelAttribute, Relationship
from ormlint.index.symbols import ClassSymbol, External, Module, Value
from ormlint.index.vocabulary.sqlalchemy import FOREIGN_KEY, TABLE
from ormlint.linting import subjects
from ormlint.linting.context import Context


def relationships(context: Context, subject: subjects.Model) -> Iterator[tuple[ModelAttribute, Relationship, e.Call]]:
    """Yield the relationships that a mapped class or its mixins write, each with its call.

    What a mapped parent declares is left out: it is asked about with that parent.
    """
    if not subject.is_mapped:
        return
    for attribute in subject.mapped.attributes.values():
        relationship = attribute.relationship
        if relationship is None or attribute.kind != "relationship" or relationship.call is None:
            continue
        if attribute.conditional or attribute.owner is None or subject.mapped.symbol.facts.is_conditional:
            continue
        if not _is_of_parent(context, subject.mapped, attribute):
            yield attribute, relationship, relationship.call


def _is_of_parent(context: Context, mapped: MappedClass, attribute: ModelAttribute) -> bool:
    for base in mapped.mro[1:]:
        parent = context.index.mapped_of(base) if isinstance(base, ClassSymbol) else None
        if parent is not None and attribute.owner in parent.mro:
            return True
    return False


def target_of(
    context: Context, attribute: ModelAttribute, relationship: Relationship, call: e.Call
) -> MappedClass | None:
    """Return the mapped class a relationship certainly leads to, or None.

    What a mixin's function says by an attribute of `cls` is another class for each heir.
    """
    given = call.args[0] if call.args else call.keyword("argument")
    if isinstance(given, e.Lambda):
        given = given.body
    if given is not None and not isinstance(given, e.Str):
        if not isinstance(context.index.resolver.expr(attribute.module, given), ClassSymbol):
            return None
    return context.index.target(relationship)


def option(call: e.Call, name: str) -> e.Expr | None:
    """Return an option of `relationship(…)`, also inside SQLModel's `sa_relationship_kwargs`."""
    given = call.keyword(name)
    if given is not None:
        return given
    options = call.keyword("sa_relationship_kwargs")
    if isinstance(options, e.DictDisplay):
        for item in options.items:
            if isinstance(item.key, e.Str) and item.key.value == name:
                return item.value
    return None


# Options whose strings SQLAlchemy evaluates with the classes of the registry.
_EVALUATED = ("primaryjoin", "secondaryjoin", "foreign_keys", "remote_side", "order_by")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z_]\w*\.)*([A-Z]\w*)\.([A-Za-z_]\w*)(?![\w(])")


@dataclass(frozen=True, slots=True)
class NamedAttribute:
    """`Class.attribute` in a string of a relationship; `start` is where the attribute begins in the string's value."""

    option: str
    expr: e.Str
    cls: str
    name: str
    start: int


def named_attributes(call: e.Call) -> Iterator[NamedAttribute]:
    """Yield the attributes of classes that the evaluated strings of a relationship name."""
    for name in _EVALUATED:
        given = option(call, name)
        for expr in given.elements if isinstance(given, e.Display) else (given,):
            if isinstance(expr, e.Str):
                text = _QUOTED.sub(lambda match: " " * len(match.group()), expr.value)
                for match in _PATH.finditer(text):
                    if not match[2].startswith("__") and match[2] != "c":
                        yield NamedAttribute(name, expr, match[1], match[2], match.start(2))


def has_any(call: e.Call, *names: str) -> bool:
    """Tell whether a relationship is given one of these options."""
    return any(option(call, name) is not None for name in names)


def is_unread(call: e.Call) -> bool:
    """Tell whether a relationship may have options that are not seen here."""
    if any(not keyword.name for keyword in call.keywords) or call.keyword("sa_relationship") is not None:
        return True
    if any(isinstance(argument, e.Starred) for argument in call.args):
        return True
    options = call.keyword("sa_relationship_kwargs")
    return options is not None and not (
        isinstance(options, e.DictDisplay) and all(isinstance(item.key, e.Str) for item in options.items)
    )


def is_viewonly(call: e.Call) -> bool:
    """Tell whether a relationship is, or may be, for reading only."""
    given = option(call, "viewonly")
    return given is not None and not (isinstance(given, e.Constant) and given.value is False)


def foreign_keys(subject: subjects.Model) -> Iterator[tuple[ModelAttribute, Column, Reference, str]]:
    """Yield the foreign keys that a class or its mixins write, with the resolved target (`table.column`)."""
    if not subject.is_mapped or subject.mapped.symbol.facts.is_conditional:
        return
    for attribute in subject.mapped.columns():
        column = attribute.column
        if column is None or attribute.conditional or attribute.owner is None:
            continue
        for reference, key in zip(column.references, column.foreign_keys, strict=False):
            yield attribute, column, reference, key


@dataclass(frozen=True, slots=True)
class WrittenKey:
    """A foreign key as it is written: `key` is `table.column`, `symbol` says whose it is."""

    expr: e.Expr
    module: Module
    key: str
    symbol: str


def written_keys(context: Context, subject: subjects.Model) -> Iterator[WrittenKey]:
    """Yield the foreign keys of a class, and those of the Core tables that stand in its file."""
    if not subject.is_mapped or subject.mapped.symbol.facts.is_conditional:
        return
    for attribute, _, reference, target in foreign_keys(subject):
        if reference.target is not None:
            symbol = f"{subject.mapped.name}.{attribute.name}"
            yield WrittenKey(reference.expr, reference.module, target, symbol)
    module, index = subject.mapped.symbol.module, context.index
    for name, bindings in module.scope.items():
        for binding in bindings:
            value = binding.target.value if isinstance(binding.target, Value) and not binding.conditional else None
            if _called(context, module, value) != TABLE:
                continue
            for node in walk_nodes(value):
                if _called(context, module, node) == FOREIGN_KEY and isinstance(node, e.Call) and node.args:
                    key = index.constants.string(node.args[0], module)
                    if key is not None:
                        yield WrittenKey(node.args[0], module, key, name)


def _called(context: Context, module: Module, node: object) -> str:
    symbol = context.index.resolver.expr(module, node.func) if isinstance(node, e.Call) else None
    return symbol.name if isinstance(symbol, External) else ""


def owner_name(mapped: MappedClass, attribute: ModelAttribute) -> str:
    """Return the name of the class that declares an attribute."""
    return attribute.owner.name if attribute.owner is not None else mapped.name
