"""SQL in strings: the texts given to `text()`, `op.execute()` and `exec_driver_sql()`, as far as they are literal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.vocabulary.sqlalchemy import TEXT_CALLS
from ormlint.semantic import events
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator


class SqlTextReader:
    """Notes the SQL texts of one body."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self._noted: dict[int, events.SqlText] = {}  # by the start of the `text()` call

    def call(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Note the SQL text that a call takes, or the parameters that one is executed with."""
        if not self.ev.recording or not node.args:
            return
        first = node.args[0]
        if isinstance(func, t.ExternalObject) and func.name in TEXT_CALLS:
            self._note(node, first, ())
        elif isinstance(node.func, e.Attribute):
            if node.func.attr == "exec_driver_sql" and not isinstance(func, (t.Function, t.Instance)):
                self._note(node, first, ())
            elif node.func.attr in ("execute", "scalar", "scalars", "stream") and isinstance(first, e.Call):
                noted = self._noted.get(first.start)
                parameters = given.type(1, "params") or given.type(1, "parameters")
                if noted is not None and isinstance(parameters, t.Dict) and parameters.items is not None:
                    noted.parameters = parameters.items

    def _note(self, node: e.Call, argument: e.Expr, parameters: tuple[tuple[str, t.Type, e.Expr], ...]) -> None:
        pieces: list[tuple[str, e.Expr]] = []
        if isinstance(argument, e.Call) or not self._pieces(argument, pieces):
            return
        text = "".join(piece for piece, _ in pieces)
        event = events.SqlText(node, argument, text, tuple(pieces), parameters, self.ev.record)
        self._noted[node.start] = event
        self.ev.emit(event)

    def _pieces(self, expr: e.Expr, pieces: list[tuple[str, e.Expr]]) -> bool:
        """Collect the literal pieces of a string in order; tell whether all of it is literal."""
        if isinstance(expr, e.Str):
            pieces.append((expr.value, expr))
            return True
        if isinstance(expr, e.FString):
            return all(self._pieces(part, pieces) for part in expr.parts)
        if isinstance(expr, e.Binary) and expr.op == "+":
            return self._pieces(expr.left, pieces) and self._pieces(expr.right, pieces)
        recording, self.ev.recording = self.ev.recording, False
        kind = self.ev.eval(expr)
        self.ev.recording = recording
        if isinstance(kind, t.Literal) and isinstance(kind.value, str):
            pieces.append((kind.value, expr))
            return True
        return False
