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
from ormlint.checker.kept import Changes, FileState, Kept, Unit, decode_summary, encode_summary
from ormlint.checker.reading import FactsStore, stored_facts
from ormlint.checker.readings import Contents, Current, Namer, path_of
from ormlint.checker.result import Progress
from ormlint.diagnostics import Diagnostic
from ormlint.index.installed import Facts
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import READS, Noting, Read
from ormlint.index.symbols import FunctionSymbol, build_module
from ormlint.linting import subjects
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
from ormlint.text import SourceText

_NOTHING = Unit(())
_Found = tuple[set[str], list[Diagnostic]]  # names of what was read, what was found


class Asker(Protocol):
    """How rules are asked. What is found is as it is before suppressions."""

    def models(self, found: list[subjects.Model]) -> list[Diagnostic]:
        """Ask about mapped classes."""

    def events(self, records: list[FunctionRecord]) -> list[Diagnostic]:
        """Ask about what was seen in bodies."""

    def schema(self) -> list[Diagnostic]:
        """Ask about migrations."""

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
    ) -> None:
        self.index = index
        self.model = model
        self.sources = sources
        self.facts = facts
        self.kept = kept if kept is not None else Kept({}, [], [], (), _NOTHING)
        self.store = store
        self.current = Current(index, model)
        self.namer = Namer(index)
        bodies = [read[1] for read in linked if isinstance(read, tuple) and read[0] == "body"]
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

    # -- what changed

    def run(self, asker: Asker, progress: Progress | None = None) -> Kept:
        """Check what is to be checked, and return what is to be kept."""
        self._compare()
        dirty = set(self.changed)
        while True:
            dirty |= self._readers(lambda state: state.reads)
            fresh = [path for path in self.sources if path in dirty and path not in self.interpreted]
            if not fresh:
                break
            for path in fresh:
                self._interpret(path)
                if progress is not None:
                    progress("checking", len(self.interpreted), len(dirty))
            for path in fresh:
                self._compare_answers(path)
        self.model.recall = lambda path: (
            decode_summary(self.kept.files[path].summary) if path not in dirty and path in self.kept.files else None
        )
        return self._ask(asker, dirty)

    def _compare(self) -> None:
        """Find what says something else in files that changed, in what is linked, and in which files there are."""
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
        changed = set(self.changed)
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

    def _interpret(self, path: str) -> None:
        self.interpreted.add(path)
        try:
            self.model.interpret(self.index.own_modules[path])
        except Exception as error:  # a fault of ormlint's own: it costs this file, and is reported there
            if os.environ.get("ORMLINT_TRACEBACK"):
                raise
            self.failures[path] = error

    def _compare_answers(self, path: str) -> None:
        for number in self.by_path.get(path, ()):
            if self.kept.reads[number][0] in readings.ANSWERS and number not in self.known and self._differs(number):
                self.stale.add(number)

    # -- rules

    def _ask(self, asker: Asker, dirty: set[str]) -> Kept:
        self._keep_made()
        summaries = {path: encode_summary(self.model.summary(path)) for path in dirty}
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
        about_models = self._readers(lambda state: state.models.reads)
        files: dict[str, FileState] = {}
        collected: dict[str, tuple[set[str] | None, _Found | None, _Found | None]] = {}
        changed = set(self.changed)
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
                models = (self._names(reads, path, diagnostics), diagnostics)
            events: _Found | None = None
            if before is None or path in about_events:
                if path not in self.interpreted:
                    self._interpret(path)
                reads = set()
                with Noting(reads):
                    diagnostics = asker.events(list(self.model.records_of(path)))
                if path in self.failures:
                    diagnostics.extend(asker.failure(path, self.failures[path]))
                events = (self._names(reads, path, diagnostics), diagnostics)
            bodies: set[str] | None = None
            if before is None or path in dirty:
                bodies = self.namer.names(self.model.reads.get(path, set()), path)
            if models is not None or events is not None:
                self.changes.asked.append(path)
            collected[path] = (bodies, events, models)
            files[path] = before if before is not None else FileState(source.digest, (), b"", _NOTHING, _NOTHING)
            files[path] = FileState(
                b"" if path in self.failures else source.digest,
                files[path].reads,
                summaries[path] if path in summaries else files[path].summary,
                files[path].events,
                files[path].models,
                named,
                self.index.made_in.get(path),
            )
        schema: _Found | None = None
        if not self.kept.files or not self.stale.isdisjoint(self.kept.schema.reads):
            reads = set()
            with Noting(reads):
                diagnostics = asker.schema()
            schema = (self._names(reads, None, diagnostics), diagnostics)
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

    def _names(self, reads: set[Read], own: str | None, diagnostics: list[Diagnostic]) -> set[str]:
        """Return the names of what was read; a finding that shows a place in another file is bound to its text."""
        for item in diagnostics:
            for path in (item.path, *(place.path for place in item.related)):
                reads.add(("text", path))
        return self.namer.names(reads, own)

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
                state.events = Unit(table.ids(events[0]), tuple(events[1]))
            if models is not None:
                state.models = Unit(table.ids(models[0]), tuple(models[1]))
        about = Unit(table.ids(schema[0]), tuple(schema[1])) if schema is not None else kept.schema
        found = Kept(files, table.names, table.digests, self.linked, about, kept.lasting)
        return _cleared(found) if len(found.reads) > 2 * found.lasting + 1000 else found


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
        state.events = Unit(moved(state.events.reads), state.events.findings)
        state.models = Unit(moved(state.models.reads), state.models.findings)
    schema = Unit(moved(kept.schema.reads), kept.schema.findings)
    reads = [kept.reads[number] for number in order]
    digests = [kept.digests[number] for number in order]
    return Kept(kept.files, reads, digests, kept.linked, schema, len(order))
