"""From files to the semantic model: lower each file, link once, interpret every body."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from ormlint.checker.comparison import Comparison
from ormlint.checker.kept import NOTHING_KEPT, Kept
from ormlint.checker.readindex import ReadIndex
from ormlint.checker.reading import RECURSION_LIMIT, FactsStore, read_facts, stored_facts
from ormlint.checker.result import Progress, Statistics
from ormlint.facts.codec import encode_facts
from ormlint.facts.module import ModuleInterface
from ormlint.index.installed import Environment, Facts, InstalledModules
from ormlint.index.modules import ModuleMap
from ormlint.index.project import LinkedState, ProjectIndex, link
from ormlint.index.reads import Noting, Read
from ormlint.index.registries import may_make
from ormlint.index.symbols import Module
from ormlint.semantic.model import SemanticModel
from ormlint.syntax import lower_parsed, parse_module
from ormlint.text import SourceError, SourceText


@dataclass
class Analysis:
    """A project read as one program."""

    sources: dict[str, SourceText]
    facts: dict[str, Facts]
    index: ProjectIndex
    model: SemanticModel
    linked: set[Read]  # what was read when the project was linked
    comparison: Comparison  # with what is kept of an earlier check
    snapshot: LinkedState | None = None  # to go on from, where somebody will
    reads: ReadIndex | None = None  # the same


class _Interfaces(Mapping[str, ModuleInterface]):
    """The interfaces of facts, each looked up when it is asked for."""

    def __init__(self, facts: Mapping[str, Facts]) -> None:
        self.facts = facts

    def __getitem__(self, path: str) -> ModuleInterface:
        return self.facts[path].interface

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


def analyse(
    files: Mapping[str, SourceText | SourceError],
    statistics: Statistics,
    progress: Progress | None = None,
    *,
    interpret: bool = True,
    environment: Environment | None = None,
    documents: Mapping[str, str] | None = None,
    store: FactsStore | None = None,
    jobs: int = 1,
) -> Analysis:
    """Read all files; those that could not be decoded are left out. Without `interpret` bodies are not followed.

    `environment` is where the project's packages are installed: bases of models are read there.
    `documents` are its files besides Python that say where migrations are (path → text). `store` remembers facts
    between runs; `jobs` is how many processes may read files.
    """
    linked = read_project(files, statistics, progress, environment, documents, store, jobs)
    clock = Clock(statistics)
    if interpret:
        model, modules = linked.model, linked.index.own_modules
        for count, module in enumerate(modules.values(), 1):
            try:
                model.interpret(module)
            except Exception:  # a fault of ormlint's own: it costs this file
                if os.environ.get("ORMLINT_TRACEBACK"):
                    raise
            if progress is not None:
                progress("checking", count, len(modules))
        for path in modules:
            for reason in model.given_up_in(path):
                statistics.given_up[reason] = statistics.given_up.get(reason, 0) + 1
        clock.lap("check")
    return linked


def read_project(
    files: Mapping[str, SourceText | SourceError],
    statistics: Statistics,
    progress: Progress | None = None,
    environment: Environment | None = None,
    documents: Mapping[str, str] | None = None,
    store: FactsStore | None = None,
    jobs: int = 1,
    kept: Kept | None = None,
    before: Analysis | None = None,
) -> Analysis:
    """Read and link all files; no body is followed yet. See `analyse` for the arguments.

    With what is `kept` of an earlier check only files that changed are read, and as long as none of them says
    something else to others, only what holds mapped classes is linked; the rest when it is asked for. With the
    analysis `before` of that check what it has of unchanged files is used again, and so is what linking found as long
    as it was read from such files alone.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    sources = {path: source for path, source in sorted(files.items()) if isinstance(source, SourceText)}
    statistics.bytes = sum(len(source.data) for source in sources.values())
    kept = kept if kept is not None else NOTHING_KEPT
    known = {path for path, source in sources.items() if _is_known(path, source, kept)}
    again = {path: before.facts[path] for path in known if path in before.facts} if before is not None else {}
    waiting = {path: source for path, source in sources.items() if path not in again} if again else sources
    facts = read_facts(waiting, statistics, progress, store, jobs, known if store is not None else ())
    if again:
        facts = {path: again.get(path) or facts[path] for path in sources}
    clock = Clock(statistics)
    statistics.files = len(files)
    comparison = Comparison(kept, sources, facts, store)
    reads: set[Read] = set()
    index, snapshot = _linked(facts, comparison, reads, before, environment, store)
    index.documents = dict(documents or {})
    index.may_make = lambda path: may_make(sources[path].data)
    statistics.models = len(index.own_mapped)
    clock.lap("link")
    return Analysis(
        sources,
        facts,
        index,
        SemanticModel(index),
        reads,
        comparison,
        snapshot,
        before.reads if before is not None else None,
    )


def _is_known(path: str, source: SourceText, kept: Kept) -> bool:
    state = kept.files.get(path)
    return state is not None and state.digest == source.digest


def _linked(
    facts: Mapping[str, Facts],
    comparison: Comparison,
    reads: set[Read],
    before: Analysis | None,
    environment: Environment | None,
    store: FactsStore | None,
) -> tuple[ProjectIndex, LinkedState | None]:
    """Link facts, or take what was linked before; `reads` will hold what was read for it."""
    alike, changed = comparison.is_linked_alike, comparison.changed_set
    linking = {path for path, state in comparison.kept.files.items() if state.has_links} if alike else None
    interfaces = _Interfaces(facts)
    snapshot = before.snapshot if before is not None and alike else None
    is_held = snapshot is not None and _holds(snapshot, changed)
    modules: list[Module] = []
    paths: ModuleMap | None = None
    if before is not None and not comparison.has_other_paths:
        paths = before.index.paths
        # Classes that calls make were bound in their modules: linking would bind them again.
        left_out = changed if is_held else changed | before.index.making
        modules = [item for item in before.index.built_modules() if item.path not in left_out]
    if snapshot is not None and is_held:
        index = ProjectIndex(interfaces, lambda path: facts[path].bodies, snapshot.installed, linking, modules, paths)
        index.adopt(snapshot)
        return index, snapshot
    installed = InstalledModules(environment, _reader(environment, store)) if environment is not None else None
    with Noting(reads):
        index = link(interfaces, lambda path: facts[path].bodies, installed, linking, modules, paths)
    return index, index.snapshot(reads) if before is not None and alike else None


def _holds(snapshot: LinkedState, changed: Collection[str]) -> bool:
    return snapshot.read is not None and snapshot.read.isdisjoint(changed) and snapshot.linking.isdisjoint(changed)


def _reader(environment: Environment, store: FactsStore | None) -> Callable[[str], Facts | None]:
    def read(path: str) -> Facts | None:
        source = environment.read(path)
        if not isinstance(source, SourceText):
            return None
        known = stored_facts(store, source.digest, source) if store is not None else None
        if known is not None:
            return known
        lowered = lower_parsed(parse_module(source))
        encoded = encode_facts(lowered) if store is not None else None
        if store is not None and encoded is not None:
            store.keep_facts({source.digest: encoded})
        return lowered

    return read


class Clock:
    """CPU seconds since the last lap, added to the statistics."""

    def __init__(self, statistics: Statistics) -> None:
        self.statistics = statistics
        self.last = time.process_time()

    def lap(self, phase: str) -> None:
        """Add the seconds since the last lap to a phase."""
        now = time.process_time()
        seconds = self.statistics.seconds
        seconds[phase] = seconds.get(phase, 0.0) + now - self.last
        self.last = now
