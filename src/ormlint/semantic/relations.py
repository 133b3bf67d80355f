"""Relationships in comparisons: with values that are no instances, and columns with instances that are no values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import ModelAttribute
from ormlint.index.symbols import ClassSymbol
from ormlint.semantic import events
from ormlint.semantic import types as t

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_VALUES = frozenset({"builtins.int", "builtins.str", "builtins.float", "builtins.bool", "builtins.bytes"})


class RelationReader:
    """Reports comparisons that SQLAlchemy refuses when the expression is built."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.index = evaluator.index

    def compare(self, kind: t.Type, operator: str, other: e.Expr, other_type: t.Type) -> None:
        """Report `Model.attribute == other` where the two cannot be compared."""
        if not isinstance(kind, t.Attr):
            return
        relationship = kind.attribute.relationship
        if relationship is not None:
            if relationship.uselist and not isinstance(other_type, (t.NoneType, t.Unknown, t.Union_, t.SqlExpression)):
                self._report(kind, other, "collection", operator)
            elif relationship.uselist is False and self._is_value(other_type):
                self._report(kind, other, "scalar", operator)
        elif kind.attribute.kind == "column" and not _is_guessed(kind.attribute) and self._is_instance(other_type):
            self._report(kind, other, "column", operator)

    def method(self, receiver: t.Attr, name: str, node: e.Call) -> None:
        """Report `in_`, `any()` and `has()` on a relationship that does not have them."""
        relationship = receiver.attribute.relationship
        if relationship is None:
            return
        if name in ("in_", "not_in", "notin_"):
            self._report(receiver, node, "in_", name)
        elif name == "any" and relationship.uselist is False:
            self._report(receiver, node, "any", name)
        elif name == "has" and relationship.uselist is True:
            self._report(receiver, node, "has", name)

    def _report(self, kind: t.Attr, node: e.Node, form: str, operator: str) -> None:
        if self.ev.expected:
            return
        self.ev.emit(events.RelationshipOperand(kind.mapped, kind.attribute, node, form, operator, self.ev.record))

    def _is_value(self, kind: t.Type) -> bool:
        return isinstance(kind, (t.Literal, t.EnumMember)) or (
            (isinstance(kind, t.Builtin) and kind.name in _VALUES)
            or (isinstance(kind, (t.Loaded, t.Attr)) and kind.attribute.kind == "column")
        )

    def _is_instance(self, kind: t.Type) -> bool:
        if not isinstance(kind, t.Instance):
            return False
        mapped = self.index.mapped_of(kind.cls)
        return mapped is not None and mapped.open_reason is None and "__clause_element__" not in mapped.attributes


def _is_guessed(attribute: ModelAttribute) -> bool:
    """Tell whether all that makes a column of an attribute is an annotation with a class that is no type of one."""
    column = attribute.column
    if attribute.value is not None or column is None or (column.enum is not None and column.enum.enum is not None):
        return False
    return isinstance(column.python_type, ClassSymbol)
