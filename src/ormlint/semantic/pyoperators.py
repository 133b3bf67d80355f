"""Python's own operators on SQL expressions: `is`, `in`, `not`, `and`, `or`, and chained comparisons.

Python settles them when the expression is built: `Model.x is None` is False, and `a and b` is one of the two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.vocabulary.sqlalchemy import CONDITION_CALLS
from ormlint.semantic import events
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_FILTERING = frozenset({"filter", "where", "having"})
_JOINING = frozenset({"join", "outerjoin"})
_OF_COLUMNS = frozenset({"filter", "where", "having", "any", "has", "and_", "or_"})
# Lists that are given to a filter later.
_LIST_NAME = re.compile(r"filter|cond|where|clause|criteri|predicate")
# Attributes of a class that are SQL whatever their definition says; a hybrid's may be anything.
_CERTAIN = frozenset({"column", "synonym", "composite", "column_property", "relationship", "backref"})
_IDENTITY = ("is", "is not")
_MEMBERSHIP = ("in", "not in")


class PythonOperatorReader:
    """Reports Python operators where a SQL expression is asked for."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self._seen: set[tuple[int, int, str]] = set()

    def call(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Look at the arguments of a call that takes SQL conditions."""
        for argument, _ in given.args[self._first(node, func) :]:
            self._position(argument)

    def _first(self, node: e.Call, func: t.Type) -> int:
        """Return the position of the first condition among the arguments of a call; past them where it takes none."""
        none = len(node.args)
        if isinstance(func, t.Method):
            receiver, name = func.receiver, func.name
            if isinstance(receiver, (t.Query, t.Statement)):
                return 0 if name in _FILTERING else 1 if name in _JOINING else none
            if isinstance(receiver, (t.Attr, t.SqlExpression)):
                return 0 if name in _OF_COLUMNS else none
            if isinstance(receiver, t.Sequence) and name == "append" and isinstance(node.func, e.Attribute):
                named = (e.dotted_name(node.func.value) or "").rpartition(".")[2].lower()
                return 0 if _LIST_NAME.search(named) else none
            return none
        if isinstance(func, t.ExternalObject):
            return 0 if func.name in CONDITION_CALLS else none
        if isinstance(func, t.Unknown) and isinstance(node.func, e.Attribute):
            return 0 if node.func.attr in _FILTERING else none
        return none

    def chain(self, node: e.Compare) -> None:
        """Report `a < column < b`: the first comparison is tested for its truth."""
        first = e.Compare(node.start, node.rest[0].end, node.left, node.rest[:1])
        kind = self.ev.quiet(first)
        if isinstance(kind, t.SqlExpression):
            truth = self._truth(first, kind)
            outcome = None
            if truth == "false":
                outcome = first
            elif truth == "true" and len(node.rest) == 2:
                outcome = e.Compare(node.rest[0].right.start, node.end, node.rest[0].right, node.rest[1:])
            self._report("chain", node, first, kind, None, truth, outcome)

    def within(self, node: e.BoolOp) -> None:
        """Note that the left part of a chain is part of one: the chain is reported once, as a whole."""
        if self.ev.recording and isinstance(node.left, e.BoolOp):
            self._seen.add((node.left.start, node.left.end, node.left.op))

    def boolean(self, node: e.BoolOp) -> None:
        """Report `left and right` of SQL expressions."""
        left: e.Expr = node.left
        while isinstance(left, e.BoolOp):
            left = left.left
        kind = self.ev.quiet(left)
        outcome, truth = self._outcome(node)
        self._report(node.op, node, left, kind, node.right, truth, outcome)

    # -- positions of conditions

    def _position(self, expr: e.Expr) -> None:
        if isinstance(expr, e.Display):
            for element in expr.elements:
                self._position(element)
        elif isinstance(expr, e.Conditional):
            self._position(expr.body)
            self._position(expr.orelse)
        elif isinstance(expr, e.BoolOp):
            left: e.Expr = expr
            while isinstance(left, e.BoolOp):
                left = left.left
            if self._is_sql(self.ev.quiet(left)):
                self.boolean(expr)
            self._position(expr.left)
            self._position(expr.right)
        elif isinstance(expr, e.Unary):
            if expr.op == "not":
                kind = self.ev.quiet(expr.operand)
                if self._is_sql(kind):
                    self._report("not", expr, expr.operand, kind, None, self._truth(expr.operand, kind), None)
            self._position(expr.operand)
        elif isinstance(expr, e.Binary) and expr.op in ("&", "|"):
            self._position(expr.left)
            self._position(expr.right)
        elif isinstance(expr, e.Compare) and len(expr.rest) == 1:
            self._comparison(expr, expr.rest[0])

    def _comparison(self, expr: e.Compare, comparison: e.Comparison) -> None:
        operator, right = comparison.op, comparison.right
        if operator not in (*_IDENTITY, *_MEMBERSHIP):
            return
        kind = self.ev.quiet(expr.left)
        if not self._is_sql(kind):
            return
        if operator in _IDENTITY:
            if isinstance(right, e.Constant) and (right.value is None or isinstance(right.value, bool)):
                self._report(operator, expr, expr.left, kind, right, "true" if operator == "is not" else "false", None)
            return
        has_none = isinstance(right, e.Display) and any(
            isinstance(element, e.Constant) and element.value is None for element in right.elements
        )
        right_type = self.ev.quiet(right)
        if isinstance(right_type, t.Dict) and not isinstance(right, e.DictDisplay):
            return
        refuses = isinstance(right_type, (t.Attr, t.SqlExpression, t.Statement, t.Builtin)) or has_none
        truth = "raises" if refuses else "true" if operator == "not in" else "false"
        self._report(operator, expr, expr.left, kind, right, truth, None)

    # -- what comes out

    def _outcome(self, expr: e.Expr) -> tuple[e.Expr | None, str]:
        """Return the operand that `and` and `or` leave over, and what testing it gives."""
        if not isinstance(expr, e.BoolOp):
            return expr, self._truth(expr, self.ev.quiet(expr))
        left, truth = self._outcome(expr.left)
        if truth == "raises" or not truth:
            return None, truth
        if (truth == "false") == (expr.op == "and"):
            return left, truth
        return self._outcome(expr.right)

    def _truth(self, expr: e.Expr, kind: t.Type) -> str:
        if isinstance(kind, t.Attr):
            return "true" if kind.attribute.kind in _CERTAIN else ""
        if isinstance(expr, e.Compare) and len(expr.rest) == 1:
            comparison = expr.rest[0]
            if comparison.op not in ("==", "!="):
                return "raises" if comparison.op in ("<", ">", "<=", ">=") else ""
            sides = (expr.left, comparison.right)
            if any(isinstance(side, e.Constant) and side.value is None for side in sides):
                return "raises"
            for side in map(self.ev.quiet, sides):
                if isinstance(side, t.Attr) and side.attribute.kind not in ("column", "synonym", "column_property"):
                    return ""
                if side == t.NONE or (isinstance(side, t.Union_) and t.NONE in side.members):
                    return ""
            return "false" if comparison.op == "==" else "true"
        if isinstance(expr, e.Call) and isinstance(kind, t.SqlExpression):
            return "raises"
        return ""

    def _is_sql(self, kind: t.Type) -> bool:
        return isinstance(kind, t.SqlExpression) or (isinstance(kind, t.Attr) and kind.attribute.kind in _CERTAIN)

    def _report(
        self,
        operator: str,
        node: e.Expr,
        operand: e.Expr,
        kind: t.Type,
        other: e.Expr | None,
        truth: str,
        outcome: e.Expr | None,
    ) -> None:
        key = (node.start, node.end, operator)
        if key in self._seen or self.ev.expected:
            return
        self._seen.add(key)
        event = events.PythonOperator(operator, node, operand, kind, other, truth, outcome, self.ev.record)
        self.ev.emit(event)
