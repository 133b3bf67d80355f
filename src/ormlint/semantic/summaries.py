"""What the whole project says of one thing, put together from a summary of each file.

A summary is plain data, so that a file which did not change need not be interpreted again for the others' questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ormlint.index.reads import READS, Noting
from ormlint.index.symbols import ClassSymbol, FunctionSymbol
from ormlint.semantic.events import AttributeStore, ColumnWrite
from ormlint.semantic.written import FileWrites, Written, WrittenColumns, writes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ormlint.index.model import MappedClass, ModelAttribute
    from ormlint.semantic.model import SemanticModel
    from ormlint.semantic.records import FunctionRecord

_ANY = "*"


class Flow(msgspec.Struct, array_like=True, frozen=True):
    """A function, by its name in `Idents` (a module's top level: ""), and where a write in it may come from."""

    name: str
    writes: bool
    handed_on: tuple[str, ...]  # functions that are given a session or a model
    calls: tuple[str, ...]


class FileSummary(msgspec.Struct, array_like=True, frozen=True):
    """What the bodies of a file say to questions about the whole project."""

    stored: tuple[str, ...]  # attribute names assigned on what is a model, or may be one
    kept: tuple[tuple[str, str], ...]  # column name, class that may be updated or "*"
    contradictions: tuple[tuple[str, str], ...]  # function, parameter given another model than annotated
    flows: tuple[Flow, ...]
    writes: FileWrites


def summarise(model: SemanticModel, path: str) -> FileSummary:
    """Return the summary of a file whose bodies have been interpreted."""
    idents = model.index.idents
    stored: set[str] = set()
    kept: set[tuple[str, str]] = set()
    contradictions: set[tuple[str, str]] = set()
    flows: list[Flow] = []
    for record in model.records_of(path):
        stored.update(record.unknown_stores)
        kept.update((name, _ANY) for name in (*record.unknown_stores, *record.given_names))
        for event in record.events:
            if isinstance(event, AttributeStore):
                stored.add(event.name)
                kept.update((event.name, idents.of(mapped.symbol)) for mapped in event.models)
            elif isinstance(event, ColumnWrite) and event.context == "values":
                kept.add((event.attribute.name, idents.of(event.mapped.symbol)))
        for callee, parameter in record.contradictions:
            symbol = model.function_of(callee)
            if symbol is not None:
                contradictions.add((idents.of(symbol), parameter))
        called = (model.function_of(call.callee) for call in record.calls)
        calls = dict.fromkeys(idents.of(symbol) for symbol in called if symbol is not None)
        handed = dict.fromkeys(idents.of(symbol) for symbol, _ in record.handed_on if not symbol.module.is_installed)
        if calls or handed or record.has_own_write:
            name = idents.of(record.symbol) if record.symbol is not None else ""
            flows.append(Flow(name, record.has_own_write, tuple(handed), tuple(calls)))
    return FileSummary(
        tuple(sorted(stored)),
        tuple(sorted(kept)),
        tuple(sorted(contradictions)),
        tuple(flows),
        writes_of(model.records_of(path), idents),
    )


class WholeProject:
    """Answers from all summaries. Made once all that is to be interpreted has been."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.idents = model.index.idents
        self.stored: set[str] = set()
        self.kept: dict[str, set[str]] = {}
        self.contradictions: set[tuple[str, str]] = set()
        self.callers: dict[str, list[tuple[str, str]]] = {}  # function → (path, function) that call it
        self.writing: set[str] = set()
        written: list[FileWrites] = []
        handing: dict[str, list[str]] = {}
        for path in model.index.own_modules:
            summary = model.summary(path)
            self.stored.update(summary.stored)
            for name, key in summary.kept:
                self.kept.setdefault(name, set()).add(key)
            self.contradictions.update(summary.contradictions)
            written.append(summary.writes)
            for flow in summary.flows:
                if flow.writes and flow.name:
                    self.writing.add(flow.name)
                for callee in flow.handed_on:
                    if flow.name:
                        handing.setdefault(callee, []).append(flow.name)
                for callee in flow.calls:
                    self.callers.setdefault(callee, []).append((path, flow.name))
        self.columns = WrittenColumns(written, self.idents)
        waiting = list(self.writing)
        while waiting:  # a call that hands on a model or a session writes when the callee does
            for name in handing.get(waiting.pop(), ()):
                if name not in self.writing:
                    self.writing.add(name)
                    waiting.append(name)

    # -- questions

    def is_stored(self, name: str) -> bool:
        """Tell whether some body assigns an attribute of this name on an object that is a model, or may be one."""
        READS.seen.add(("stored", name))
        return name in self.stored

    def is_kept(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether some body may set a column of a class after its rows were made.

        Stores on objects of unknown type count, and so does the name as a key or keyword of a call that may
        update: what is not known may be this very column.
        """
        READS.seen.add(("kept", name))
        keys = self.kept.get(name, set())
        if _ANY in keys:
            return True
        family = {self.idents.of(base) for base in mapped.mro if isinstance(base, ClassSymbol)}
        family.update(self.idents.of(heir.symbol) for heir in self.model.index.subclasses(mapped))
        return bool(keys & family)

    def is_contradicted(self, symbol: FunctionSymbol, parameter: str) -> bool:
        """Tell whether some call gives a parameter another model than its annotation says."""
        READS.seen.add(("contradicted", symbol, parameter))
        return (self.idents.of(symbol), parameter) in self.contradictions

    def written(self, family: Iterable[ClassSymbol], mapped: MappedClass, attribute: ModelAttribute) -> Written:
        """Return what is written to an attribute; `family` are the classes whose instances have it."""
        READS.seen.add(("written", attribute.name))
        READS.seen.add(("opened",))
        return self.columns.of(map(self.idents.of, family), mapped, attribute)

    def is_constructed(self, family: Iterable[ClassSymbol]) -> bool:
        """Tell whether the project itself makes instances of one of some classes."""
        READS.seen.add(("opened",))
        return not self.columns.constructed.isdisjoint(map(self.idents.of, family))

    def may_write(self, symbol: FunctionSymbol) -> bool:
        """Tell whether a function of the project writes through a session, itself or through its own calls."""
        READS.seen.add(("writes", symbol))
        return self.idents.of(symbol) in self.writing

    def settle(self, record: FunctionRecord) -> None:
        """Add to a record's writes the calls that write because the callee does."""
        if not record.is_settled:
            record.is_settled = True
            writing = [start for callee, start in record.handed_on if self.may_write(callee)]
            if writing:
                record.write_calls = {*record.write_calls, *writing}

    def caller_writes(self, symbol: FunctionSymbol) -> bool:
        """Tell whether in some caller of a function a session write may follow the call."""
        READS.seen.add(("callers", symbol))
        return self.writes_in_callers(symbol)[0]

    def writes_in_callers(self, symbol: FunctionSymbol) -> tuple[bool, frozenset[str]]:
        """Return the same without noting it, with what was looked at: functions, and paths of modules with a tab."""
        seen: set[str] = set()
        modules: set[str] = set()
        with Noting(set()):
            found = self._caller_writes(symbol, seen, modules)
        return found, frozenset(seen | modules)

    def _caller_writes(self, symbol: FunctionSymbol, seen: set[str], modules: set[str]) -> bool:
        name = self.idents.of(symbol)
        if len(seen) > 50 or name in seen:
            return False
        seen.add(name)
        for record in self._callers(name):
            modules.add(f"{record.module.path}\t")
            self.settle(record)
            statements = (call.statement for call in record.calls if call.callee == id(symbol))
            if any(record.write_follows(statement) for statement in statements):
                return True
            if record.symbol is not None and self._caller_writes(record.symbol, seen, modules):
                return True
        return False

    def _callers(self, name: str) -> Iterator[FunctionRecord]:
        for path, caller in self.callers.get(name, ()):
            if not caller:
                yield self.model.module_record(self.model.index.own_modules[path])
            else:
                symbol = self.idents.find(caller)
                if isinstance(symbol, FunctionSymbol):
                    yield self.model.record(symbol)
