"""Answers that depend on each other: asked one inside the other, in a circle repeated to a fixed point.

An answer found while another is still being worked out is only kept if it did not lean on that other one.
Answers that lean on each other start from "nothing" and are worked out together, again and again, until they
no longer change; so it makes no difference which of them is asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

# So many answers are worked out one inside the other; the next is worked out by itself, then all again.
MAX_DEPTH = 25
# A circle that has not come to rest by then is widened.
MAX_ROUNDS = 12

Key = Hashable
Compute = Callable[[], Any]


class Postponed(Exception):
    """Raised through all that is being worked out: this question is to be answered first."""

    def __init__(self, key: Key, compute: Compute, kind: Kind) -> None:
        super().__init__(key)
        self.question = (key, compute, kind)


@dataclass(frozen=True, slots=True)
class Kind:
    """How answers of a kind begin, are compared, and are widened when they do not come to rest."""

    bottom: Callable[[], Any]
    view: Callable[[Any], object]
    widen: Callable[[Any, Any], Any]  # (before, after) -> what holds for both


@dataclass(slots=True)
class _Frame:
    key: Key
    low: int  # the lowest frame this one leans on
    members: list[Key] = field(default_factory=list)  # answered inside, leaning on this frame or a lower one


class Solver:
    """Remembers answers by key."""

    def __init__(self) -> None:
        self.final: dict[Key, Any] = {}
        self.rounds = 0  # how often circles were repeated, for statistics
        self._stack: list[_Frame] = []
        self._places: dict[Key, int] = {}
        self._tentative: dict[Key, tuple[Any, int]] = {}
        self._assumed: dict[Key, Any] = {}
        self._used: set[Key] = set()
        self._kinds: dict[Key, Kind] = {}
        self._postponed: set[Key] = set()

    def is_final(self, key: Key) -> bool:
        """Tell whether a question has its final answer."""
        return key in self.final

    def ask(self, key: Key, compute: Compute, kind: Kind) -> Any:
        """Return the answer to a question; `compute` works it out, and may ask others."""
        if key in self.final:
            return self.final[key]
        place = self._places.get(key)
        if place is not None:
            self._lean(place)
            self._used.add(key)
            if key not in self._assumed:
                self._assumed[key] = kind.bottom()
            return self._assumed[key]
        tentative = self._tentative.get(key)
        if tentative is not None:
            self._lean(tentative[1])
            return tentative[0]
        if self._stack:
            if len(self._stack) >= MAX_DEPTH and key not in self._postponed:
                raise Postponed(key, compute, kind)
            return self._work_out(key, compute, kind)
        return self._outermost(key, compute, kind)

    def _outermost(self, key: Key, compute: Compute, kind: Kind) -> Any:
        waiting = [(key, compute, kind)]
        while waiting:
            try:
                answer = self._work_out(*waiting[-1])
            except Postponed as postponed:
                self._forget()
                self._postponed.add(postponed.question[0])
                waiting.append(postponed.question)
            except BaseException:
                self._forget()  # the next question must not find half of this one
                raise
            else:
                waiting.pop()
        self._forget()
        return answer

    def _forget(self) -> None:
        for kept in (self._stack, self._places, self._tentative, self._assumed, self._used):
            kept.clear()

    def _lean(self, place: int) -> None:
        top = self._stack[-1]
        top.low = min(top.low, place)

    def _work_out(self, key: Key, compute: Compute, kind: Kind) -> Any:
        place = len(self._stack)
        frame = _Frame(key, place)
        self._stack.append(frame)
        self._places[key] = place
        self._kinds[key] = kind
        for count in range(MAX_ROUNDS + 1):
            frame.low = place
            frame.members.clear()
            answer = compute()
            if frame.low < place:
                self._leave(frame)
                self._tentative[key] = (answer, frame.low)
                for member in frame.members:  # what leaned on this frame leans on what it leans on
                    self._tentative[member] = (self._tentative[member][0], frame.low)
                parent = self._stack[-1]
                parent.low = min(parent.low, frame.low)
                parent.members.extend((*frame.members, key))
                return answer
            if not frame.members and key not in self._used:
                self._leave(frame)
                self.final[key] = answer
                return answer
            answers = {member: self._tentative.pop(member)[0] for member in frame.members}
            answers[key] = answer
            if count == MAX_ROUNDS:
                for changed in self._changed(answers):
                    answers[changed] = self._kinds[changed].widen(self._assumed[changed], answers[changed])
                break
            changed_keys = self._changed(answers)
            if not changed_keys:
                break
            self.rounds += 1
            for changed in changed_keys:
                before = self._assumed[changed]
                last = count == MAX_ROUNDS - 1
                self._assumed[changed] = (
                    self._kinds[changed].widen(before, answers[changed]) if last else answers[changed]
                )
        self._leave(frame)
        for member, value in answers.items():
            self.final[member] = value
            self._assumed.pop(member, None)
            self._used.discard(member)
            self._kinds.pop(member, None)
        return answers[key]

    def _leave(self, frame: _Frame) -> None:
        self._stack.pop()
        del self._places[frame.key]

    def _changed(self, answers: dict[Key, Any]) -> list[Key]:
        """Return the questions whose assumed answer was used and is not the one found."""
        return [
            key
            for key, answer in answers.items()
            if key in self._used and self._kinds[key].view(self._assumed[key]) != self._kinds[key].view(answer)
        ]
