"""Where in a body a session write may still follow: the body walked backwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes


def writes_after(body: tuple[s.Stmt, ...], calls: set[int], transactions: set[int]) -> dict[int, bool]:
    """Tell for each statement, by its start, whether one of the calls may run after it.

    `transactions` are the starts of `with` statements that write when they are left without an exception.
    """
    flow = _WriteFlow(calls, transactions)
    flow.block(body, False, _Exits())
    return flow.follows


@dataclass(frozen=True, slots=True)
class _Exits:
    """Whether a write may run after leaving a block by each way out."""

    returning: bool = False
    raising: bool = False
    breaking: bool = False
    continuing: bool = False


class _WriteFlow:
    def __init__(self, calls: set[int], transactions: set[int]) -> None:
        self.calls = calls
        self.transactions = transactions
        self.follows: dict[int, bool] = {}

    def writes(self, node: object) -> bool:
        calls = self.calls
        return bool(calls) and any(isinstance(item, e.Call) and item.start in calls for item in walk_nodes(node))

    def block(self, block: tuple[s.Stmt, ...], after: bool, exits: _Exits) -> bool:
        """Return whether a write may run from the start of a block on, given the same for its end."""
        for statement in reversed(block):
            after = self.statement(statement, after, exits)
        return after

    def note(self, statement: s.Stmt, follows: bool) -> None:
        self.follows[statement.start] = follows or self.follows.get(statement.start, False)

    def statement(self, statement: s.Stmt, after: bool, exits: _Exits) -> bool:
        """Return whether a write may run from the start of a statement on."""
        if isinstance(statement, s.Return):
            self.note(statement, exits.returning)
            return exits.returning or self.writes(statement.value)
        if isinstance(statement, s.Raise):
            self.note(statement, exits.raising)
            return exits.raising or self.writes(statement.value)
        if isinstance(statement, s.Jump) and statement.kind != "pass":
            after = exits.breaking if statement.kind == "break" else exits.continuing
            self.note(statement, after)
            return after
        if isinstance(statement, s.If):
            self.note(statement, after)
            body = self.block(statement.body, after, exits)
            orelse = self.block(statement.orelse, after, exits)
            return body or orelse or self.writes(statement.test)
        if isinstance(statement, (s.For, s.While)):
            return self._loop(statement, after, exits)
        if isinstance(statement, s.With):
            return self._with(statement, after, exits)
        if isinstance(statement, s.Try):
            return self._try(statement, after, exits)
        if isinstance(statement, s.Match):
            self.note(statement, after)
            cases = [self.block(case.body, after, exits) for case in statement.cases]
            return any(cases) or after or self.writes(statement.subject)
        self.note(statement, after)
        if isinstance(statement, (s.FunctionStmt, s.ClassStmt)):
            return after
        return after or self.writes(statement)

    def _loop(self, statement: s.For | s.While, after: bool, exits: _Exits) -> bool:
        self.note(statement, after)
        end = self.block(statement.orelse, after, exits)
        turn = end or (isinstance(statement, s.While) and self.writes(statement.test))
        for _ in range(2):  # what the body writes may follow it in its next turn
            inside = replace(exits, breaking=after, continuing=turn)
            body = self.block(statement.body, turn, inside)
            if body == turn or turn:
                break
            turn = True
        return turn or body or (isinstance(statement, s.For) and self.writes(statement.iter))

    def _with(self, statement: s.With, after: bool, exits: _Exits) -> bool:
        commits = statement.start in self.transactions
        self.note(statement, after or commits)
        if commits:
            exits = _Exits(True, exits.raising, True, True)
        return self.block(statement.body, after or commits, exits) or self.writes(statement.items)

    def _try(self, statement: s.Try, after: bool, exits: _Exits) -> bool:
        self.note(statement, after)
        final = self.block(statement.final, after, exits)
        outside = _Exits(
            self.block(statement.final, exits.returning, exits),
            self.block(statement.final, exits.raising, exits),
            self.block(statement.final, exits.breaking, exits),
            self.block(statement.final, exits.continuing, exits),
        )
        handlers = [self.block(handler.body, final, outside) for handler in statement.handlers]
        caught = any(handlers)
        orelse = self.block(statement.orelse, final, outside)
        inside = replace(outside, raising=outside.raising or caught)
        # An exception may leave the body after any of its statements.
        return self.block(statement.body, orelse or inside.raising, inside) or inside.raising
