"""What was read for some file and says something else now, and who read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ormlint.checker import readings
from ormlint.checker.comparison import Comparison
from ormlint.checker.kept import FileState, Kept
from ormlint.checker.readings import Current, path_of
from ormlint.index.project import ProjectIndex
from ormlint.index.registries import NOTHING_MADE
from ormlint.text import SourceText

_OF_FILES = readings.ANSWERS | readings.CONTENT | {readings.TEXT}


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
    ) -> None:
        """`linked` are the bodies that were read when the project was linked."""
        self.index = index
        self.kept = kept
        self.comparison = comparison
        self.current = current
        self.sources = sources
        self.linked = linked
        self.found: set[int] = set()
        self.known: dict[int, bytes] = {}  # digests that were worked out in this run
        self.is_other = False  # an interface is another, or there are other files
        self.of_files: dict[str, list[int]] = {}  # by path, what was read of a file's facts, answers and text
        self.answers: dict[str, list[int]] = {}  # of them, the answers
        self.others: list[int] = []
        for number, name in enumerate(kept.reads):
            if name[0] in _OF_FILES:
                path = path_of(name)
                self.of_files.setdefault(path, []).append(number)
                if name[0] in readings.ANSWERS:
                    self.answers.setdefault(path, []).append(number)
            else:
                self.others.append(number)

    def compare(self) -> None:
        """Find what says something else in files that changed, in what is linked, and in which files there are."""
        if not self.kept.files:
            return
        comparison = self.comparison
        self.is_other = not comparison.is_linked_alike and comparison.is_other((*self.linked, *self.kept.linked))
        for path in comparison.removed:
            self.found.update(self.of_files.get(path, ()))
        for path in comparison.changed:
            self._compare_file(path)
        for number in self.others:
            if self._is_other(number, self.kept.reads[number][0]):
                self.found.add(number)

    def _compare_file(self, path: str) -> None:
        comparison, names = self.comparison, self.kept.reads
        for number in self.of_files.get(path, ()):
            kind = names[number][0]
            if kind == readings.TEXT or (kind in readings.CONTENT and comparison.differs(path, [names[number]])):
                self.found.add(number)

    def _is_other(self, number: int, kind: str) -> bool:
        comparison = self.comparison
        if kind == readings.EVERYTHING:
            return bool(comparison.changed or comparison.removed)
        if kind == readings.INTERFACES:
            return self.is_other
        if kind in readings.LINKED:
            return self.is_other and self.differs(number)
        if kind in readings.PATHS:
            return comparison.has_other_paths and self.differs(number)
        if kind == readings.MADE:
            return bool(comparison.changed or comparison.removed) and self._made_differs(number)
        return False

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
