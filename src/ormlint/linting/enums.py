"""What the enum rules share: the strings an operand may be, and how a message names the enum."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ormlint.diagnostics import Fix
from ormlint.facts import expressions as e
from ormlint.index.enums import EnumClass, EnumColumn
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Module, Value
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import listed
from ormlint.semantic import types as t

# Contexts in which a value is written; in the others it is compared in SQL, or in Python ("instance").
WRITES = frozenset({"constructor", "assignment", "values", "default", "server_default"})


def strings(operand: subjects.EnumOperand) -> list[tuple[e.Node, str]]:
    """Return the string literals an operand may be, each at its own place; empty unless all its values are known."""
    found: list[tuple[e.Node, str]] = []
    _collect(operand.node, operand.type, found)
    return found


def _collect(node: e.Expr, kind: t.Type, found: list[tuple[e.Node, str]]) -> None:
    if isinstance(node, e.Conditional):
        for part in (node.body, node.orelse):
            if isinstance(part, e.Str):
                found.append((part, part.value))
        return
    if isinstance(node, e.BoolOp) and node.op == "or":
        if isinstance(node.right, e.Str):
            found.append((node.right, node.right.value))
        return
    for member in t.members(kind):
        if isinstance(member, t.Literal) and isinstance(member.value, str):
            found.append((node, member.value))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum."""

    enum: EnumClass
    name: str


# A string in SQL with nothing round it but a cast.
_QUOTED = re.compile(r"\s*'([^'\\]*)'\s*(?:::\s*[\w.\"]+)?\s*")


def constant(index: ProjectIndex, module: Module, expr: e.Expr, depth: int = 0) -> str | Member | None:
    """Return the string or enum member that a default certainly is, or None.

    `Status.A.value` and `Status.A.name` are strings, so is `text("'a'")`; a lambda without parameters is its body.
    """
    if depth > 4:
        return None
    if isinstance(expr, e.Str):
        return expr.value
    if isinstance(expr, e.Lambda) and not expr.params:
        return constant(index, module, expr.body, depth + 1)
    if isinstance(expr, e.Call):
        name = (e.dotted_name(expr.func) or "").rpartition(".")[2]
        if name in ("text", "literal_column") and len(expr.args) == 1 and isinstance(expr.args[0], e.Str):
            found = _QUOTED.fullmatch(expr.args[0].value)
            return found.group(1) if found else None
        return None
    if not isinstance(expr, (e.Name, e.Attribute)):
        return None
    symbol = index.resolver.expr(module, expr)
    if isinstance(symbol, Value):
        owner = index.enum_of(symbol.owner)
        if owner is not None:
            return Member(owner, symbol.name) if symbol.name in owner.members else None
        return constant(index, symbol.module, symbol.value, depth + 1) if symbol.value is not None else None
    if isinstance(expr, e.Attribute) and expr.attr in ("value", "_value_", "name", "_name_"):
        inner = constant(index, module, expr.value, depth + 1)
        if isinstance(inner, Member):
            if "name" in expr.attr:
                return inner.name
            value = inner.enum.members.get(inner.name)
            return value if isinstance(value, str) else None
    return None


def enum_name(column: EnumColumn) -> str:
    """Return what a message calls the enum."""
    if column.enum is not None:
        return f"`{column.enum.name}`"
    return f"the enum `{column.type_name}`" if column.type_name else "the enum"


def labels(column: EnumColumn) -> str:
    """Return the labels for a message."""
    return listed(column.labels or ())


def member_meant(column: EnumColumn, text: str) -> str | None:
    """Return the member a string names, by name or by value, in any letter case; None when there is none."""
    enum = column.enum
    if enum is None:
        lowered = {label.lower(): label for label in column.labels or ()}
        return lowered.get(text.lower())
    for name, value in enum.members.items():
        if text == name or (isinstance(value, str) and text == value):
            return name
    for name, value in enum.members.items():
        if text.lower() in (name.lower(), value.lower() if isinstance(value, str) else ""):
            return name
    return None


def fix(context: Context, operand: subjects.EnumOperand, node: e.Node, text: str) -> Fix | None:
    """Return the fix that gives the member in place of a string; None where the string is not written at the node.

    It is safe where the string is just the name or the value of one member.
    """
    enum = operand.enum.enum
    if enum is None or not isinstance(node, e.Str):
        return None
    member = member_meant(operand.enum, text)
    exact = {name for name, value in enum.members.items() if text in (name, value)} - enum.aliases
    if member is None or len(exact) > 1:
        return None
    known = fixes.reference(context, context.module, enum.symbol, node)
    if known is None:
        return None
    code = f"{known.code}.{member}"
    return fixes.fix(f"Use `{code}`", fixes.replace(node, code), *known.steps, safe=bool(exact) and known.is_safe)


def shown_member(column: EnumColumn, name: str) -> str:
    """Return `Status.DONE` for a message, or the label of a string enum."""
    return f"`{column.enum.name}.{name}`" if column.enum is not None else f'"{name}"'


def places(operand: subjects.EnumOperand) -> list[Place]:
    """Return the places that explain an enum operand: the column, and the enum."""
    attribute, enum = operand.attribute, operand.enum.enum
    found = [Place(attribute.module.path, attribute.range, "the column")]
    if enum is not None:
        found.append(Place(enum.symbol.module.path, enum.symbol.facts.name_range, f"`{enum.name}` is defined here"))
    return found
