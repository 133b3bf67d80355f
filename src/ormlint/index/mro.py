"""The method resolution order: C3, as Python's own `type.mro()`."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def c3_merge(sequences: Sequence[Sequence[T]]) -> list[T] | None:
    """Merge linearisations by C3; None when there is no consistent order."""
    pending = [list(sequence) for sequence in sequences if sequence]
    result: list[T] = []
    while pending:
        for sequence in pending:
            head = sequence[0]
            if not any(head in other[1:] for other in pending):
                break
        else:
            return None
        result.append(head)
        pending = [rest for rest in ([item for item in sequence if item != head] for sequence in pending) if rest]
    return result
