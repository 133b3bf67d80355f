"""The semantic model: one record per function, the questions rules ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module
from ormlint.semantic import types as t
from ormlint.semantic.annotations import AnnotationReader
from ormlint.semantic.callsites import CallSites
from ormlint.semantic.declared import DeclaredTypes
from ormlint.semantic.events import AttributeStore, ColumnWrite
from ormlint.semantic.execution import Interpreter
from ormlint.semantic.factories import FactoryReader
from ormlint.semantic.functions import FunctionReader
from ormlint.semantic.members import MemberReader
from ormlint.semantic.names import NameReader
from ormlint.semantic.records import RECORD_KIND, FunctionRecord, outcome
from ormlint.semantic.solver import Solver
from ormlint.semantic.written import Written, WrittenColumns, writes_of

# A body that spans more bytes than this is not interpreted.
MAX_BODY_BYTES = 400_000
# So often parameters are asked for anew, and so far answers that change are followed to those who ask.
MAX_ROUNDS = 4
_TOO_LARGE = "a body too large to follow"
_TOO_DEEP = "a body nested too deeply"


class SemanticModel:
    """Interprets each body, and answers questions about them. No answer depends on the order of the questions."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.solver = Solver()
        self.annotations = AnnotationReader(index)
        self.members = MemberReader(self)
        self.names = NameReader(self)
        self.functions = FunctionReader(self)
        self.factories = FactoryReader(self)
        self.call_sites = CallSites(self)
        self.records: dict[int, FunctionRecord] = {}
        self.module_records: dict[str, FunctionRecord] = {}
        self._definers: dict[int, Interpreter] = {}
        self._parents: dict[str, dict[int, FunctionSymbol]] = {}
        self._names_in: dict[int, frozenset[str]] = {}
        self._given_up: dict[int | str, str] = {}
        self._serial = 0
        self._running: list[FunctionRecord] = []
        self._readers: dict[int, dict[int, FunctionSymbol]] = {}  # function → those whose bodies ask what it gives
        self._callers: dict[int, list[tuple[FunctionRecord, int]]] | None = None
        self._settled = False
        self._kept: dict[str, set[str]] | None = None

    # -- records

    def interpret(self, module: Module) -> None:
        """Interpret a module's top level and all its functions and methods."""
        self.module_record(module)
        for symbol in module.functions:
            self.record(symbol)

    def module_record(self, module: Module) -> FunctionRecord:
        """Return the record of a module's top level."""
        found = self.module_records.get(module.path)
        if found is None:

            def run() -> FunctionRecord:
                return self._run(FunctionRecord(module, None, module.interface.body), None)

            found = self._ask(("module", module.path), run)
            if self.solver.is_final(("module", module.path)):
                self.module_records[module.path] = found
        return found

    def record(self, symbol: FunctionSymbol) -> FunctionRecord:
        """Return the record of a function. Of one defined in a body still being read it is what is so far known."""
        if self._running and self._running[-1].symbol is not None:
            reader = self._running[-1].symbol
            self._readers.setdefault(id(symbol), {})[id(reader)] = reader
        found = self.records.get(id(symbol))
        if found is not None:
            return found
        definer = self._definers.get(id(symbol))
        if definer is not None:
            return self.inner_record(symbol, definer)
        parent = self.parent(symbol)
        if parent is not None:
            inner = self.record(parent).inner.get(id(symbol))
            if inner is not None:
                return inner
        key = ("function", id(symbol))

        def run() -> FunctionRecord:
            return self._run(FunctionRecord(symbol.module, symbol, self.index.body(symbol)), None)

        found = self._ask(key, run)
        if self.solver.is_final(key):
            self._publish(found)
        return found

    def inner_record(self, symbol: FunctionSymbol, definer: Interpreter) -> FunctionRecord:
        """Return the record of a function inside another, given what the names it uses mean just now."""
        used = self._used_names(symbol)
        closure = {name: kind for name, kind in {**definer.closure, **definer.env}.items() if name in used}
        key = ("inner", definer.serial, id(symbol), tuple(sorted(closure.items(), key=lambda item: item[0])))

        def run() -> FunctionRecord:
            return self._run(FunctionRecord(symbol.module, symbol, self.index.body(symbol)), closure)

        found: FunctionRecord = self.solver.ask(key, run, RECORD_KIND)
        return found

    @contextmanager
    def reread(self, symbol: FunctionSymbol) -> Iterator[FunctionRecord]:
        """Interpret a function anew, whose facts another reader gives for now; all other records stay.

        Within the block its records are the new ones; after it they are the old ones again.
        """
        self._settle_writes()
        inside = [symbol, *(item for item in symbol.module.functions if _is_inside(item, symbol))]
        known = {id(item): self.records.pop(id(item), None) for item in inside}
        names = {id(item): self._names_in.pop(id(item), None) for item in inside}
        finals = {key: self.solver.final.pop(key, None) for key in (("function", place) for place in known)}
        try:
            record = self.record(symbol)
            for item in self._with_inner(record):
                for callee, start in item.handed_on:
                    if self.record(callee).has_write:
                        item.write_calls.add(start)
            yield record
        finally:
            for place in known:
                self.records.pop(place, None)
                self._names_in.pop(place, None)
                self.solver.final.pop(("function", place), None)
            self.records.update({place: found for place, found in known.items() if found is not None})
            self._names_in.update({place: found for place, found in names.items() if found is not None})
            self.solver.final.update({key: found for key, found in finals.items() if found is not None})

    def top_level(self, module: Module) -> FunctionRecord:
        """Interpret the top level of a module that is not the project's own; nothing is kept."""
        return self._run(FunctionRecord(module, None, module.interface.body), None)

    def forget(self, symbols: Iterable[FunctionSymbol]) -> None:
        """Forget functions that will not be asked about again."""
        for symbol in symbols:
            place = id(symbol)
            for kept in (self.records, self._names_in, self._definers, self._readers, self._given_up):
                kept.pop(place, None)
            self.solver.final.pop(("function", place), None)

    def infer_parameters(self) -> None:
        """Once all is interpreted: learn from all calls what parameters are given, and read those bodies again.

        What is known only grows, and each round starts from answers that hold; so it may stop after any round.
        """
        for _ in range(MAX_ROUNDS):
            changed = self.call_sites.update()
            if not changed:
                return
            waiting = {id(item): item for item in map(self._outermost, changed)}
            for _ in range(MAX_ROUNDS):
                again: dict[int, FunctionSymbol] = {}
                for symbol in sorted(waiting.values(), key=lambda item: (item.module.path, item.index)):
                    for item in self._interpret_again(symbol):
                        readers = map(self._outermost, self._readers.get(id(item), {}).values())
                        again.update((id(reader), reader) for reader in readers)
                if not again:
                    break
                waiting = again

    def _interpret_again(self, symbol: FunctionSymbol) -> list[FunctionSymbol]:
        """Replace the records of a function and of those inside; return the functions that give something else now."""
        inside = [symbol, *(item for item in symbol.module.functions if _is_inside(item, symbol))]
        before = {id(item): self.records.pop(id(item), None) for item in inside}
        for item in inside:
            self.solver.final.pop(("function", id(item)), None)
        self.record(symbol)
        changed: list[FunctionSymbol] = []
        for item in inside:
            old, new = before[id(item)], self.records.get(id(item))
            if new is None and old is not None:
                self.records[id(item)] = old
            elif old is None or new is None or outcome(old) != outcome(new):
                changed.append(item)
        return changed

    def _outermost(self, symbol: FunctionSymbol) -> FunctionSymbol:
        parent = self.parent(symbol)
        while parent is not None:
            symbol, parent = parent, self.parent(parent)
        return symbol

    def _with_inner(self, record: FunctionRecord) -> Iterator[FunctionRecord]:
        yield record
        for inner in record.inner.values():
            yield from self._with_inner(inner)

    def _ask(self, key: tuple[str, object], run: object) -> FunctionRecord:
        found: FunctionRecord = self.solver.ask(key, run, RECORD_KIND)  # type: ignore[arg-type]
        return found

    def _publish(self, record: FunctionRecord) -> None:
        if record.symbol is not None:
            self.records[id(record.symbol)] = record
        for inner in record.inner.values():
            self._publish(inner)

    def parent(self, symbol: FunctionSymbol) -> FunctionSymbol | None:
        """Return the function whose body defines a function, or None for those of a module or top-level class."""
        module = symbol.module
        parents = self._parents.get(module.path)
        if parents is None:
            parents = self._parents[module.path] = {}
            around: list[FunctionSymbol] = []
            for function in module.functions:
                while around and around[-1].facts.end <= function.facts.start:
                    around.pop()
                if around:
                    parents[id(function)] = around[-1]
                around.append(function)
        return parents.get(id(symbol))

    def _used_names(self, symbol: FunctionSymbol) -> frozenset[str]:
        """Return the names a body mentions, those of the functions inside it too."""
        found = self._names_in.get(id(symbol))
        if found is None:
            names: set[str] = set()
            bodies = [self.index.body(symbol)]
            while bodies:
                body = bodies.pop()
                names.update(node.id for node in walk_nodes(body) if isinstance(node, e.Name))
                for statement in walk_statements(body):
                    if isinstance(statement, s.FunctionStmt):
                        bodies.append(self.index.body(symbol.module.functions[statement.index]))
                    elif isinstance(statement, s.ClassStmt):
                        bodies.append(symbol.module.classes[statement.index].facts.body)
            found = self._names_in[id(symbol)] = frozenset(names)
        return found

    def define(self, symbol: FunctionSymbol, definer: Interpreter | None) -> Interpreter | None:
        """Note which interpreter is reading the body that defines a function; return the one before."""
        before = self._definers.pop(id(symbol), None)
        if definer is not None:
            self._definers[id(symbol)] = definer
        return before

    def all_records(self) -> Iterator[FunctionRecord]:
        """Yield every record, modules in the index's order, functions in source order after their module."""
        for module in self.index.modules.values():
            if module.path in self.module_records:
                yield self.module_records[module.path]
            for symbol in module.functions:
                record = self.records.get(id(symbol))
                if record is not None:
                    yield record

    def _run(self, record: FunctionRecord, closure: dict[str, t.Type] | None) -> FunctionRecord:
        if _size(record.body) > MAX_BODY_BYTES:
            return self._give_up(record, _TOO_LARGE)
        self._serial += 1
        interpreter = Interpreter(self, record, closure)
        interpreter.serial = self._serial
        self._running.append(record)
        try:
            if record.symbol is not None:
                interpreter.env.update(self.functions.parameters(record.symbol))
            interpreter.run()
        except RecursionError:
            record.events.clear()
            return self._give_up(record, _TOO_DEEP)
        finally:
            self._running.pop()
        return record

    def _give_up(self, record: FunctionRecord, reason: str) -> FunctionRecord:
        record.returned = t.unknown(reason)
        self._given_up[id(record.symbol) if record.symbol is not None else record.module.path] = reason
        return record

    def is_given_up(self, record: FunctionRecord) -> bool:
        """Tell whether a body was not followed to its end."""
        place = id(record.symbol) if record.symbol is not None else record.module.path
        return place in self._given_up

    @property
    def given_up(self) -> dict[str, int]:
        """How many bodies were not followed, by reason."""
        counts: dict[str, int] = {}
        for reason in self._given_up.values():
            counts[reason] = counts.get(reason, 0) + 1
        return counts

    # -- questions of rules

    def may_write(self, symbol: FunctionSymbol) -> bool:
        """Tell whether a function of the project writes through a session, itself or through its own calls."""
        self._settle_writes()
        return self.record(symbol).has_write

    def write_follows(self, record: FunctionRecord, statement: int) -> bool:
        """Tell whether a session write may follow a statement: in its function, or in a caller after the call."""
        self._settle_writes()
        return record.write_follows(statement) or self._caller_writes(record, set())

    def _settle_writes(self) -> None:
        """Once all is interpreted: a call that hands on a model or a session writes when the callee does."""
        if self._settled:
            return
        self._settled = True
        callers: dict[int, list[tuple[FunctionRecord, int]]] = {}
        writing: list[FunctionRecord] = []
        for record in self.all_records():
            for callee, start in record.handed_on:
                callers.setdefault(id(callee), []).append((record, start))
            if record.has_write:
                writing.append(record)
        while writing:
            writer = writing.pop()
            for record, start in callers.get(id(writer.symbol), ()) if writer.symbol is not None else ():
                if not record.has_write:
                    writing.append(record)
                record.write_calls.add(start)

    def _caller_writes(self, record: FunctionRecord, seen: set[int]) -> bool:
        if record.symbol is None or len(seen) > 50:
            return False
        key = id(record.symbol)
        if key in seen:
            return False
        seen.add(key)
        if self._callers is None:
            self._callers = {}
            for caller in self.all_records():
                for call in caller.calls:
                    self._callers.setdefault(call.callee, []).append((caller, call.statement))
        for caller, statement in self._callers.get(key, ()):
            if caller.write_follows(statement) or self._caller_writes(caller, seen):
                return True
        return False

    def is_contradicted(self, record: FunctionRecord, receiver: str) -> bool:
        """Tell whether a variable is a parameter that some call gives another model than its annotation says."""
        if record.symbol is None or not receiver:
            return False
        return (id(record.symbol), receiver) in self._contradictions

    def may_be_other(self, record: FunctionRecord, receiver: str, name: str) -> bool:
        """Tell whether an object that is asked for a name may be no model; see `DeclaredTypes.may_be_other`."""
        is_declared = bool(receiver) and self._declared.is_declared(record, receiver)
        return self._declared.may_be_other(name, is_declared)

    def is_label(self, name: str) -> bool:
        """Tell whether some query of the project gives a column this label."""
        return name in self._declared.labels

    @cached_property
    def _declared(self) -> DeclaredTypes:
        return DeclaredTypes(self.index)

    @cached_property
    def _contradictions(self) -> frozenset[tuple[int, str]]:
        return frozenset(item for record in self.all_records() for item in record.contradictions)

    @cached_property
    def stored_anywhere(self) -> frozenset[str]:
        """Attribute names that some body assigns on an object that is a model, or may be one."""
        names: set[str] = set()
        for record in self.all_records():
            names.update(record.unknown_stores)
            names.update(event.name for event in record.events if isinstance(event, AttributeStore))
        return frozenset(names)

    def is_kept_elsewhere(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether some body may set a column of a class after its rows were made.

        Stores on objects of unknown type count, and so does the name as a key or keyword of a call that may
        update: what is not known may be this very column.
        """
        if self._kept is None:
            self._kept = {}
            for record in self.all_records():
                for stored in (*record.unknown_stores, *record.given_names):
                    self._kept.setdefault(stored, set()).add("*")
                for event in record.events:
                    if isinstance(event, AttributeStore):
                        for model in event.models:
                            self._kept.setdefault(event.name, set()).add(model.symbol.key)
                    elif isinstance(event, ColumnWrite) and event.context == "values":
                        self._kept.setdefault(event.attribute.name, set()).add(event.mapped.symbol.key)
        keys = self._kept.get(name, set())
        if "*" in keys:
            return True
        family = {base.key for base in mapped.mro if isinstance(base, ClassSymbol)}
        family.update(heir.symbol.key for heir in self.index.subclasses(mapped))
        return bool(keys & family)

    @cached_property
    def _written(self) -> WrittenColumns:
        return WrittenColumns([writes_of(self.all_records())])

    def written(self, mapped: MappedClass, attribute: ModelAttribute) -> Written:
        """Return what the project ever gives a column, in constructors, assignments, `values()` and parameters."""
        return self._written.of(self._sharers(mapped, attribute), mapped, attribute)

    def is_constructed(self, mapped: MappedClass, attribute: ModelAttribute) -> bool:
        """Tell whether the project itself makes rows that have this attribute."""
        return not self._written.constructed.isdisjoint(self._sharers(mapped, attribute))

    def _sharers(self, mapped: MappedClass, attribute: ModelAttribute) -> set[str]:
        """Return the keys of the classes whose instances have an attribute, with all they derive from."""
        owner = attribute.owner or mapped.symbol
        heirs = [model for model in self.index.mapped.values() if owner in model.mro]
        return {base.key for model in heirs for base in model.mro if isinstance(base, ClassSymbol)}

    def describe(self, mapped: MappedClass | None) -> str:
        """Return the one-line description that `reveal_mapping` prints."""
        if mapped is None:
            return "not mapped"
        parts = [f"{mapped.table or '?'}:"]
        parts += [f"{attribute.name}={attribute.kind}" for attribute in mapped.attributes.values()]
        if mapped.open_reason:
            parts.append("(open)")
        return " ".join(parts)


def _is_inside(inner: FunctionSymbol, outer: FunctionSymbol) -> bool:
    return outer.facts.start < inner.facts.start and inner.facts.end <= outer.facts.end


def _size(body: tuple[s.Stmt, ...]) -> int:
    """Return how many bytes of statements a body has; definitions in it have bodies of their own."""
    return sum(item.end - item.start for item in body if not isinstance(item, (s.FunctionStmt, s.ClassStmt)))
