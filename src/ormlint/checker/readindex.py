"""The reads that are kept, by what they are of: put in order once, and gone on with as long as they only grow."""

from __future__ import annotations

from ormlint.checker import readings
from ormlint.checker.readings import path_of

_OF_FILES = readings.ANSWERS | readings.CONTENT | {readings.TEXT}


class ReadIndex:
    """Numbers of reads by their names, by file and by kind."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.of_files: dict[str, list[int]] = {}  # by path, what was read of a file's facts, answers and text
        self.answers: dict[str, list[int]] = {}  # of them, the answers
        self.by_kind: dict[str, list[int]] = {}  # all others
        self._names: list[str] = []

    @classmethod
    def of(cls, names: list[str], before: ReadIndex | None) -> ReadIndex:
        """Return the index of the names of reads; that of an earlier list which this one goes on is used again."""
        found = before if before is not None and before.is_of(names) else cls()
        found.extend(names)
        return found

    def is_of(self, names: list[str]) -> bool:
        """Tell whether these names begin with those that are known."""
        count = len(self._names)
        return len(names) >= count and (count == 0 or names[:count] == self._names)

    def extend(self, names: list[str]) -> None:
        """Add what is beyond the names that are known."""
        for number in range(len(self._names), len(names)):
            name = names[number]
            self.numbers[name] = number
            if name[0] in _OF_FILES:
                path = path_of(name)
                self.of_files.setdefault(path, []).append(number)
                if name[0] in readings.ANSWERS:
                    self.answers.setdefault(path, []).append(number)
            else:
                self.by_kind.setdefault(name[0], []).append(number)
        self._names = names
