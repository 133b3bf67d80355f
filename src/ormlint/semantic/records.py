"""What one function body gave: events, returned type, types set on `self`, and where a session writes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes
from ormlint.index.symbols import FunctionSymbol, Module
from ormlint.semantic.events import ProjectCall
from ormlint.semantic.types import Type, unknown


@dataclass(eq=False)
class FunctionRecord:
    """The record of a function, or of a module's top level (`symbol` None)."""

    module: Module
    symbol: FunctionSymbol | None
    body: tuple[s.Stmt, ...]
    events: list[object] = field(default_factory=list)
    returned: Type = field(default_factory=lambda: unknown("not yet inferred"))
    yielded: Type | None = None
    self_types: dict[str, Type] = field(default_factory=dict)
    write_calls: set[int] = field(default_factory=set)  # starts of calls that write through a session
    transactions: set[int] = field(default_factory=set)  # starts of `with` statements that commit at their end
    calls: list[ProjectCall] = field(default_factory=list)
    guarded_names: set[str] = field(default_factory=set)  # names asked for by hasattr or getattr
    stored_names: set[str] = field(default_factory=set)  # attribute names assigned anywhere in the body
    unknown_stores: set[str] = field(default_factory=set)  # of them, those on objects that may be models
    given_names: set[str] = field(default_factory=set)  # keywords and literal keys of calls that may update rows
    done: bool = False
    _follows: dict[int, bool] | None = None

    @property
    def has_write(self) -> bool:
        """Whether the body itself writes through a session somewhere."""
        return bool(self.write_calls or self.transactions)

    def write_follows(self, statement: int) -> bool:
        """Tell whether a session write may run after the statement that starts at this byte."""
        if self._follows is None:
            flow = _WriteFlow(self)
            flow.block(self.body, False)
            self._follows = flow.follows
        return self._follows.get(statement, False)


class _WriteFlow:
    """Walks a body backwards: for each statement, may a session write run after it?"""

    def __init__(self, record: FunctionRecord) -> None:
        self.record = record
        self.follows: dict[int, bool] = {}

    def writes(self, node: object) -> bool:
        calls = self.record.write_calls
        return bool(calls) and any(isinstance(item, e.Call) and item.start in calls for item in walk_nodes(node))

    def block(self, block: tuple[s.Stmt, ...], after: bool) -> bool:
        """Return whether a write may run from the start of a block on, given the same for its end."""
        for statement in reversed(block):
            after = self.statement(statement, after)
        return after

    def statement(self, statement: s.Stmt, after: bool) -> bool:
        if isinstance(statement, (s.Return, s.Raise)):
            self.follows[statement.start] = False
            return self.writes(statement.value)
        if isinstance(statement, s.If):
            self.follows[statement.start] = after
            body = self.block(statement.body, after)
            orelse = self.block(statement.orelse, after)
            return body or orelse or self.writes(statement.test)
        if isinstance(statement, (s.For, s.While)):
            # What runs in the body may be followed by the next turn of the loop.
            again = after or self.writes(statement.body)
            self.follows[statement.start] = after
            body = self.block(statement.body, again)
            return body or self.block(statement.orelse, after) or after
        if isinstance(statement, s.With):
            inner = after or statement.start in self.record.transactions
            self.follows[statement.start] = inner
            return self.block(statement.body, inner) or self.writes(statement.items)
        if isinstance(statement, s.Try):
            final = self.block(statement.final, after)
            orelse = self.block(statement.orelse, final)
            handlers = [self.block(handler.body, final) for handler in statement.handlers]
            self.follows[statement.start] = after
            return self.block(statement.body, orelse) or any(handlers)
        if isinstance(statement, s.Match):
            self.follows[statement.start] = after
            cases = [self.block(case.body, after) for case in statement.cases]
            return any(cases) or after or self.writes(statement.subject)
        self.follows[statement.start] = after
        if isinstance(statement, (s.FunctionStmt, s.ClassStmt)):
            return after
        return after or self.writes(statement)
