"""Changes inside the values of columns, and what tells the session of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.semantic import events
from ormlint.semantic import types as t

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

# Methods of lists, dicts and sets that change them.
_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse", "update", "setdefault"}
    | {"add", "discard"}
)


class MutationReader:
    """Reports in-place changes of loaded columns in one body."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator

    def item(self, target: e.Subscript, owner: t.Type) -> None:
        """Report `instance.column[key] = value` and `del instance.column[key]`."""
        self._report(target.value, owner, target)

    def call(self, node: e.Call, func: t.Type) -> None:
        """Report `instance.column.append(value)` and its kin; note `flag_modified(instance, "column")`."""
        if isinstance(func, t.Method) and func.name in _CHANGING and isinstance(node.func, e.Attribute):
            self._report(node.func.value, func.receiver, node)
        elif _last(node.func).endswith("flag_modified") and e.dotted_name(node.func):
            names = self.ev.record.flagged_names
            names.add(node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], e.Str) else "*")

    def _report(self, expr: e.Expr, kind: t.Type, node: e.Node) -> None:
        kind = t.without_none(kind)
        if isinstance(kind, t.Loaded) and isinstance(expr, e.Attribute) and isinstance(expr.value, e.Name):
            self.ev.emit(
                events.InPlaceChange(
                    kind.mapped, kind.attribute, expr.value.id, node, self.ev.statement, self.ev.record
                )
            )


def _last(func: e.Expr) -> str:
    return func.attr if isinstance(func, e.Attribute) else func.id if isinstance(func, e.Name) else ""
