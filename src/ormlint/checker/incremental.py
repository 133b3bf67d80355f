"""Which files are to be checked anew: those that changed, and those for which something was read that did.

Linking is done anew in every run, from interfaces. The bodies of a file are interpreted anew when its text changed, or
when something that was read for them says other than before: another file's classes and signatures, a mapped class,
the answer to a question. A file that was interpreted anew may answer otherwise: then its readers follow. When that has
come to rest the summaries of all files are known, and rules are asked about what changed or read something that did.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from ormlint.checker import readings
from ormlint.checker.callkeeping import CallDigests, declared, open_functions, packed_rounds, round_models
from ormlint.checker.digests import digest
from ormlint.checker.kept import Changes, FileState, Kept, KeptRound, Unit, decode_summary, encode_summary
from ormlint.checker.reading import FactsStore, stored_facts
from ormlint.checker.readings import Contents, Current, Namer, path_of
from ormlint.checker.result import Progress
from ormlint.diagnostics import Diagnostic
from ormlint.index.installed import Facts
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import READS, Noting, Read, flat
from ormlint.index.scopes import build_module
from ormlint.index.symbols import FunctionSymbol
from ormlint.linting import subjects
from ormlint.semantic.callsites import is_untyped
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
from ormlint.semantic.rounds import Round
from ormlint.text import SourceText

_NOTHING = Unit(())
_DECLARES_NOTHING: object = ([], [], [])
Shadows = list[tuple[int, Diagnostic]]
_Found = tuple[set[str], list[Diagnostic], Shadows]  # names of what was read, what was found, where it is suppressed


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


class Incremental:
    """One check of a linked project, given what is kept of the one before."""

    def __init__(
        self,
        index: ProjectIndex,
        model: SemanticModel,
        sources: Mapping[str, SourceText],
        facts: Mapping[str, Facts],
        linked: set[Read],
        kept: Kept | None,
        store: FactsStore | None,
        keep: bool = True,
    ) -> None:
        self.keep = keep  # else findings alone are wanted: to name and digest what was read takes 6 % of a run
        self.index = index
        self.model = model
        self.sources = sources
        self.facts = facts
        self.kept = kept if kept is not None else Kept({}, [], [], (), (), _NOTHING)
        self.store = store
        self.current = Current(index, model)
        self.namer = Namer(index)
        bodies = [read[1] for read in flat(linked) if isinstance(read, tuple) and read[0] == "body"]
        self.linked = tuple(sorted(f"b\n{index.idents.of(item)}" for item in bodies if not item.module.is_installed))
        self.changes = Changes()
        self.failures: dict[str, Exception] = {}
        before = self.kept.files
        self.removed = [path for path in before if path not in sources]
        self.changed = [
            path for path, source in sources.items() if path not in before or before[path].digest != source.digest
        ]
        self.stale: set[int] = set()  # what was read and says something else now
        self.known: dict[int, bytes] = {}  # digests that were worked out in this run
        self.by_path: dict[str, list[int]] = {}
        for number, name in enumerate(self.kept.reads):
            if name[0] in readings.ANSWERS or name[0] in readings.CONTENT or name[0] == readings.TEXT:
                self.by_path.setdefault(path_of(name), []).append(number)
        self.interpreted: set[str] = set()
        self.changed_set = set(self.changed)
        self.models = [model]  # for each round
        self.before: list[Round] = []  # of a check from nothing
        self.calls: dict[str, tuple[bytes, ...]] = {}
        self.round_digests: dict[tuple[int, int], bytes] = {}  # (round, number)

    # -- what changed

    def run(self, asker: Asker, progress: Progress | None = None) -> Kept | None:
        """Check what is to be checked, and return what is to be kept; None when all is to be checked anew."""
        if self.kept.files:
            models = round_models(self.index, self.model, self.kept)
            if models is None:
                return None
            self.models = models
        self._compare()
        if self.kept.files and self._declares_other_calls():
            return None
        if self.kept.files:
            self._keep_open()
        dirty = set(self.changed)
        while True:
            dirty |= self._readers(lambda state: state.reads)
            fresh = [path for path in self.sources if path in dirty and path not in self.interpreted]
            if not fresh:
                break
            for path in fresh:
                self._interpret(path, self.models)
                if progress is not None:
                    progress("checking", len(self.interpreted), len(dirty))
            for path in fresh:
                self._compare_answers(path)
        digests = CallDigests(self.model)
        if self.kept.files:
            for path in dirty:
                now = tuple(CallDigests(model).of(model.records_of(path)) for model in self.models)
                before = self.kept.files.get(path)
                if now != (before.calls if before is not None else (digests.nothing,) * len(now)):
                    return None
                self.calls[path] = now
            if any(set(self.kept.files[path].calls) != {digests.nothing} for path in self.removed):
                return None
        else:
            self._rounds(digests)
        self.model.recall = lambda path: (
            decode_summary(self.kept.files[path].summary) if path not in dirty and path in self.kept.files else None
        )
        return self._ask(asker, dirty)

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

    def _declares_other_calls(self) -> bool:
        """Tell whether files that changed declare other functions, or classes in another order of their bases."""
        names = {
            self.index.own_modules[path].functions[number].name
            for path, state in self.kept.files.items()
            if path in self.sources and path not in self.changed_set
            for number in state.open
        }
        for path in self.changed:
            functions = self.index.own_modules[path].functions
            names.update(item.name for item in functions if any(map(is_untyped, item.own_facts.params)))
        changed = {*self.changed, *self.removed}
        if any(path_of(name) in changed for name in self.kept.deciding):
            return True
        for path in [*self.changed, *self.removed] if self.is_other else ():
            before = self._before(path) if path in self.kept.files else None
            if before is None and path in self.kept.files:
                return True
            then = declared(before.module, names) if before is not None else _DECLARES_NOTHING
            now = declared(self.index.own_modules[path], names) if path in self.sources else _DECLARES_NOTHING
            if then != now:
                return True
        return False

    def _keep_open(self) -> None:
        """Spare looking for functions with parameters that nothing declares where nothing changed."""
        for path, state in self.kept.files.items():
            if path in self.sources and path not in self.changed_set:
                for model in self.models:
                    model.call_sites.open_in[path] = state.open

    def _compare(self) -> None:
        """Find what says something else in files that changed, in what is linked, and in which files there are."""
        self.is_other = False
        if not self.kept.files:
            return
        is_other = bool(self.removed) or any(path not in self.kept.files for path in self.changed)
        has_other_paths = is_other
        names = self.kept.reads
        for path in self.removed:
            self.stale.update(self.by_path.get(path, ()))
        for path in self.changed:
            if path in self.kept.files:
                before, now = self._before(path), self._now(path)
                linked = [name for name in self.linked if path_of(name) == path]
                linked += [name for name in self.kept.linked if path_of(name) == path]
                if before is None:
                    is_other = True
                elif not is_other:
                    is_other = before.digest(f"m\n{path}") != now.digest(f"m\n{path}") or any(
                        before.digest(name) != now.digest(name) for name in linked
                    )
            else:
                before = None
            for number in self.by_path.get(path, ()):
                name = names[number]
                if name[0] == readings.TEXT or (
                    name[0] in readings.CONTENT and (before is None or before.digest(name) != now.digest(name))
                ):
                    self.stale.add(number)
        for number, name in enumerate(names):
            kind = name[0]
            if kind == readings.EVERYTHING:
                is_stale = bool(self.changed or self.removed)
            elif kind == readings.INTERFACES:
                is_stale = is_other
            elif kind in readings.LINKED:
                is_stale = is_other and self._differs(number)
            elif kind in readings.PATHS:
                is_stale = has_other_paths and self._differs(number)
            elif kind == readings.MADE:
                is_stale = bool(self.changed or self.removed) and self._made_differs(number)
            else:
                continue
            if is_stale:
                self.stale.add(number)
        self.is_other = is_other

    def _made_differs(self, number: int) -> bool:
        self._keep_made()
        return self._differs(number)

    def _keep_made(self) -> None:
        changed = self.changed_set
        for path, state in self.kept.files.items():
            if state.made is not None and path in self.sources and path not in changed:
                self.index.made_in.setdefault(path, state.made)

    def _differs(self, number: int) -> bool:
        now = self.known[number] = self.current.digest(self.kept.reads[number])
        return now != self.kept.digests[number]

    def _before(self, path: str) -> Contents | None:
        """Return the facts of a file as they were; None when they are not remembered."""
        digest = self.kept.files[path].digest
        facts = stored_facts(self.store, digest, None) if self.store is not None else None
        if facts is None:
            return None
        module = build_module(path, "", facts.interface)

        def body(function: FunctionSymbol) -> object:
            try:
                return facts.bodies.functions[function.index]
            except LookupError:
                return None

        return Contents(module, body)

    def _now(self, path: str) -> Contents:
        module = self.index.own_modules[path]
        return Contents(module, lambda function: self.facts[path].bodies.functions[function.index])

    def _readers(self, reads: Callable[[FileState], Collection[int]]) -> set[str]:
        if not self.stale:
            return set()
        disjoint = self.stale.isdisjoint
        return {path for path, state in self.kept.files.items() if path in self.sources and not disjoint(reads(state))}

    # -- bodies

    def _interpret(self, path: str, models: list[SemanticModel]) -> None:
        self.interpreted.add(path)
        try:
            for model in models:
                model.interpret(self.index.own_modules[path])
        except Exception as error:  # a fault of ormlint's own: it costs this file, and is reported there
            if os.environ.get("ORMLINT_TRACEBACK"):
                raise
            self.failures[path] = error

    def _compare_answers(self, path: str) -> None:
        for number in self.by_path.get(path, ()):
            name = self.kept.reads[number]
            if name[0] in readings.ANSWERS and number not in self.known:
                if self._differs(number):
                    self.stale.add(number)
                for round_number, model in enumerate(self.models[:-1]):
                    now = Current(self.index, model).digest(name)
                    self.round_digests[round_number, number] = now
                    if now != self.kept.rounds[round_number].digests.get(number, self.kept.digests[number]):
                        self.stale.add(number)

    # -- rules

    def _ask(self, asker: Asker, dirty: set[str]) -> Kept:
        self._keep_made()
        summaries = {path: encode_summary(self.model.summary(path)) for path in dirty} if self.keep else {}
        if self.kept.files and (dirty or self.removed):
            earlier = self.kept.files
            is_same = not self.removed and all(
                path in earlier and earlier[path].summary == summary for path, summary in summaries.items()
            )
            for number, name in enumerate(self.kept.reads):
                kind = name[0]
                # What follows a call in a caller's body is not in its summary.
                if kind == readings.CALLERS or (kind in readings.PROJECT and not is_same):
                    if self._differs(number):
                        self.stale.add(number)
        about_events = dirty | self._readers(lambda state: state.events.reads)
        classes = self._subjects()
        open_in = open_functions(self.model)
        about_models = self._readers(lambda state: state.models.reads)
        files: dict[str, FileState] = {}
        collected: dict[str, tuple[set[str] | None, _Found | None, _Found | None]] = {}
        changed = self.changed_set
        for path, source in self.sources.items():
            before = self.kept.files.get(path)
            found = classes.get(path, [])
            named = tuple(f"{self.index.idents.of(item.mapped.symbol)}\t{item.is_mapped}" for item, _ in found)
            models: _Found | None = None
            if before is None or path in changed or path in about_models or before.subjects != named:
                reads: set[Read] = set()
                with Noting(reads):
                    for item, noted in found:
                        reads.add(("card", item.mapped.symbol))
                        reads |= noted
                    diagnostics = asker.models([item for item, _ in found]) if found else []
                models = self._found(reads, path, diagnostics, asker)
            events: _Found | None = None
            if before is None or path in about_events:
                if path not in self.interpreted:
                    self._interpret(path, self.models[-1:])
                reads = set()
                with Noting(reads):
                    diagnostics = asker.events(list(self.model.records_of(path)))
                if path in self.failures:
                    diagnostics.extend(asker.failure(path, self.failures[path]))
                events = self._found(reads, path, diagnostics, asker)
            bodies: set[str] | None = None
            if self.keep and (before is None or path in dirty):
                everything: set[Read] = set()
                bodies = self.namer.names(everything.union(*(item.reads.get(path, ()) for item in self.models)), path)
            if models is not None or events is not None:
                self.changes.asked.append(path)
            collected[path] = (bodies, events, models)
            files[path] = before if before is not None else FileState(source.digest, (), b"", _NOTHING, _NOTHING)
            files[path] = FileState(
                b"" if path in self.failures or summaries.get(path) == b"" else source.digest,  # never the same
                files[path].reads,
                summaries[path] if path in summaries else files[path].summary,
                files[path].events,
                files[path].models,
                self.calls.get(path) or files[path].calls,
                open_in.get(path, ()),
                named,
                self.index.made_in.get(path),
            )
        schema: _Found | None = None
        if not self.kept.files or not self.stale.isdisjoint(self.kept.schema.reads):
            reads = set()
            with Noting(reads):
                diagnostics = asker.schema()
            schema = self._found(reads, None, diagnostics, asker)
        self.changes.interpreted = [path for path in self.sources if path in self.interpreted]
        return self._packed(files, collected, schema)

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

    def _found(self, reads: set[Read], own: str | None, diagnostics: list[Diagnostic], asker: Asker) -> _Found:
        """Name what was read; a finding that shows a place in another file is bound to its text."""
        if not self.keep:
            return set(), diagnostics, asker.shadows_of(diagnostics)
        for item in diagnostics:
            for path in (item.path, *(place.path for place in item.related)):
                reads.add(("text", path))
        return self.namer.names(reads, own), diagnostics, asker.shadows_of(diagnostics)

    # -- what is kept

    def _packed(
        self,
        files: dict[str, FileState],
        collected: dict[str, tuple[set[str] | None, _Found | None, _Found | None]],
        schema: _Found | None,
    ) -> Kept:
        kept = self.kept
        digests = [self.known.get(number, old) for number, old in enumerate(kept.digests)]
        table = _Table(list(kept.reads), digests, self.current)
        for path, (bodies, events, models) in collected.items():
            state = files[path]
            if bodies is not None:
                state.reads = table.ids(bodies)
            if events is not None:
                state.events = Unit(table.ids(events[0]), tuple(events[1]), tuple(events[2]))
            if models is not None:
                state.models = Unit(table.ids(models[0]), tuple(models[1]), tuple(models[2]))
        about = Unit(table.ids(schema[0]), tuple(schema[1]), tuple(schema[2])) if schema is not None else kept.schema
        rounds = self._kept_rounds(table) if self.keep else ()
        found = Kept(files, table.names, table.digests, self.linked, self._deciding(), about, rounds, kept.lasting)
        return _cleared(found) if len(found.reads) > 2 * found.lasting + 1000 else found

    def _deciding(self) -> tuple[str, ...]:
        """Return the bodies of decorators that decide whose parameters are inferred."""
        read = {item for item in flat(self.model.call_sites.read) if isinstance(item, tuple) and item[0] == "body"}
        return tuple(sorted({*self.kept.deciding, *filter(None, map(self.namer.name, read))}))

    def _kept_rounds(self, table: _Table) -> tuple[KeptRound, ...]:
        if not self.kept.files:
            known = [*(before.known for before in self.before), self.model.call_sites.known]
            rounds = packed_rounds(self.model, known)
            if rounds is None:
                return ()  # nothing can be kept
            later: dict[int, bytes] = {}
            for before, kept in reversed(list(zip(self.before, rounds, strict=False))):
                for read, answer in before.answers.items():
                    name = self.namer.name(read)
                    number = table.numbers.get(name) if name is not None else None
                    if number is not None:
                        parts = list(answer) if read[0] == "record" else answer  # type: ignore[call-overload, index]
                        later[number] = digest(self.current.linked.of(parts))
                kept.digests.update(later)
            return rounds
        rounds = tuple(KeptRound(old.known, dict(old.digests)) for old in self.kept.rounds)
        fresh = range(len(self.kept.reads), len(table.names))
        for round_number, model in enumerate(self.models[:-1]):
            digests = rounds[round_number].digests
            for (of_round, number), now in self.round_digests.items():
                if of_round == round_number:
                    digests[number] = now
            current = Current(self.index, model)
            for number in fresh:
                if table.names[number][0] in readings.ANSWERS:
                    digests[number] = current.digest(table.names[number])
        return rounds


class _Table:
    """Numbers for the names of what is read."""

    def __init__(self, names: list[str], digests: list[bytes], current: Current) -> None:
        self.names = names
        self.digests = digests
        self.current = current
        self.numbers = {name: number for number, name in enumerate(names)}

    def ids(self, names: set[str]) -> tuple[int, ...]:
        """Return the numbers of names; of a new one the digest is worked out."""
        found: list[int] = []
        for name in names:
            number = self.numbers.get(name)
            if number is None:
                number = self.numbers[name] = len(self.names)
                self.names.append(name)
                self.digests.append(self._digest(name))
            found.append(number)
        return tuple(sorted(found))

    def _digest(self, name: str) -> bytes:
        kind = name[0]
        if kind in readings.CONTENT or kind in (readings.TEXT, readings.INTERFACES, readings.EVERYTHING):
            return b""
        return self.current.digest(name)


def _cleared(kept: Kept) -> Kept:
    """Leave out what nobody reads any more."""
    used: set[int] = set(kept.schema.reads)
    for state in kept.files.values():
        used.update(state.reads, state.events.reads, state.models.reads)
    order = sorted(used)
    numbers = {old: new for new, old in enumerate(order)}

    def moved(reads: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([numbers[number] for number in reads])

    for state in kept.files.values():
        state.reads = moved(state.reads)
        state.events = Unit(moved(state.events.reads), state.events.findings, state.events.shadows)
        state.models = Unit(moved(state.models.reads), state.models.findings, state.models.shadows)
    schema = Unit(moved(kept.schema.reads), kept.schema.findings, kept.schema.shadows)
    reads = [kept.reads[number] for number in order]
    digests = [kept.digests[number] for number in order]
    rounds = tuple(
        KeptRound(found.known, {numbers[old]: said for old, said in found.digests.items() if old in numbers})
        for found in kept.rounds
    )
    return Kept(kept.files, reads, digests, kept.linked, kept.deciding, schema, rounds, len(order))
