"""What was read for some file and says something else now, and who read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from ormlint.checker import readings
from ormlint.checker.comparison import Comparison
from ormlint.checker.kept import FileState, Kept
from ormlint.checker.readindex import ReadIndex
from ormlint.checker.readings import Current
from ormlint.index.project import ProjectIndex
from ormlint.index.registries import NOTHING_MADE
from ormlint.text import SourceText


class Staleness:
    """Finds what is stale of the reads that were kept, by their numbers."""

    def __init__(
        self,
        index: ProjectIndex,
        kept: Kept,
        comparison: Comparison,
        current: Current,
        sources: Mapping[str, SourceText],
        linked: tuple[str, ...],
        reads: ReadIndex,
    ) -> None:
        """`linked` are the bodies that were read when the project was linked."""
        self.index = index
        self.kept = kept
        self.comparison = comparison
        self.current = current
        self.sources = sources
        self.linked = linked
        self.reads = reads
        self.found: set[int] = set()
        self.known: dict[int, bytes] = {}  # digests that were worked out in this run
        self.is_other = False  # an interface is another, or there are other files

    def compare(self) -> None:
        """Find what says something else in files that changed, in what is linked, and in which files there are."""
        if not self.kept.files:
            return
        comparison = self.comparison
        self.is_other = not comparison.is_linked_alike and comparison.is_other((*self.linked, *self.kept.linked))
        for path in comparison.removed:
            self.found.update(self.reads.of_files.get(path, ()))
        for path in comparison.changed:
            self._compare_file(path)
        for kind in self._doubtful():
            for number in self.reads.by_kind.get(kind, ()):
                if self._is_other(number, kind):
                    self.found.add(number)

    def _doubtful(self) -> Iterator[str]:
        """Yield the kinds of reads that may say something else."""
        if self.comparison.changed or self.comparison.removed:
            yield from (readings.EVERYTHING, readings.MADE)
        if self.comparison.has_other_paths:
            yield from sorted(readings.PATHS)
        if self.is_other:
            yield readings.INTERFACES
            yield from sorted(readings.LINKED)

    def _compare_file(self, path: str) -> None:
        comparison, names = self.comparison, self.kept.reads
        for number in self.reads.of_files.get(path, ()):
            kind = names[number][0]
            if kind == readings.TEXT or (kind in readings.CONTENT and comparison.differs(path, [names[number]])):
                self.found.add(number)

    def _is_other(self, number: int, kind: str) -> bool:
        if kind in (readings.EVERYTHING, readings.INTERFACES):
            return True
        return self._made_differs(number) if kind == readings.MADE else self.differs(number)

    def _made_differs(self, number: int) -> bool:
        """Tell whether calls make something else now: looked for in the files that changed, first of all."""
        self.keep_made()
        before, index = self.kept.files, self.index
        if all(path in before and before[path].made == index.made_by(path) for path in self.comparison.changed):
            if all(before[path].made == NOTHING_MADE for path in self.comparison.removed):
                return False
        return self.differs(number)

    def keep_made(self) -> None:
        """Spare looking for what calls make in files that did not change."""
        for path, state in self.kept.files.items():
            if state.made is not None and path in self.sources and path not in self.comparison.changed_set:
                self.index.made_in.setdefault(path, state.made)

    def differs(self, number: int) -> bool:
        """Tell whether something read says something else now; its digest is kept."""
        now = self.known[number] = self.current.digest(self.kept.reads[number])
        return now != self.kept.digests[number]

    def readers(self, reads: Callable[[FileState], Collection[int]]) -> set[str]:
        """Return the files for which something was read that is stale."""
        if not self.found:
            return set()
        disjoint = self.found.isdisjoint
        return {path for path, state in self.kept.files.items() if path in self.sources and not disjoint(reads(state))}
