"""What revisions did to the table of a mapped class and to its columns, in the order in which they run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ormlint.index.model import MappedClass
from ormlint.schema.replay.run import Replay
from ormlint.schema.replay.simulated import SimTable, Step


@dataclass(frozen=True)
class History:
    """The steps of a table or a column. `unknown` says why there may be others; without it an empty one is certain."""

    steps: tuple[Step, ...]
    unknown: str | None = None


def table_history(done: Sequence[Replay], mapped: MappedClass) -> History | None:
    """Return what made and changed the table of a class and its columns; None where migrations say nothing of it."""
    found = _tables(done, mapped)
    if not found:
        return None
    steps = [step for table in found for step in table.steps]
    steps += [step for table in found for column in table.columns.values() for step in column.steps]
    return History(_ordered(done, steps), _unknown(found))


def column_history(done: Sequence[Replay], mapped: MappedClass, column: str) -> History | None:
    """Return what made and changed a column, by its name in the database; None where its table is not known."""
    found = _tables(done, mapped)
    if not found:
        return None
    steps = [
        step
        for table in found
        for name, own in table.columns.items()
        if name.lower() == column.lower()
        for step in own.steps
    ]
    return History(_ordered(done, steps), _unknown(found))


def _ordered(done: Sequence[Replay], steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps once each, as they run: revision by revision, and each from its first row on."""
    revisions = [revision.path for replay in done for revision in replay.environment.graph.ordered()]
    order = {path: number for number, path in enumerate(revisions)}
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: (order.get(step.path, -1), step.range.start)))


def _tables(done: Sequence[Replay], mapped: MappedClass) -> list[SimTable]:
    if mapped.table is None:
        return []
    name = mapped.table.rpartition(".")[2].lower()
    keys = {key for replay in done for key in replay.schema.tables if key.rpartition(".")[2].lower() == name}
    if len(keys) != 1:  # of tables of one name in several schemas it is not known which is meant
        return []
    (key,) = keys
    return [replay.schema.tables[key] for replay in done if key in replay.schema.tables]


def _unknown(tables: Sequence[SimTable]) -> str | None:
    return next((reason for table in tables if (reason := table.open or table.maybe)), None)
