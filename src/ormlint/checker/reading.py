"""Files to facts: remembered ones from the cache, the others parsed, in several processes where that pays."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Protocol

from ormlint.checker.errors import WorkerDied
from ormlint.checker.result import Progress, Statistics
from ormlint.facts.codec import EncodedFacts, decode_bodies, decode_interface, encode_facts
from ormlint.facts.module import ModuleBodies, ModuleFacts, ModuleInterface
from ormlint.index.installed import Facts
from ormlint.syntax import lower_parsed, parse_module
from ormlint.text import SourceText

# Lowering and inference follow the nesting of the source, whose depth both bound themselves; an interpreter's
# default of 1,000 frames is less than those bounds need.
RECURSION_LIMIT = 10_000
# Below this many files a pool costs more than it saves: its start takes about 0.1 s a process.
POOL_FILES = 100
_CHUNK_BYTES = 200_000


class FactsStore(Protocol):
    """Where facts are remembered, by the digest of the text they were read from."""

    def interface(self, digest: bytes) -> bytes | None:
        """Return a remembered interface."""

    def bodies(self, digest: bytes) -> bytes | None:
        """Return remembered bodies."""

    def keep_facts(self, found: Mapping[bytes, EncodedFacts]) -> None:
        """Remember facts."""


class FactsInMemory:
    """Facts by the digest of their text, as long as the process runs: only what was typed is parsed again."""

    def __init__(self) -> None:
        self._found: dict[bytes, EncodedFacts] = {}

    def interface(self, digest: bytes) -> bytes | None:
        """Return a remembered interface."""
        found = self._found.get(digest)
        return found[0] if found is not None else None

    def bodies(self, digest: bytes) -> bytes | None:
        """Return remembered bodies."""
        found = self._found.get(digest)
        return found[1] if found is not None else None

    def keep_facts(self, found: Mapping[bytes, EncodedFacts]) -> None:
        """Remember facts."""
        self._found.update(found)

    def keep_only(self, digests: Collection[bytes]) -> None:
        """Forget what no file holds any more."""
        self._found = {digest: facts for digest, facts in self._found.items() if digest in digests}


class _StoredFacts:
    """Facts whose bodies are not decoded before somebody asks for them: most of a project's never are."""

    __slots__ = ("_bodies", "_load", "interface")

    def __init__(self, interface: ModuleInterface, load: Callable[[], ModuleBodies]) -> None:
        self.interface = interface
        self._load: Callable[[], ModuleBodies] | None = load
        self._bodies: ModuleBodies | None = None

    @property
    def bodies(self) -> ModuleBodies:
        load = self._load
        if load is not None:
            self._bodies = load()
            self._load = None  # it may hold them as bytes
        assert self._bodies is not None
        return self._bodies


class _LaterFacts:
    """Facts that are not looked up before somebody asks for them."""

    __slots__ = ("_found", "_source", "_store")

    def __init__(self, store: FactsStore, source: SourceText) -> None:
        self._store = store
        self._source = source
        self._found: Facts | None = None

    def _facts(self) -> Facts:
        if self._found is None:
            found = stored_facts(self._store, self._source.digest, self._source)
            self._found = found if found is not None else lower_parsed(parse_module(self._source))
        return self._found

    @property
    def interface(self) -> ModuleInterface:
        return self._facts().interface

    @property
    def bodies(self) -> ModuleBodies:
        return self._facts().bodies


def stored_facts(store: FactsStore, digest: bytes, source: SourceText | None) -> Facts | None:
    """Return what is remembered of a text, or None; `source` is read again should its bodies be gone meanwhile."""
    encoded = store.interface(digest)
    interface = decode_interface(encoded) if encoded is not None else None
    if interface is None:
        return None

    def load() -> ModuleBodies:
        kept = store.bodies(digest)
        bodies = decode_bodies(kept) if kept is not None else None
        if bodies is None:
            if source is None:
                raise LookupError("the bodies of an earlier text are gone")
            bodies = lower_parsed(parse_module(source)).bodies
        return bodies

    return _StoredFacts(interface, load)


def _fresh_facts(encoded: EncodedFacts, source: SourceText) -> Facts:
    interface = decode_interface(encoded[0])
    if interface is None:
        return lower_parsed(parse_module(source))
    return _StoredFacts(interface, lambda: decode_bodies(encoded[1]) or lower_parsed(parse_module(source)).bodies)


