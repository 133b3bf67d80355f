"""What the enum rules share: the strings an operand may be, and how a message names the enum."""

from __future__ import annotations

from ormlint.facts import expressions as e
from ormlint.index.enums import EnumColumn
from ormlint.linting import subjects
from ormlint.linting.context import Place
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
