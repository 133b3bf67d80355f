"""Rounds of inference: what calls give parameters is known when all is interpreted, and then more can be known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ormlint.index.reads import Noting, Read
from ormlint.semantic import types as t
from ormlint.semantic.records import FunctionRecord, outcome

if TYPE_CHECKING:
    from ormlint.semantic.model import Key, SemanticModel

# More rounds find next to nothing.
MAX_ROUNDS = 4


@dataclass
class Round:
    """How it was before a round: what was known of parameters; and of files that were interpreted again in the
    round or a later one, their records and the answers that other files had asked for.
    """

    known: dict[tuple[int, str], t.Type]
    records: dict[str, list[FunctionRecord]] = field(default_factory=dict)
    answers: dict[Read, object] = field(default_factory=dict)


def infer_parameters(model: SemanticModel) -> list[Round]:
    """Once all is interpreted: learn from all calls what parameters are given, and follow those bodies again.

    What is known only grows, and each round starts from answers that hold; so it may stop after any round. A body is
    followed again when more is known of a parameter of its function, or when it asked for an answer that is another
    one now. Return how it was before each round.
    """
    rounds: list[Round] = []
    again = _Again(model)
    for _ in range(MAX_ROUNDS):
        known = dict(model.call_sites.known)
        changed = model.call_sites.update()
        if not changed:
            break
        before = Round(known)
        again.interpret({("function", id(model.outermost(symbol))) for symbol in changed}, before)
        rounds.append(before)
    return rounds


class _Again:
    """Which answers are worked out from which. An answer is known by its key in the solver."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.readers: dict[Key, set[Key]] = {}  # answer → those of the same file that were worked out from it
        self.others: dict[Read, set[Key]] = {}  # something read → answers of other files
        self.asked: dict[Key, set[Read]] = {}  # answer → how it was read by other files
        self.is_noted = False

    def interpret(self, keys: set[Key], before: Round) -> None:
        """Work answers out again, and those that were worked out from answers that changed."""
        model = self.model
        if not self.is_noted:
            self.is_noted = True
            self._note(list(model.rests_on))
        with Noting(set()):
            for _ in range(MAX_ROUNDS):
                waiting = self._with_readers(keys)
                paths = {self._path(key) for key in waiting}
                found: dict[Read, object] = {}
                for key in waiting:
                    found.update((read, self._answer(read)) for read in self.asked.get(key, ()))
                for path in paths:
                    before.records.setdefault(path, list(model.records_of(path)))
                for read, answer in found.items():
                    before.answers.setdefault(read, answer)
                model.forget_answers(waiting, paths)
                for path in sorted(paths):
                    module = model.index.own_modules[path]
                    if ("module", path) in waiting:
                        model.module_record(module)
                    for symbol in module.functions:
                        if ("function", id(symbol)) in waiting:
                            model.record(symbol)
                changed = [read for read, answer in found.items() if self._answer(read) != answer]
                self._note(waiting)
                keys = {key for read in changed for key in self.others[read]}
                if not keys:
                    return

    def _with_readers(self, keys: set[Key]) -> set[Key]:
        """Add what was worked out from answers in the same file: answers in a circle begin from nothing together."""
        found = set(keys)
        waiting = list(keys)
        while waiting:
            for key in self.readers.get(waiting.pop(), ()):
                if key not in found:
                    found.add(key)
                    waiting.append(key)
        return found

    def _note(self, keys: Iterable[Key]) -> None:
        for key in keys:
            path = self._path(key)
            if path not in self.model.index.own_modules:
                continue
            for read in self.model.rests_on.get(key, ()):
                owner = self._owner(read)
                if owner is None or owner == key:
                    continue
                if self._path(owner) == path:
                    self.readers.setdefault(owner, set()).add(key)
                else:
                    self.others.setdefault(read, set()).add(key)
                    self.asked.setdefault(owner, set()).add(read)

    def _owner(self, read: Read) -> Key | None:
        """Return the key of an answer that was read; None for one of an installed package."""
        kind, first = read[0], read[1]  # type: ignore[index]
        if kind == "record":
            return None if first.module.is_installed else ("function", id(self.model.outermost(first)))
        if first not in self.model.index.own_modules:
            return None
        if kind == "end":
            return ("module", first)
        return ("name", first, read[2]) if kind == "type" else ("value", first, read[4], read[3])  # type: ignore[index]

    def _path(self, key: Key) -> str:
        if key[0] != "function":
            return str(key[1])
        symbol = self.model.function_of(key[1])
        return symbol.module.path if symbol is not None else ""  # one of an installed package

    def _answer(self, read: Read) -> object:
        model = self.model
        kind = read[0]  # type: ignore[index]
        if kind == "record":
            return outcome(model.record(read[1]))  # type: ignore[index]
        module = model.index.own_modules[read[1]]  # type: ignore[index]
        if kind == "end":
            return dict(model.module_record(module).env)
        if kind == "type":
            return model.names.name_type(module, read[2])  # type: ignore[index]
        return model.names.value_type(model.names.values[read])
