"""What one function body gave: events, returned type, types set on `self`, and where a session writes."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import NamedTuple

from ormlint.facts import statements as s
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module
from ormlint.semantic.callsites import GivenCall
from ormlint.semantic.events import ProjectCall
from ormlint.semantic.solver import Kind
from ormlint.semantic.types import NEVER, Type, unknown
from ormlint.semantic.writeflow import writes_after


@dataclass(eq=False, slots=True)
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
    handed_on: list[tuple[FunctionSymbol, int]] = field(default_factory=list)  # calls that write if the callee does
    transactions: set[int] = field(default_factory=set)  # starts of `with` statements that commit at their end
    calls: list[ProjectCall] = field(default_factory=list)
    flagged_names: set[str] = field(default_factory=set)  # given to `flag_modified`; "*" for any
    guarded_names: set[str] = field(default_factory=set)  # names asked for by hasattr or getattr
    stored_names: set[str] = field(default_factory=set)  # attribute names assigned anywhere in the body
    unknown_stores: set[str] = field(default_factory=set)  # of them, those on objects that may be models
    given_names: set[str] = field(default_factory=set)  # keywords and literal keys of calls that may update rows
    loose: dict[str, set[Type]] = field(default_factory=dict)  # what `unknown_stores` and `given_names` are given
    opened: set[ClassSymbol | None] = field(default_factory=set)  # written by names not known; None for any class
    contradictions: set[tuple[int, str]] = field(default_factory=set)  # (function, parameter) given another model
    given: list[GivenCall] = field(default_factory=list)  # to functions with parameters that nothing declares
    value_functions: set[int] = field(default_factory=set)  # functions that are handed on as values
    value_names: set[str] = field(default_factory=set)  # names handed on that may be a function's
    inner: dict[int, FunctionRecord] = field(default_factory=dict)  # functions defined in the body
    env: dict[str, Type] = field(default_factory=dict)  # of a module: what its names are at the end
    global_types: dict[str, Type] = field(default_factory=dict)  # given to names the body calls global
    is_settled: bool = False  # calls that write because the callee does are among `write_calls`
    _follows: dict[int, bool] | None = None

    def give(self, name: str, kind: Type) -> None:
        """Note a value that may be given to a column of this name, on an object that is not known."""
        self.loose.setdefault(name, set()).add(kind)

    def close(self) -> None:
        """Let go of the collections that stayed empty: nothing is added once the body was followed.

        A record has 17 of them, and most of a project's records fill two: kept, they took 60 MB for 20,000 records.
        """
        for name, empty in _EMPTY:
            if not getattr(self, name):
                setattr(self, name, empty)

    @property
    def has_own_write(self) -> bool:
        """Whether the body itself writes through a session somewhere."""
        return bool(self.write_calls or self.transactions)

    def write_follows(self, statement: int) -> bool:
        """Tell whether a session write may run after the statement that starts at this byte.

        To be asked through `SemanticModel.writes_after`, which knows what the functions it calls do.
        """
        if self._follows is None:
            self._follows = writes_after(self.body, self.write_calls, self.transactions)
        return self._follows.get(statement, False)


_EMPTY_OF = {"set": frozenset(), "list": (), "dict": {}}
_EMPTY: tuple[tuple[str, object], ...] = tuple(
    (item.name, _EMPTY_OF[kind])
    for item in fields(FunctionRecord)
    if (kind := str(item.type).partition("[")[0]) in _EMPTY_OF and not item.name.startswith("_")
)


def _bottom() -> FunctionRecord:
    record = FunctionRecord.__new__(FunctionRecord)
    record.returned, record.yielded = NEVER, NEVER
    record.self_types, record.global_types, record.inner, record.env = {}, {}, {}, {}
    return record


class Outcome(NamedTuple):
    """What other bodies may ask of a record."""

    returned: Type
    yielded: Type | None
    self_types: dict[str, Type]
    global_types: dict[str, Type]


def outcome(record: FunctionRecord) -> Outcome:
    """Return what other bodies may ask of a record."""
    return Outcome(record.returned, record.yielded, record.self_types, record.global_types)


def _widen(before: FunctionRecord, after: FunctionRecord) -> FunctionRecord:
    grows = unknown("its type grows with every call of itself")
    if before.returned != after.returned:
        after.returned = grows
    if before.yielded != after.yielded:
        after.yielded = grows
    for types, known in ((after.self_types, before.self_types), (after.global_types, before.global_types)):
        for name, kind in types.items():
            if known.get(name) != kind:
                types[name] = grows
    return after


RECORD_KIND = Kind(_bottom, outcome, _widen)
