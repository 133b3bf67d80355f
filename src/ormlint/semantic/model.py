"""The semantic model: one record per function, the questions rules ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import READS, Read, answers
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module
from ormlint.semantic import types as t
from ormlint.semantic.annotations import AnnotationReader
from ormlint.semantic.callsites import CallSites
from ormlint.semantic.declared import DeclaredTypes
from ormlint.semantic.execution import Interpreter
from ormlint.semantic.factories import FactoryReader
from ormlint.semantic.functions import FunctionReader
from ormlint.semantic.members import MemberReader
from ormlint.semantic.names import NameReader
from ormlint.semantic.records import RECORD_KIND, FunctionRecord, Outcome
from ormlint.semantic.repositories import RepositoryReader
from ormlint.semantic.rounds import Round, infer_parameters
from ormlint.semantic.screen import Screen, is_too_large
from ormlint.semantic.solver import Solver
from ormlint.semantic.summaries import FileSummary, WholeProject, summarise
from ormlint.semantic.written import Written

Key = tuple[Any, ...]  # of an answer in the solver
_TOO_LARGE = "a body too large to follow"
_TOO_DEEP = "a body nested too deeply"


class SemanticModel:
    """Interprets each body, and answers questions about them. No answer depends on the order of the questions."""

    screens = True  # leave out what need not be followed; that it makes no difference is tested

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.solver = Solver()
        self.annotations = AnnotationReader(index)
        self.members = MemberReader(self)
        self.names = NameReader(self)
        self.functions = FunctionReader(self)
        self.factories = FactoryReader(self)
        self.repositories = RepositoryReader(self)
        self.call_sites = CallSites(self)
        self.screen = Screen(self)
        self.records: dict[int, FunctionRecord] = {}
        self.module_records: dict[str, FunctionRecord] = {}
        self._definers: dict[int, Interpreter] = {}
        self._parents: dict[str, dict[int, FunctionSymbol]] = {}
        self._names_in: dict[int, frozenset[str]] = {}
        self._functions: dict[int, FunctionSymbol] = {}  # by `id`, those of the modules that are `_listed`
        self._listed: set[str] = set()
        self._given_up: dict[int | str, str] = {}
        self._serial = 0
        self.literals: dict[str, t.Literal] = {}  # one type for equal texts
        self.summaries: dict[str, FileSummary] = {}
        self.recall: Callable[[str], FileSummary | None] = lambda path: None  # summaries of files not interpreted
        self.reads: dict[str, set[Read]] = {}  # by path, what was read for the bodies of a file
        self.recall_answer: Callable[[Read], object] = lambda read: None  # answers of files that are not followed anew
        self._recalled: dict[int, FunctionRecord] = {}  # by function, records that hold an answer and no more
        self.rests_on: dict[Key, set[Read]] = {}  # for each answer, the answers that it was worked out from

    # -- records

    def interpret(self, module: Module) -> None:
        """Interpret a module's top level and all its functions and methods, those left out that give nothing."""
        silent = self.silent(module) if self.screens else frozenset()
        if None not in silent:
            self.module_record(module)
        for symbol in module.functions:
            if symbol not in silent:
                self.record(symbol)

    def silent(self, module: Module) -> frozenset[FunctionSymbol | None]:
        """Return the functions of a module, and None for its top level, that need not be followed; see `screen`."""
        with self.reading(module, None):
            return frozenset(item for item in (None, *module.functions) if self.screen.is_silent(module, item))

    def module_record(self, module: Module) -> FunctionRecord:
        """Return the record of a module's top level."""
        READS.seen.add(("end", module.path))
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
        READS.seen.add(("record", symbol))
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

    def asked(self, symbol: FunctionSymbol) -> FunctionRecord:
        """Return a record of a function that holds its `outcome`, and maybe no more: a remembered one will do."""
        found = self.records.get(id(symbol)) or self._recalled.get(id(symbol))
        if found is None and id(symbol) not in self._definers:
            answer = self.recall_answer(("record", symbol))
            if isinstance(answer, Outcome):
                found = self._recalled[id(symbol)] = FunctionRecord(symbol.module, symbol, ())
                found.returned, found.yielded = answer.returned, answer.yielded
                found.self_types, found.global_types = answer.self_types, answer.global_types
        if found is None:
            return self.record(symbol)
        READS.seen.add(("record", symbol))
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
        inside = [symbol, *(item for item in symbol.module.functions if _is_inside(item, symbol))]
        known = {id(item): self.records.pop(id(item), None) for item in inside}
        for item in inside:
            self._recalled.pop(id(item), None)
        names = {id(item): self._names_in.pop(id(item), None) for item in inside}
        finals = {key: self.solver.final.pop(key, None) for key in (("function", place) for place in known)}
        try:
            record = self.record(symbol)
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
            for kept in (self.records, self._recalled, self._names_in, self._definers, self._given_up):
                kept.pop(place, None)
            self.solver.final.pop(("function", place), None)

    def infer_parameters(self) -> list[Round]:
        """Once all is interpreted: learn from all calls what parameters are given; see `rounds`."""
        return infer_parameters(self)

    def forget_answers(self, keys: Iterable[Key], paths: Iterable[str]) -> None:
        """Forget answers, which belong to some files, so that they are worked out anew."""
        self.call_sites.forget(paths)
        for path in paths:
            self.summaries.pop(path, None)
        functions: set[int] = set()
        final = self.solver.final
        for key in keys:
            final.pop(key, None)
            self.rests_on.pop(key, None)
            if key[0] == "module":
                self.module_records.pop(key[1], None)
            elif key[0] == "function":
                symbol = self._functions[key[1]]
                functions.add(key[1])
                functions.update(id(item) for item in symbol.module.functions if _is_inside(item, symbol))
        for function in functions:
            self.records.pop(function, None)
        gone = [
            key
            for key in final
            if (key[0] == "function" and key[1] in functions)  # type: ignore[index]
            or (key[0] == "inner" and key[2] in functions)  # type: ignore[index]
        ]
        for item in gone:
            del final[item]

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

    def outermost(self, symbol: FunctionSymbol) -> FunctionSymbol:
        """Return the function of a module or class around one that is defined in a body, else itself."""
        while (around := self.parent(symbol)) is not None:
            symbol = around
        return symbol

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
        for path in self.index.own_modules:
            yield from self.records_of(path)

    def records_of(self, path: str) -> Iterator[FunctionRecord]:
        """Yield the records of a file, the module's first."""
        if path in self.module_records:
            yield self.module_records[path]
        for symbol in self.index.own_modules[path].functions:
            record = self.records.get(id(symbol))
            if record is not None:
                yield record

    def function_of(self, key: int) -> FunctionSymbol | None:
        """Return the project's function whose `id` this is."""
        found = self._functions.get(key)
        if found is None:
            for module in self.index.built_modules():
                if module.path not in self._listed:
                    self._listed.add(module.path)
                    self._functions.update((id(symbol), symbol) for symbol in module.functions)
            found = self._functions.get(key)
        return found

    def _run(self, record: FunctionRecord, closure: dict[str, t.Type] | None) -> FunctionRecord:
        body = record.body
        if is_too_large(body):
            return self._give_up(record, _TOO_LARGE)
        self._serial += 1
        interpreter = Interpreter(self, record, closure)
        interpreter.serial = self._serial
        place = record.symbol
        key = ("module", record.module.path) if place is None else ("function", id(self.outermost(place)))
        with self.reading(record.module, key):
            try:
                if record.symbol is not None:
                    interpreter.env.update(self.functions.parameters(record.symbol))
                interpreter.run()
            except RecursionError:
                record.events.clear()
                self._give_up(record, _TOO_DEEP)
            finally:
                # It and its readers hold each other, and nothing collects circles: they took 100 MB for 20,000 bodies.
                interpreter.__dict__.clear()
        record.close()
        return record

    def reading(self, module: Module, key: Key | None) -> _Reading:
        """Return a `with` block in which what is read is read for the bodies of a file, to work out one answer."""
        return _Reading(self, module.path, key)

    def _give_up(self, record: FunctionRecord, reason: str) -> FunctionRecord:
        record.returned = t.unknown(reason)
        self._given_up[id(record.symbol) if record.symbol is not None else record.module.path] = reason
        return record

    def given_up_in(self, path: str) -> Iterator[str]:
        """Yield for each body of a file that was not followed the reason."""
        module = self.index.own_modules[path]
        for key in (path, *(id(symbol) for symbol in module.functions)):
            if key in self._given_up:
                yield self._given_up[key]

    def is_given_up(self, record: FunctionRecord) -> bool:
        """Tell whether a body was not followed to its end."""
        place = id(record.symbol) if record.symbol is not None else record.module.path
        return place in self._given_up

    # -- questions of rules

    @cached_property
    def project(self) -> WholeProject:
        """Answers about the whole project: to be asked once everything has been interpreted."""
        return WholeProject(self)

    def summary(self, path: str) -> FileSummary:
        """Return the summary of a file: a remembered one, else of its bodies as they were interpreted."""
        found = self.summaries.get(path)
        if found is None:
            found = self.summaries[path] = self.recall(path) or summarise(self, path)
        return found

    def may_write(self, symbol: FunctionSymbol) -> bool:
        """Tell whether a function of the project writes through a session, itself or through its own calls."""
        return self.project.may_write(symbol)

    def writes_after(self, record: FunctionRecord, statement: int) -> bool:
        """Tell whether a session write may follow a statement in its function."""
        self.project.settle(record)
        return record.write_follows(statement)

    def write_follows(self, record: FunctionRecord, statement: int) -> bool:
        """Tell whether a session write may follow a statement: in its function, or in a caller after the call."""
        if self.writes_after(record, statement):
            return True
        return record.symbol is not None and self.project.caller_writes(record.symbol)

    def is_named_after(self, record: FunctionRecord, name: str, place: int) -> bool:
        """Tell whether a body names a variable below a place: what it holds is read there, or handed on."""
        return any(
            isinstance(node, e.Name) and node.id == name and node.start > place for node in walk_nodes(record.body)
        )

    def is_contradicted(self, record: FunctionRecord, receiver: str) -> bool:
        """Tell whether a variable is a parameter that some call gives another model than its annotation says."""
        return record.symbol is not None and bool(receiver) and self.project.is_contradicted(record.symbol, receiver)

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

    def is_stored_anywhere(self, name: str) -> bool:
        """Tell whether some body assigns an attribute of this name on an object that is a model, or may be one."""
        return self.project.is_stored(name)

    def is_kept_elsewhere(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether some body may set a column of a class after its rows were made."""
        return self.project.is_kept(mapped, name)

    def written(self, mapped: MappedClass, attribute: ModelAttribute) -> Written:
        """Return what the project ever gives a column, in constructors, assignments, `values()` and parameters."""
        return self.project.written(self._sharers(mapped, attribute), mapped, attribute)

    def is_constructed(self, mapped: MappedClass, attribute: ModelAttribute) -> bool:
        """Tell whether the project itself makes rows that have this attribute."""
        return self.project.is_constructed(self._sharers(mapped, attribute))

    def _sharers(self, mapped: MappedClass, attribute: ModelAttribute) -> set[ClassSymbol]:
        """Return the classes whose instances have an attribute, with all they derive from."""
        owner = attribute.owner or mapped.symbol
        heirs = [model for model in self.index.mapped.values() if owner in model.mro]
        return {base for model in heirs for base in model.mro if isinstance(base, ClassSymbol)}

    def describe(self, mapped: MappedClass | None) -> str:
        """Return the one-line description that `reveal_mapping` prints."""
        if mapped is None:
            return "not mapped"
        parts = [f"{mapped.table or '?'}:"]
        parts += [f"{attribute.name}={attribute.kind}" for attribute in mapped.attributes.values()]
        if mapped.open_reason:
            parts.append("(open)")
        return " ".join(parts)


class _Reading:
    """What is read in a `with` block is read for the bodies of a file, and what answers are asked for one answer."""

    __slots__ = ("_before", "_key", "_model", "_path", "_seen")

    def __init__(self, model: SemanticModel, path: str, key: Key | None) -> None:
        self._model = model
        self._path = path
        self._key = key

    def __enter__(self) -> None:
        self._before = READS.seen
        self._seen: set[Read] = set()
        READS.seen = self._seen

    def __exit__(self, *_: object) -> None:
        READS.seen = self._before
        model, seen = self._model, self._seen
        model.reads.setdefault(self._path, set()).update(seen)
        if self._key is not None:
            asked = answers(seen)
            if asked:
                model.rests_on.setdefault(self._key, set()).update(asked)


def _is_inside(inner: FunctionSymbol, outer: FunctionSymbol) -> bool:
    return outer.facts.start < inner.facts.start and inner.facts.end <= outer.facts.end
