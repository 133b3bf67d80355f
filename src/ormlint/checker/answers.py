"""Answers of the interpreter that are kept: what a body gives is not worked out again for another file's question.

An answer holds as long as nothing it depends on changed. What it depends on is known by file: what was read for the
bodies of its file, and for those whose answers were among that. So an answer is given again only where none of them
is to be followed anew (see `Tainted`); circles of answers are then worked out together, as in a run from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

import msgspec

from ormlint.checker.kept import FileState, Kept
from ormlint.checker.readings import Namer
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import Noting, Read
from ormlint.semantic.records import Outcome
from ormlint.semantic.typecodec import NotPlain, plain_type, typed

KINDS = frozenset("rtv")  # of `readings.ANSWERS`, those that are kept
_READS = frozenset({"record", "type", "value"})
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()


def encode_answer(answer: object, index: ProjectIndex) -> bytes:
    """Return an answer as bytes, empty where it holds what cannot be kept."""
    try:
        if isinstance(answer, Outcome):
            types = [[[name, plain_type(kind, index)] for name, kind in found.items()] for found in answer[2:]]
            return _encoder.encode([plain_type(answer.returned, index), plain_type(answer.yielded, index), *types])
        return _encoder.encode(plain_type(answer, index))
    except (NotPlain, msgspec.MsgspecError, OverflowError, UnicodeError):
        return b""


def _decode(data: bytes, is_record: bool, index: ProjectIndex) -> object:
    """Return the answer that was encoded; None when something it names is gone."""
    with Noting(set()):
        try:
            plain: Any = _decoder.decode(data)
            if not is_record:
                return typed(plain, index)
            returned, yielded, of_self, of_globals = plain
            types = [{name: typed(kind, index) for name, kind in found} for found in (of_self, of_globals)]
            return Outcome(typed(returned, index), typed(yielded, index), *types)
        except NotPlain:
            return None


class Answers:
    """The kept answers of files that are not followed anew."""

    def __init__(
        self, index: ProjectIndex, namer: Namer, kept: Kept, numbers: Mapping[str, int], tainted: Container[str]
    ) -> None:
        """`numbers` are those of `kept.reads` of a kind in `KINDS`."""
        self.index = index
        self.namer = namer
        self.kept = kept
        self.numbers = numbers
        self.tainted = tainted

    def of_round(self, number: int | None) -> Callable[[Read], object]:
        """Return what recalls answers of a round before the last, or of the last one (None)."""
        last = self.kept.answers
        digests: Mapping[int, bytes] = {}
        earlier: Mapping[int, bytes] = {}
        if number is not None:
            digests, earlier = self.kept.rounds[number].digests, self.kept.rounds[number].answers

        def recall(read: Any) -> object:
            kind = read[0]
            if kind not in _READS:
                return None
            path = read[1].module.path if kind == "record" else read[1]
            if path in self.tainted or path not in self.kept.files:
                return None
            name = self.namer.name(read)
            found = self.numbers.get(name) if name is not None else None
            if found is None:
                return None
            data = (earlier if found in digests else last).get(found)
            return _decode(data, kind == "record", self.index) if data else None

        return recall


def tainted(
    paths: Iterable[str], files: Mapping[str, FileState], by_path: Mapping[str, Iterable[int]]
) -> frozenset[str]:
    """Return files with all those that asked them for answers, and those that asked these, and so on.

    `by_path` are the numbers of the answers of each file.
    """
    readers: dict[int, list[str]] | None = None
    found: set[str] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        asked = by_path.get(path)
        if asked is None:
            continue
        if readers is None:
            answers = {number for numbers in by_path.values() for number in numbers}
            readers = {}
            for reader, state in files.items():
                for number in answers.intersection(state.reads):
                    readers.setdefault(number, []).append(reader)
        for number in asked:
            waiting += readers.get(number, ())
    return frozenset(found)
