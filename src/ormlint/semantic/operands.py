"""Values meeting columns: in constructors, assignments, comparisons, filters, `values()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.semantic import events
from ormlint.semantic import types as t
from ormlint.semantic.relations import RelationReader

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_SQL_OPERATORS = frozenset({"==", "!=", "<", ">", "<=", ">="})
_TIME_OPERATORS = frozenset({"<", ">", "<=", ">=", "-"})
_COMPARING = frozenset({"comparison", "filter_by", "instance"})
_PYTHON_OPERATORS = frozenset({"==", "!=", "in", "not in"})
# Methods of a column expression whose arguments are compared with the column.
COMPARING_METHODS = frozenset(
    {
        "in_",
        "notin_",
        "not_in",
        "is_",
        "is_not",
        "isnot",
        "is_distinct_from",
        "is_not_distinct_from",
        "between",
    }
)


class OperandReader:
    """Reports operands of enum columns, times that meet a column, and writes to columns."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.relations = RelationReader(evaluator)

    def write(
        self,
        mapped: MappedClass,
        attribute: ModelAttribute,
        value: e.Expr,
        kind: t.Type,
        context: str,
        node: e.Node,
    ) -> None:
        """Report a value written to a column."""
        if attribute.column is None:
            return
        is_expected = self.ev.expected > 0
        self.ev.emit(events.ColumnWrite(mapped, attribute, node, value, kind, context, self.ev.record, is_expected))
        self._meet(mapped, attribute, value, kind, context)

    def compare(self, left: e.Expr, left_type: t.Type, op: str, right: e.Expr, right_type: t.Type) -> None:
        """Report the operands of a comparison with a column or with a loaded value."""
        if isinstance(left_type, t.Attr) and op in _SQL_OPERATORS:
            self._meet(left_type.mapped, left_type.attribute, right, right_type, "comparison", op)
        elif isinstance(right_type, t.Attr) and op in _SQL_OPERATORS:
            self._meet(right_type.mapped, right_type.attribute, left, left_type, "comparison", op)
        if op in ("==", "!="):
            self.relations.compare(left_type, op, right, right_type)
            if not isinstance(left_type, t.Attr):
                self.relations.compare(right_type, op, left, left_type)
        if op in _TIME_OPERATORS:
            for value, other, kind in ((left_type, right, right_type), (right_type, left, left_type)):
                loaded = _loaded(value)
                if loaded is not None and isinstance(kind, (t.Now, t.Moment)):
                    self._meet(loaded.mapped, loaded.attribute, other, kind, "instance", op)
                    return
        loaded = _loaded(left_type)
        if loaded is not None and op in _PYTHON_OPERATORS:
            if op in ("in", "not in"):
                for element, element_type in self._elements(right, right_type):
                    self._meet(loaded.mapped, loaded.attribute, element, element_type, "instance", op)
            else:
                self._meet(loaded.mapped, loaded.attribute, right, right_type, "instance", op)
            return
        loaded = _loaded(right_type)
        if loaded is not None and op in ("==", "!="):
            self._meet(loaded.mapped, loaded.attribute, left, left_type, "instance", op)

    def method(self, receiver: t.Attr, name: str, args: tuple[tuple[e.Expr, t.Type], ...]) -> None:
        """Report the operands of `Model.column.in_([...])` and its kin."""
        if name not in COMPARING_METHODS:
            return
        for argument, kind in args:
            if name in ("in_", "notin_", "not_in"):
                for element, element_type in self._elements(argument, kind):
                    self._meet(receiver.mapped, receiver.attribute, element, element_type, "comparison", name)
            else:
                self._meet(receiver.mapped, receiver.attribute, argument, kind, "comparison", name)

    def named(self, mapped: MappedClass, name: str, value: e.Expr, kind: t.Type, context: str, node: e.Node) -> None:
        """Report a value given to a column by name: `filter_by(name=…)`, `values(name=…)`."""
        attribute = mapped.attributes.get(name)
        if attribute is not None and context == "filter_by":
            self.relations.compare(t.Attr(mapped, attribute), "==", value, kind)
        if attribute is None or attribute.column is None:
            return
        if context == "values":
            self.write(mapped, attribute, value, kind, context, node)
        else:
            self._meet(mapped, attribute, value, kind, context)

    def match(self, subject: e.Expr, kind: t.Type, pattern: s.Pattern) -> None:
        """Report the value patterns of a `match` on a loaded enum column."""
        loaded = _loaded(kind)
        if loaded is None:
            return
        if pattern.kind == "value" and pattern.value is not None:
            value = self.ev.eval(pattern.value)
            self._meet(loaded.mapped, loaded.attribute, pattern.value, value, "instance", "match")
        elif pattern.kind == "or":
            for part in pattern.parts:
                self.match(subject, kind, part)

    def _elements(self, expr: e.Expr, kind: t.Type) -> list[tuple[e.Expr, t.Type]]:
        if isinstance(expr, e.Display):
            return [(element, self._quiet(element)) for element in expr.elements if not isinstance(element, e.Starred)]
        if isinstance(kind, t.TupleOf):
            return [(expr, element) for element in kind.elements]
        if isinstance(kind, t.Sequence):
            return [(expr, kind.element)]
        return []

    def _quiet(self, expr: e.Expr) -> t.Type:
        """Evaluate again without reporting: the display was evaluated as a whole before."""
        return self.ev.quiet(expr)

    def _meet(
        self,
        mapped: MappedClass,
        attribute: ModelAttribute,
        node: e.Expr,
        kind: t.Type,
        context: str,
        operator: str = "",
    ) -> None:
        column = attribute.column
        if column is None:
            return
        if self.ev.expected and column.enum is not None:
            return  # under `pytest.raises` a wrong label is what is tested
        if isinstance(kind, (t.Now, t.Moment)) and kind.aware is not None and not self.ev.expected:
            self.ev.emit(events.TimeOperand(mapped, attribute, node, kind, context, self.ev.record, operator))
        if column.enum is None:
            if context in _COMPARING and any(map(_is_string_or_member, t.members(kind))):
                self.ev.emit(
                    events.ComparedValue(mapped, attribute, node, kind, context, operator or "==", self.ev.record)
                )
            return
        self.ev.emit(events.EnumOperand(mapped, attribute, column.enum, node, kind, context, self.ev.record, operator))


def _is_string_or_member(kind: t.Type) -> bool:
    return isinstance(kind, t.EnumMember) or (isinstance(kind, t.Literal) and isinstance(kind.value, str))


def _loaded(kind: t.Type) -> t.Loaded | None:
    kind = t.without_none(kind)
    return kind if isinstance(kind, t.Loaded) else None
