"""What may go wrong in a check and is not the fault of one file."""

from __future__ import annotations


class WorkerDied(Exception):
    """A process that read files ended without an answer."""

    def __init__(self) -> None:
        super().__init__(
            "a process that reads files ended without an answer: it was killed, or memory ran out; "
            "`--jobs 1` reads in one process"
        )
