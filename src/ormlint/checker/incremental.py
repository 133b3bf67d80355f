"""Which files are to be checked anew: those that changed, and those for which something was read that did.

The bodies of a file are interpreted anew when its text changed, or when something that was read for them says other
than before: another file's classes and signatures, a mapped class, the answer to a question. A file that was
interpreted anew may answer otherwise: then its readers follow. When that has come to rest the summaries of all files
are known, and rules are asked about what changed or read something that did.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from ormlint.checker import readings
from ormlint.checker.answers import Answers, tainted
from ormlint.checker.callkeeping import CallDigests, declared, round_models
from ormlint.checker.comparison import Comparison
from ormlint.checker.keeping import Collected, Found, LaterRounds, Shadows, Table, cleared, first_rounds, packed
from ormlint.checker.kept import Changes, FileState, Kept, Unit, decode_summary, encode_summary
from ormlint.checker.projectwide import EMPTY, Touched
from ormlint.checker.readindex import ReadIndex
from ormlint.checker.readings import Current, Namer, path_of
from ormlint.checker.result import Progress
from ormlint.checker.staleness import Staleness
from ormlint.diagnostics import Diagnostic
from ormlint.facts.module import Comment
from ormlint.index.installed import Facts
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import READS, Noting, Read, flat
from ormlint.linting import subjects
from ormlint.semantic.callsites import is_untyped
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
from ormlint.semantic.rounds import Round
from ormlint.semantic.summaries import FileSummary
from ormlint.text import SourceText

_DECLARES_NOTHING: object = ([], [], [])
_ANSWERS = frozenset({"record", "end", "type", "value"})


class Asker(Protocol):
    """How rules are asked. What is found is as it is before suppressions."""

    def models(self, found: list[subjects.Model]) -> list[Diagnostic]:
        """Ask about mapped classes."""

    def events(self, records: list[FunctionRecord]) -> list[Diagnostic]:
        """Ask about what was seen in bodies."""

    def schema(self) -> list[Diagnostic]:
        """Ask about migrations."""

    def shadows_of(self, diagnostics: list[Diagnostic]) -> Shadows:
        """Return where else diagnostics may be suppressed, each with the number of its diagnostic."""

    def failure(self, path: str, error: Exception) -> list[Diagnostic]:
        """Return what is said of a file whose bodies could not all be followed."""

    def speaks(self, comment: Comment) -> bool:
        """Tell whether a comment may silence findings."""


class Incremental:
    """One check of a linked project, given what is kept of the one before."""

    def __init__(
        self,
        index: ProjectIndex,
        model: SemanticModel,
        sources: Mapping[str, SourceText],
        facts: Mapping[str, Facts],
        linked: set[Read],
        comparison: Comparison,
        keep: bool = True,
        reads: ReadIndex | None = None,
    ) -> None:
        """`reads` is the index of what was read that an earlier check made, where it is at hand."""
        self.keep = keep  # else findings alone are wanted: to name and digest what was read takes 6 % of a run
        self.index = index
        self.model = model
        self.sources = sources
        self.facts = facts
        self.comparison = comparison
        self.kept = comparison.kept
        self.current = Current(index, model)
        self.namer = Namer(index)
        bodies = [read[1] for read in flat(linked) if isinstance(read, tuple) and read[0] == "body"]
        self.linked = tuple(sorted(f"b\n{index.idents.of(item)}" for item in bodies if not item.module.is_installed))
        self.changes = Changes()
        self.failures: dict[str, Exception] = {}
        self.reads = ReadIndex.of(self.kept.reads, reads)
        self.numbers = self.reads.numbers
        self.staleness = Staleness(index, self.kept, comparison, self.current, sources, self.linked, self.reads)
        self.interpreted: set[str] = set()
        self.models = [model]  # for each round
        self.before: list[Round] = []  # of a check from nothing
        self.calls: dict[str, tuple[bytes, ...]] = {}
        self.rounds = LaterRounds(self.kept, self.models)
        self.alike: set[str] = set()  # files interpreted anew that say the same in all rounds
        self.tainted: frozenset[str] = frozenset()

    # -- what changed

    def run(self, asker: Asker, progress: Progress | None = None) -> Kept | None:
        """Check what is to be checked, and return what is to be kept; None when all is to be checked anew."""
        kept, comparison = self.kept, self.comparison
        if kept.files:
            self.models = round_models(self.index, self.model, kept, comparison.is_linked_alike)
            if not self.models:
                return None
            self.rounds = LaterRounds(kept, self.models)
        self.staleness.compare()
        if kept.files and self._declares_other_calls():
            return None
        dirty = set(comparison.changed)
        if kept.files:
            self._keep_open()
            self._recall(dirty)
        while True:
            dirty |= self.staleness.readers(lambda state: state.reads)
            fresh = [path for path in self.sources if path in dirty and path not in self.interpreted]
            if not fresh:
                break
            fresh.sort(key=lambda path: path not in comparison.changed_set)  # first what others may be alike by
            for path in fresh:
                self._interpret(path)
                if progress is not None:
                    progress("checking", len(self.interpreted), len(dirty))
            for path in fresh:
                self._compare_answers(path)
        digests = CallDigests(self.model)
        if kept.files:
            for path in dirty:
                now = self._calls_of(path)
                before = kept.files.get(path)
                if now != (before.calls if before is not None else (digests.nothing,) * len(now)):
                    return None
                self.calls[path] = now
            if any(set(kept.files[path].calls) != {digests.nothing} for path in comparison.removed):
                return None
        else:
            self._rounds(digests)
        self.model.recall = lambda path: (
            decode_summary(kept.files[path].summary) if path not in dirty and path in kept.files else None
        )
        return self._ask(asker, dirty)

    def _recall(self, dirty: set[str]) -> None:
        """Let answers be recalled that depend on nothing which is followed anew."""
        stale = self.staleness
        begin = {*dirty, *self.comparison.removed, *stale.readers(lambda state: state.reads)}
        self.tainted = tainted(begin, self.kept.files, self.reads.answers)
        answers = Answers(self.index, self.namer, self.kept, self.numbers, self.tainted)
        for place, model in enumerate(self.models):
            model.recall_answer = answers.of_round(place if model is not self.model else None)

    # -- what is known of parameters

    def _rounds(self, digests: CallDigests) -> None:
        """Infer parameters from all calls, and keep how it was before each round."""
        self.before = self.model.infer_parameters()
        for path in self.sources if self.keep else ():
            found = [digests.of(self.model.records_of(path))]
            for before in reversed(self.before):
                records = before.records.get(path)
                found.append(digests.of(records) if records is not None else found[-1])
            self.calls[path] = tuple(reversed(found))

    def _calls_of(self, path: str) -> tuple[bytes, ...]:
        if path in self.alike:
            return (CallDigests(self.model).of(self.model.records_of(path)),) * len(self.models)
        return tuple(CallDigests(model).of(model.records_of(path)) for model in self.models)

    def _declares_other_calls(self) -> bool:
        """Tell whether files that changed declare other functions, or classes in another order of their bases."""
        comparison, kept = self.comparison, self.kept
        deciding = [name for name in kept.deciding if path_of(name) in comparison.changed_set]
        if any(comparison.differs(path_of(name), [name]) for name in deciding):
            return True
        if any(path_of(name) in comparison.removed for name in kept.deciding):
            return True
        if not self.staleness.is_other:
            return False
        names = {
            name
            for path, state in kept.files.items()
            if path in self.sources and path not in comparison.changed_set
            for _, name in state.open
        }
        for path in comparison.changed:
            functions = self.index.own_modules[path].functions
            names.update(item.name for item in functions if any(map(is_untyped, item.own_facts.params)))
        for path in [*comparison.changed, *comparison.removed]:
            before = comparison.before(path) if path in kept.files else None
            if before is None and path in kept.files:
                return True
            then = declared(before.module, names) if before is not None else _DECLARES_NOTHING
            now = declared(self.index.own_modules[path], names) if path in self.sources else _DECLARES_NOTHING
            if then != now:
                return True
        return False

    def _keep_open(self) -> None:
        """Spare looking for functions with parameters that nothing declares where nothing changed."""
        for path, state in self.kept.files.items():
            if path in self.sources and path not in self.comparison.changed_set:
                for model in self.models:
                    model.call_sites.open_in[path] = state.open

    # -- bodies

    def _interpret(self, path: str) -> None:
        self.interpreted.add(path)
        module = self.index.own_modules[path]
        try:
            self.model.interpret(module)
            if len(self.models) > 1:
                if self._is_alike(path):
                    self.alike.add(path)
                else:
                    for model in self.models[:-1]:
                        model.interpret(module)
        except Exception as error:  # a fault of ormlint's own: it costs this file, and is reported there
            if os.environ.get("ORMLINT_TRACEBACK"):
                raise
            self.failures[path] = error

    def _is_alike(self, path: str) -> bool:
        """Tell whether a file, interpreted for the last round, would say the same in each round before it.

        So it does when all rounds know the same of its own functions' parameters, and gave it the same answers.
        """
        if path in self._known_otherwise:
            return False
        kept = self.kept
        for read in flat(self.model.reads.get(path, ())):
            if type(read) is not tuple or read[0] not in _ANSWERS:
                continue
            owner = read[1].module.path if read[0] == "record" else read[1]
            if owner == path or owner in self.alike or owner not in self.sources:
                continue
            name = self.namer.name(read)
            number = self.numbers.get(name) if name is not None else None
            if owner in self.tainted or number is None:
                return False
            if any(item.digests.get(number, kept.digests[number]) != kept.digests[number] for item in kept.rounds):
                return False
        return True

    @cached_property
    def _known_otherwise(self) -> frozenset[str]:
        """The files of whose functions' parameters something else is known in different rounds."""
        known = [{(ident, name): kind for ident, name, kind in item.known} for item in self.kept.rounds]
        last = known[-1]
        return frozenset(
            ident.split("\t", 1)[0]
            for found in known[:-1]
            for ident, name in {*found, *last}
            if found.get((ident, name)) != last.get((ident, name))
        )

    def _compare_answers(self, path: str) -> None:
        stale = self.staleness
        for number in self.reads.answers.get(path, ()):
            if number in stale.known:
                continue
            is_other = stale.differs(number)
            if self.rounds.differs(number, self.kept.reads[number], path in self.alike, self.current) or is_other:
                stale.found.add(number)

    # -- rules

    def _ask(self, asker: Asker, dirty: set[str]) -> Kept:
        kept, stale, comparison = self.kept, self.staleness, self.comparison
        stale.keep_made()
        summaries = {path: encode_summary(self.model.summary(path)) for path in dirty} if self.keep else {}
        if kept.files and (dirty or comparison.removed):
            followed = [*dirty, *comparison.removed]
            touched = Touched(
                (path, self._earlier_summary(path), self.model.summary(path) if path in dirty else EMPTY)
                for path in followed
            )
            for kind in sorted(readings.PROJECT):
                for number in self.reads.by_kind.get(kind, ()):
                    if touched.may_differ(kept.reads[number], kept.callers.get(number)) and stale.differs(number):
                        stale.found.add(number)
        about_events = dirty | stale.readers(lambda state: state.events.reads)
        classes = self._subjects()
        about_models = stale.readers(lambda state: state.models.reads)
        files: dict[str, FileState] = {}
        collected: dict[str, Collected] = {}
        for path, source in self.sources.items():
            before = kept.files.get(path)
            found = classes.get(path, [])
            named = tuple(f"{self.index.idents.of(item.mapped.symbol)}\t{item.is_mapped}" for item, _ in found)
            new = Collected()
            if before is None or path in comparison.changed_set or path in about_models or before.subjects != named:
                new.models = self._about_models(path, found, asker)
            if before is None or path in about_events:
                new.events = self._about_events(path, asker)
            if self.keep and (before is None or path in dirty):
                everything: set[Read] = set()
                new.bodies = self.namer.names(
                    everything.union(*(item.reads.get(path, ()) for item in self.models)), path
                )
            if new.models is not None or new.events is not None:
                self.changes.asked.append(path)
            if before is not None and path not in dirty and new == Collected() and before.subjects == named:
                files[path] = before
            else:
                collected[path] = new
                files[path] = self._state(asker, path, source, before, summaries.get(path), named)
        schema: Found | None = None
        if not kept.files or not stale.found.isdisjoint(kept.schema.reads):
            reads: set[Read] = set()
            with Noting(reads):
                diagnostics = asker.schema()
            schema = self._found(reads, None, diagnostics, asker)
        self.changes.interpreted = [path for path in self.sources if path in self.interpreted]
        return self._packed(files, collected, schema)

    def _earlier_summary(self, path: str) -> FileSummary:
        before = self.kept.files.get(path)
        return decode_summary(before.summary) if before is not None and before.summary else EMPTY

    def _about_models(self, path: str, found: list[tuple[subjects.Model, set[Read]]], asker: Asker) -> Found:
        reads: set[Read] = set()
        with Noting(reads):
            for item, noted in found:
                reads.add(("card", item.mapped.symbol))
                reads |= noted
            diagnostics = asker.models([item for item, _ in found]) if found else []
        return self._found(reads, path, diagnostics, asker)

    def _about_events(self, path: str, asker: Asker) -> Found:
        if path not in self.interpreted:
            self._interpret_again(path)
        reads: set[Read] = set()
        with Noting(reads):
            diagnostics = asker.events(list(self.model.records_of(path)))
        if path in self.failures:
            diagnostics.extend(asker.failure(path, self.failures[path]))
        return self._found(reads, path, diagnostics, asker)

    def _interpret_again(self, path: str) -> None:
        """Interpret a file of which all that was read says the same, for its events."""
        self.interpreted.add(path)
        try:
            self.model.interpret(self.index.own_modules[path])
        except Exception as error:  # a fault of ormlint's own
            if os.environ.get("ORMLINT_TRACEBACK"):
                raise
            self.failures[path] = error

    def _state(
        self,
        asker: Asker,
        path: str,
        source: SourceText,
        before: FileState | None,
        summary: bytes | None,
        named: tuple[str, ...],
    ) -> FileState:
        """Return the state of a file, but for what was found in it in this run."""
        state = FileState(
            b"" if path in self.failures or summary == b"" else source.digest,  # never the same
            before.reads if before is not None else (),
            summary if summary is not None else before.summary if before is not None else b"",
            before.events if before is not None else Unit(()),
            before.models if before is not None else Unit(()),
            self.calls.get(path) or (before.calls if before is not None else ()),
            self.model.call_sites.open_functions(path),
            named,
            self.index.made_in.get(path),
        )
        if before is None or path in self.comparison.changed_set:
            interface = self.facts[path].interface
            state.comments = tuple(filter(asker.speaks, interface.comments))
            state.problems = interface.problems
        else:
            state.comments, state.problems = before.comments, before.problems
        is_followed = before is None or summary is not None
        state.given_up = tuple(self.model.given_up_in(path)) if is_followed or before is None else before.given_up
        state.has_links = path in self.index.linking
        return state

    def _subjects(self) -> dict[str, list[tuple[subjects.Model, set[Read]]]]:
        """Return the classes that rules are asked about by their files, with what is read to find them."""
        found: dict[str, list[tuple[subjects.Model, set[Read]]]] = {}
        noted: set[Read] = set()
        before, READS.seen = READS.seen, noted
        try:
            for mapped, is_mapped in self.index.declaring():
                item = (subjects.Model(mapped, is_mapped), noted if not is_mapped else set())
                found.setdefault(mapped.symbol.module.path, []).append(item)
                noted = READS.seen = set()
        finally:
            READS.seen = before
        return found

    def _found(self, reads: set[Read], own: str | None, diagnostics: list[Diagnostic], asker: Asker) -> Found:
        """Name what was read; a finding that shows a place in another file is bound to its text."""
        if not self.keep:
            return set(), diagnostics, asker.shadows_of(diagnostics)
        for item in diagnostics:
            for path in (item.path, *(place.path for place in item.related)):
                reads.add(("text", path))
        return self.namer.names(reads, own), diagnostics, asker.shadows_of(diagnostics)

    # -- what is kept

    def _packed(self, files: dict[str, FileState], collected: dict[str, Collected], schema: Found | None) -> Kept:
        kept = self.kept
        table = Table(kept, self.staleness, self.current)
        about = packed(kept, table, files, collected, schema)
        if kept.files:
            rounds = self.rounds.packed(table, self.alike)
        elif not self.keep:
            rounds = ()
        else:
            rounds = first_rounds(self.model, self.before, self.namer, table)
        return cleared(
            Kept(
                files,
                table.names,
                table.digests,
                self.linked if not self.comparison.is_linked_alike else kept.linked,
                self._deciding(),
                about,
                rounds,
                table.answers,
                table.callers(),
                kept.lasting,
            )
        )

    def _deciding(self) -> tuple[str, ...]:
        """Return the bodies of decorators that decide whose parameters are inferred."""
        read = {item for item in flat(self.model.call_sites.read) if isinstance(item, tuple) and item[0] == "body"}
        return tuple(sorted({*self.kept.deciding, *filter(None, map(self.namer.name, read))}))
