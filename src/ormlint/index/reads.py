"""What is read of other files while one is checked: noted where symbols and names are looked up, whoever asks.

A file's findings hold as long as all that was read for them says the same. So every way to the facts of a file leads
past here: `ClassSymbol.facts`, `FunctionSymbol.facts`, `Module.interface`, `Module.scope`, `ProjectIndex.body`, names,
imports, mapped classes. What is remembered (`recorded`) remembers what was read for it, and notes it again for whoever
is given it. Something read is a symbol itself (its own facts), or a tuple whose first item says what.

| read | of |
| --- | --- |
| a symbol | the statement of a class, the signature of a function |
| `("name", path, name)` | what binds a name at the top level of a module |
| `("module", path)` | the whole interface of a module |
| `("body", function)` | the statements of a function |
| `("find", dotted name, folder)`, `("file", stem)` | which file an import means |
| `("card", class)`, `("heirs", class)` | a mapped class as it was linked (or that it is none), its mapped heirs |
| `("called", name)` | the mapped classes of a name |
| `("table names",)`, `("table", name)` | which tables there are, what is in one |
| `("record", function)`, `("end", path)`, `("type", path, name)`, `("value", …)` | answers of the interpreter |
| `("text", path)` | the text of a file, positions and all |
| `("stored", name)`, `("kept", name)`, `("writes", function)`, … | answers from all files' summaries |
| `("models",)`, `("backrefs",)`, `("paths",)`, `("interfaces",)`, `("made",)` | all there is of a kind |
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

Read = Hashable
# Reads whose second item is a path, and those whose second item is a class or a function.
_OF_PATHS = frozenset({"name", "module", "text", "end", "type", "value"})
_OF_SYMBOLS = frozenset({"body", "record", "card", "heirs", "mixin", "writes", "callers", "contradicted"})
# Reads that may be of any file.
_OF_ALL = frozenset({"interfaces", "paths", "made", "table names", "table"})
Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class _Reads(threading.local):
    """Where reads are noted just now: the set of the file, or of the remembered answer, that is being worked out.

    Every thread has its own: the editor server looks things up while the next check runs.
    """

    def __init__(self) -> None:
        self.seen: set[Read] = set()


READS = _Reads()


def paths_of(reads: Iterable[Any]) -> frozenset[str] | None:
    """Return the files whose facts were read; None where that may be any."""
    found: set[str] = set()
    flattened: set[Any] = flat(reads)
    for read in flattened:
        if type(read) is not tuple:
            found.add(read.module.path)
        elif read[0] in _OF_PATHS:
            found.add(read[1])
        elif read[0] in _OF_SYMBOLS:
            found.add(read[1].module.path)
        elif read[0] in _OF_ALL:
            return None
    return frozenset(found)


class Noting:
    """A `with` block whose reads go to a set."""

    __slots__ = ("_before", "_into")

    def __init__(self, into: set[Read]) -> None:
        self._into = into

    def __enter__(self) -> set[Read]:
        self._before = READS.seen
        READS.seen = self._into
        return self._into

    def __exit__(self, *_: object) -> None:
        READS.seen = self._before


class Group:
    """What was read for a remembered answer: one thing read, however much it holds.

    To add all of it wherever the answer is given took 4 % of a run, and 20 MB for 2,000 files.
    """

    __slots__ = ("answers", "reads")

    def __init__(self, reads: tuple[Read, ...]) -> None:
        self.reads = reads
        self.answers: frozenset[Read] | None = None  # those of the interpreter, once somebody asked for them


ANSWERS = frozenset({"record", "end", "type", "value"})


def answers(reads: Iterable[Read]) -> set[Read]:
    """Return which answers of the interpreter are among what was read, in groups too."""
    found: set[Read] = set()
    for item in reads:
        kind = type(item)
        if kind is tuple:
            if item[0] in ANSWERS:  # type: ignore[index]
                found.add(item)
        elif kind is Group:
            if item.answers is None:  # type: ignore[attr-defined]
                item.answers = frozenset()  # type: ignore[attr-defined]
                item.answers = frozenset(answers(item.reads))  # type: ignore[attr-defined]
            found |= item.answers  # type: ignore[attr-defined]
    return found


def flat(reads: Iterable[Read]) -> set[Read]:
    """Return all that was read, what groups hold too."""
    found: set[Read] = set()
    groups: set[Read] = set()
    waiting = [reads]
    while waiting:
        for item in waiting.pop():
            if type(item) is not Group:
                found.add(item)
            elif item not in groups:
                groups.add(item)
                waiting.append(item.reads)
    return found


def recorded(memo: dict[Key, tuple[Any, Any]], key: Key, compute: Callable[[], Found]) -> Found:
    """Return the remembered answer for a key, else work it out; either way note what is read for it.

    `memo` holds answers with their reads: a group, a single read, or () for nothing. An answer put there meanwhile,
    to end a circle, is replaced.
    """
    found = memo.get(key)
    if found is not None:
        if found[1]:
            READS.seen.add(found[1])
        answer: Found = found[0]
        return answer
    outer = READS.seen
    inner: set[Read] = set()
    READS.seen = inner
    noted: Read = ()
    try:
        answer = compute()
    finally:
        READS.seen = outer
        if inner:
            noted = next(iter(inner)) if len(inner) == 1 else Group(tuple(inner))
            outer.add(noted)
    memo[key] = (answer, noted)
    return answer
