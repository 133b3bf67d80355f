"""What rules are told of migrations: one difference from the models, one step that will fail."""

from __future__ import annotations

from dataclasses import dataclass

from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import Module
from ormlint.schema.replay.hazards import Hazard
from ormlint.schema.replay.simulated import SimColumn, Step
from ormlint.text import Range


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One difference.

    `kind` is what differs: "table", "column" (the model has it, no revision makes it), "extra-column" (the
    reverse), "nullable", "default-missing" (in the migrations), "default-extra", "default-other", "type",
    "narrow", "enum-labels", "unique-missing", "unique-extra", "foreign-key-missing", "foreign-key-other",
    "foreign-key-extra" or "index-missing". `ours` is what the model says and `theirs` what the revisions make;
    `steps` are their part in it.
    """

    kind: str
    table: str
    mapped: MappedClass
    attribute: ModelAttribute | None
    steps: tuple[Step, ...]
    column: SimColumn | None = None
    ours: str = ""
    theirs: str = ""
    labels: tuple[str, ...] = ()  # that the migrated enum type `theirs` lacks
    columns: tuple[str, ...] = ()  # of a constraint
    families: tuple[str, str] = ("", "")  # of types: the model's, the database's
    others: int = 0  # how many more columns of the same type decorator, or inherited from the same place, differ alike
    is_shared: bool = False  # they are inherited from one place
    dialect: str = ""


@dataclass(frozen=True, slots=True)
class CoreDifference:
    """A Core `Table` that no revision makes, or its `column`; `module` and `range` are where it is written."""

    table: str
    column: str | None
    module: Module
    range: Range
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class TableWithoutModel:
    """A table that the revisions make and leave, and that no model or `Table` of the project has."""

    table: str
    step: Step


@dataclass(frozen=True, slots=True)
class RevisionHazard:
    """A step of a revision that fails, or hides what others would show. `age` counts revisions, 0 for the newest."""

    hazard: Hazard
    environment: Environment
    age: int
