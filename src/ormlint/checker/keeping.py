"""What is to be kept of a check: files with their findings, and the names, digests and answers of what was read."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from ormlint.checker import readings
from ormlint.checker.answers import KINDS, encode_answer
from ormlint.checker.callkeeping import packed_rounds
from ormlint.checker.kept import FileState, Kept, KeptRound, Unit
from ormlint.checker.readings import Current, Namer, path_of
from ormlint.checker.staleness import Staleness
from ormlint.diagnostics import Diagnostic
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.rounds import Round

Shadows = list[tuple[int, Diagnostic]]
# Names of what was read, what was found, where it may be suppressed.
Found = tuple[set[str], list[Diagnostic], Shadows]


@dataclass
class Collected:
    """What was found for a file in this run: None where what is kept still holds."""

    bodies: set[str] | None = None  # names of what was read for them
    events: Found | None = None
    models: Found | None = None


class Table:
    """Numbers for the names of what is read, with what each says now."""

    def __init__(self, kept: Kept, staleness: Staleness, current: Current) -> None:
        self.current = current
        self.names = list(kept.reads)
        self.digests = list(kept.digests)
        self.answers = dict(kept.answers)
        self.known = staleness.reads.numbers
        self.fresh: dict[str, int] = {}
        self.before = kept.callers
        for number, now in staleness.known.items():
            self.digests[number] = now
            if now != kept.digests[number] and self.names[number][0] in KINDS:
                self._answer(number, current.answer(self.names[number]))

    def ids(self, names: set[str]) -> tuple[int, ...]:
        """Return the numbers of names; of a new one the digest is worked out."""
        found: list[int] = []
        for name in names:
            number = self.number(name)
            if number is None:
                number = self.fresh[name] = len(self.names)
                self.names.append(name)
                self.digests.append(self._digest(number, name))
            found.append(number)
        return tuple(sorted(found))

    def number(self, name: str) -> int | None:
        """Return the number of a name, or None."""
        found = self.known.get(name)
        return found if found is not None else self.fresh.get(name)

    def callers(self) -> dict[int, frozenset[str]]:
        """Return what answers about callers rest on."""
        found = ((self.number(name), looked_at) for name, looked_at in self.current.looked_at.items())
        return {**self.before, **{number: looked_at for number, looked_at in found if number is not None}}

    def _digest(self, number: int, name: str) -> bytes:
        kind = name[0]
        if kind in readings.CONTENT or kind in (readings.TEXT, readings.INTERFACES, readings.EVERYTHING):
            return b""
        if kind not in KINDS:
            return self.current.digest(name)
        answer = self.current.answer(name)
        self._answer(number, answer)
        return self.current.answered(answer)

    def _answer(self, number: int, answer: object) -> None:
        self.answers[number] = encode_answer(answer, self.current.index) if answer is not None else b""


def packed(
    kept: Kept,
    table: Table,
    files: dict[str, FileState],
    collected: Mapping[str, Collected],
    schema: Found | None,
) -> Unit:
    """Put what was found for files into their states; return what was found about migrations."""
    for path, found in collected.items():
        state = files[path]
        if found.bodies is not None:
            state.reads = table.ids(found.bodies)
        if found.events is not None:
            state.events = _unit(table, found.events)
        if found.models is not None:
            state.models = _unit(table, found.models)
    return _unit(table, schema) if schema is not None else kept.schema


def _unit(table: Table, found: Found) -> Unit:
    names, diagnostics, shadows = found
    return Unit(table.ids(names), tuple(diagnostics), tuple(shadows))


# -- rounds


def first_rounds(model: SemanticModel, before: Sequence[Round], namer: Namer, table: Table) -> tuple[KeptRound, ...]:
    """Return what is to be kept of the rounds of a check from nothing; none where it cannot be kept."""
    rounds = packed_rounds(model, [*(item.known for item in before), model.call_sites.known])
    if rounds is None:
        return ()
    digests: dict[int, bytes] = {}
    answers: dict[int, bytes] = {}
    for item, kept in reversed(list(zip(before, rounds, strict=False))):
        for read, answer in item.answers.items():
            name = namer.name(read)
            number = table.number(name) if name is not None else None
            if number is not None:
                digests[number] = table.current.answered(answer)
                if table.names[number][0] in KINDS:
                    answers[number] = encode_answer(answer, model.index)
        kept.digests.update(digests)
        kept.answers.update(answers)
    return rounds


class LaterRounds:
    """What the rounds before the last say in a check after another."""

    def __init__(self, kept: Kept, models: Sequence[SemanticModel]) -> None:
        self.kept = kept
        self.models = models
        self.digests: dict[tuple[int, int], bytes] = {}  # (round, number), worked out in this run
        self.answers: dict[tuple[int, int], bytes] = {}

    def differs(self, number: int, name: str, is_alike: bool, last: Current) -> bool:
        """Tell whether in some round before the last an answer is another now.

        Where `is_alike` it is the one of the last round in each.
        """
        is_other = False
        for place, model in enumerate(self.models[:-1]):
            self._work_out(place, number, name, last if is_alike else Current(model.index, model))
            before = self.kept.rounds[place].digests.get(number, self.kept.digests[number])
            is_other = is_other or self.digests[place, number] != before
        return is_other

    def _work_out(self, place: int, number: int, name: str, current: Current) -> None:
        answer = current.answer(name)
        self.digests[place, number] = current.answered(answer)
        if name[0] in KINDS and answer is not None:
            self.answers[place, number] = encode_answer(answer, current.index)

    def packed(self, table: Table, alike: Container[str]) -> tuple[KeptRound, ...]:
        """Return what is to be kept; `alike` are the files whose answers are the same in all rounds."""
        fresh = [
            (number, table.names[number])
            for number in range(len(self.kept.reads), len(table.names))
            if table.names[number][0] in readings.ANSWERS
        ]
        for place, model in enumerate(self.models[:-1]):
            current = Current(model.index, model)
            for number, name in fresh:
                self._work_out(place, number, name, table.current if path_of(name) in alike else current)
        rounds: list[KeptRound] = []
        for place, old in enumerate(self.kept.rounds):
            digests = {number: found for (at, number), found in self.digests.items() if at == place}
            answers = {number: found for (at, number), found in self.answers.items() if at == place}
            rounds.append(KeptRound(old.known, {**old.digests, **digests}, {**old.answers, **answers}))
        return tuple(rounds)


# -- what nobody reads any more


def cleared(kept: Kept) -> Kept:
    """Leave out what nobody reads any more, once that is much."""
    if len(kept.reads) <= 2 * kept.lasting + 1000:
        return kept
    used: set[int] = set(kept.schema.reads)
    for state in kept.files.values():
        used.update(state.reads, state.events.reads, state.models.reads)
    order = sorted(used)
    numbers = {old: new for new, old in enumerate(order)}

    def moved(reads: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([numbers[number] for number in reads])

    def renumbered(found: Mapping[int, bytes]) -> dict[int, bytes]:
        return {numbers[old]: said for old, said in found.items() if old in numbers}

    def unit(found: Unit) -> Unit:
        return Unit(moved(found.reads), found.findings, found.shadows)

    for state in kept.files.values():
        state.reads, state.events, state.models = moved(state.reads), unit(state.events), unit(state.models)
    return Kept(
        kept.files,
        [kept.reads[number] for number in order],
        [kept.digests[number] for number in order],
        kept.linked,
        kept.deciding,
        unit(kept.schema),
        tuple(KeptRound(item.known, renumbered(item.digests), renumbered(item.answers)) for item in kept.rounds),
        renumbered(kept.answers),
        {numbers[old]: found for old, found in kept.callers.items() if old in numbers},
        len(order),
    )
