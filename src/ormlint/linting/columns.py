"""What the column rules share: the columns of a model, their annotations, and their types in families."""

from __future__ import annotations

from collections.abc import Iterator

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes
from ormlint.index.annotations import split_optional
from ormlint.index.columns import Column, Default
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import External, Symbol, Unknown
from ormlint.linting.context import Context


def declared_columns(mapped: MappedClass) -> Iterator[tuple[ModelAttribute, Column, str]]:
    """Yield every column with its attribute and the name of the class that declares it.

    An inherited column comes with each heir; reported at its own place in the same words it is one finding.
    """
    for attribute in mapped.columns():
        if attribute.column is not None and not attribute.conditional:
            yield attribute, attribute.column, (attribute.owner or mapped.symbol).name


def mapped_annotation(context: Context, attribute: ModelAttribute) -> e.Expr | None:
    """Return T of an attribute's `Mapped[T]`, also where a `declared_attr` returns it; None without one."""
    annotation = attribute.annotation
    if attribute.function is not None:
        annotation = attribute.function.facts.returns
    inner = context.index.columns.mapped_inner(annotation, attribute.module)
    return inner[1] if inner is not None and inner[0] == "Mapped" else None


def plain_type(context: Context, attribute: ModelAttribute, annotation: e.Expr) -> tuple[bool, Symbol] | None:
    """Return (accepts None, T) of an annotation; None where T may hide more: an alias, a type variable, `Any`."""
    resolver, module = context.index.resolver, attribute.module
    optional, core = split_optional(annotation, resolver, module)
    if isinstance(core, e.Subscript):
        name = (e.dotted_name(core.value) or "").rpartition(".")[2]
        if name in ("Annotated", "Union", "Optional", "Literal"):
            return None
        core = core.value
    if not isinstance(core, (e.Name, e.Attribute)):
        return None
    symbol = resolver.expr(module, core)
    if isinstance(symbol, Unknown) or (isinstance(symbol, External) and symbol.name.rpartition(".")[2] == "Any"):
        return None
    if isinstance(symbol, External) and not symbol.name.startswith(_PLAIN):
        return None  # a name of another package may stand for a union
    return (optional, symbol) if type(symbol).__name__ in ("External", "ClassSymbol") else None


_PLAIN = ("builtins.", "datetime.", "decimal.", "uuid.", "typing.", "collections.")


def is_column_call(context: Context, attribute: ModelAttribute, name: str) -> bool:
    """Tell whether an attribute is declared by a call of just this function, such as `sqlalchemy.Column`."""
    if not isinstance(attribute.value, e.Call):
        return False
    symbol = context.index.resolver.expr(attribute.module, attribute.value.func)
    return isinstance(symbol, External) and symbol.name == name


def per_row(context: Context, attribute: ModelAttribute, default: Default) -> str | None:
    """Return a function's code that makes a default anew; None when it would not see the names of the class body."""
    body = attribute.owner.facts.body if attribute.owner is not None else ()
    own = {
        target.id
        for statement in body
        if isinstance(statement, s.Assign)
        for target in statement.targets
        if isinstance(target, e.Name)
    }
    if any(isinstance(node, e.Name) and node.id in own for node in walk_nodes(default.expr)):
        return None
    return f"lambda: {context.source(default.expr, default.module)}"
