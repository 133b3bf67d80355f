"""Rounds of inference: what calls give parameters is known when all is interpreted, and then more can be known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ormlint.index.reads import Noting, Read, flat
from ormlint.semantic import types as t
from ormlint.semantic.records import FunctionRecord, outcome

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

# More rounds find next to nothing.
MAX_ROUNDS = 4
_ANSWERS = frozenset({"record", "end", "type", "value"})


@dataclass
class Round:
    """How it was before a round: what was known of parameters; and of files that were interpreted again in the
    round or a later one, their records and the answers that other files had asked for.
    """

    known: dict[tuple[int, str], t.Type]
    records: dict[str, list[FunctionRecord]] = field(default_factory=dict)
    answers: dict[Read, object] = field(default_factory=dict)


def infer_parameters(model: SemanticModel) -> list[Round]:
    """Once all is interpreted: learn from all calls what parameters are given, and read those files again.

    What is known only grows, and each round starts from answers that hold; so it may stop after any round. A file is
    interpreted again when more is known of a parameter of its functions, or when it asked for an answer that is another
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
        again.interpret({symbol.module.path for symbol in changed}, before)
        rounds.append(before)
    return rounds


class _Again:
    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.readers: dict[Read, set[str]] = {}  # answer → files that asked for it
        self.asked: dict[str, set[Read]] = {}  # file → its answers that others asked for
        self.is_noted = False

    def interpret(self, paths: set[str], before: Round) -> None:
        """Interpret files again, and those that asked for answers of theirs that changed."""
        model = self.model
        if not self.is_noted:
            self.is_noted = True
            self._note(model.reads)
        waiting = paths
        with Noting(set()):
            for _ in range(MAX_ROUNDS):
                answers: dict[Read, object] = {}
                for path in waiting:
                    answers.update((read, self._answer(read)) for read in self.asked.get(path, ()))
                    before.records.setdefault(path, list(model.records_of(path)))
                for read, answer in answers.items():
                    before.answers.setdefault(read, answer)
                model.forget_files(waiting)
                for path in sorted(waiting):
                    model.interpret(model.index.own_modules[path])
                self._note(waiting)
                changed = [read for read, answer in answers.items() if self._answer(read) != answer]
                waiting = {path for read in changed for path in self.readers[read]}
                if not waiting:
                    return

    def _note(self, paths: Iterable[str]) -> None:
        for path in paths:
            for read in flat(self.model.reads.get(path, ())):
                if type(read) is tuple and read[0] in _ANSWERS:
                    owner = read[1].module.path if read[0] == "record" else read[1]
                    if owner != path and owner in self.model.index.own_modules:
                        self.readers.setdefault(read, set()).add(path)
                        self.asked.setdefault(owner, set()).add(read)

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
