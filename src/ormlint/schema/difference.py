"""One difference between models and migrations, as rules are told of it."""

from __future__ import annotations

from dataclasses import dataclass

from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.schema.replay.simulated import SimColumn, Step


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One difference. `kind`: "table", "column", "nullable" or "enum-labels"; `steps` are the revisions' part in it.

    `labels` are the labels that the migrated enum type `type_name` lacks.
    """

    kind: str
    table: str
    mapped: MappedClass
    attribute: ModelAttribute | None
    steps: tuple[Step, ...]
    column: SimColumn | None = None
    labels: tuple[str, ...] = ()
    type_name: str = ""