def read_facts(
    sources: Mapping[str, SourceText],
    statistics: Statistics,
    progress: Progress | None = None,
    store: FactsStore | None = None,
    jobs: int = 1,
    later: Collection[str] = (),
) -> dict[str, Facts]:
    """Return the facts of all files, in the order of `sources`.

    Those of the files in `later`, which `store` remembers, are not looked up before they are asked for.

    Raises:
        WorkerDied: a process that read files ended without an answer.
    """
    found: dict[str, Facts] = {}
    done = 0

    def keep(path: str, facts: Facts) -> None:
        nonlocal done
        done += 1
        found[path] = facts
        if progress is not None:
            progress("reading", done, len(sources))

    if store is not None:
        started = time.process_time()
        for path, source in sources.items():
            is_later = path in later
            facts = _LaterFacts(store, source) if is_later else stored_facts(store, source.digest, source)
            if facts is not None:
                keep(path, facts)
        statistics.seconds["load"] = time.process_time() - started
    waiting = {path: source for path, source in sources.items() if path not in found}
    fresh: dict[bytes, EncodedFacts] = {}
    for path, facts, encoded in _lowered(waiting, statistics, jobs, store is not None):
        keep(path, facts)
        statistics.lowered.append(path)
        if encoded is not None:
            fresh[sources[path].digest] = encoded
    if store is not None and fresh:
        store.keep_facts(fresh)
    return {path: found[path] for path in sources}


def _lowered(
    waiting: Mapping[str, SourceText], statistics: Statistics, jobs: int, wants_bytes: bool
) -> Iterator[tuple[str, Facts, EncodedFacts | None]]:
    pool = _Pool(jobs) if jobs > 1 and len(waiting) >= POOL_FILES else None
    if pool is not None and pool.works:
        paths = list(waiting)
        for path, encoded in zip(paths, pool.lower([waiting[path].data for path in paths], statistics), strict=True):
            source = waiting[path]
            yield path, _fresh_facts(encoded, source) if encoded is not None else _lower(source, statistics), encoded
        return
    for path, source in waiting.items():
        lowered = _lower(source, statistics)
        yield path, lowered, encode_facts(lowered) if wants_bytes else None


def _lower(source: SourceText, statistics: Statistics) -> ModuleFacts:
    started = time.process_time()
    parsed = parse_module(source)
    between = time.process_time()
    facts = lower_parsed(parsed)
    _add(statistics, between - started, time.process_time() - between)
    return facts


def _add(statistics: Statistics, parse: float, lower: float) -> None:
    for phase, seconds in (("parse", parse), ("lower", lower)):
        statistics.seconds[phase] = statistics.seconds.get(phase, 0.0) + seconds


class _Pool:
    """Processes that parse and lower. `works` is false where the system has no means for them."""

    def __init__(self, jobs: int) -> None:
        from concurrent.futures import ProcessPoolExecutor

        try:
            self.executor = ProcessPoolExecutor(jobs, initializer=_start_worker)
            self.works = True
        except (ImportError, OSError):  # no semaphores: a sandbox, a system without /dev/shm
            self.works = False

    def lower(self, texts: list[bytes], statistics: Statistics) -> Iterator[EncodedFacts | None]:
        """Yield the facts of texts in their order."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            with self.executor as executor:
                for encoded, parse, lower in executor.map(lower_texts, _chunks(texts)):
                    _add(statistics, parse, lower)
                    yield from encoded
        except BrokenProcessPool:
            raise WorkerDied from None


def _chunks(texts: list[bytes]) -> list[list[bytes]]:
    chunks: list[list[bytes]] = []
    size = _CHUNK_BYTES
    for text in texts:
        if size >= _CHUNK_BYTES:
            chunks.append([])
            size = 0
        chunks[-1].append(text)
        size += len(text)
    return chunks


def _start_worker() -> None:
    gc.disable()  # as in the process that asked: facts have no cycles
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))


def lower_texts(texts: list[bytes]) -> tuple[list[EncodedFacts | None], float, float]:
    """Return the facts of texts as bytes, and the seconds spent parsing and lowering; runs in a worker."""
    statistics = Statistics()
    encoded = [encode_facts(_lower(SourceText(text), statistics)) for text in texts]
    return encoded, statistics.seconds["parse"], statistics.seconds["lower"]
