"""One replay: the revisions of an environment, in order, on an empty database of one dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ormlint.index.environments import Environment
from ormlint.index.project import ProjectIndex
from ormlint.index.revisions import Revision
from ormlint.schema.replay.backwards import note_types_left
from ormlint.schema.replay.envfile import naming_convention
from ormlint.schema.replay.hazards import Hazards
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.simulated import SimSchema, SimTable, Step
from ormlint.schema.replay.statements import Statements
from ormlint.schema.replay.values import Function


@dataclass(slots=True)
class Replay:
    """What an environment's revisions make. `missing` are operations on what no revision creates."""

    environment: Environment
    dialect: str
    schema: SimSchema
    opaque_steps: list[Step] = field(default_factory=list)
    missing: list[tuple[Step, SimTable, str]] = field(default_factory=list)
    hazards: Hazards = field(default_factory=Hazards)
    convention: Mapping[str, str] = field(default_factory=dict)  # how the environment's metadata names constraints
    starts_empty: bool | None = None  # the first revision that changes anything makes a table
    told_by: str = ""  # what says that it is this database


def replay(index: ProjectIndex, environment: Environment, dialect: str, branch: str | None = None) -> Replay:
    """Replay all revisions of an environment, or those of one labelled branch."""
    machine = Statements(index, dialect)
    machine.convention = naming_convention(machine, environment)
    graph = environment.graph
    histories = graph.histories()
    wanted = {
        revision.id
        for head in graph.heads
        if branch is None or branch in graph.labels_of(head)
        for revision in graph.ancestors(head)
    }
    if graph.unknown is not None:
        machine.schema.open = graph.unknown
    if any(problem.kind in ("cycle", "duplicate") for problem in graph.problems):
        machine.schema.open = "its chain of revisions is broken"
    starts_empty: bool | None = None
    for revision in graph.ordered():
        if revision.id not in wanted:
            continue
        machine.history = histories[revision.id]
        types, asked = set(machine.schema.enums), machine.asked_schema
        _run(machine, revision)
        if machine.asked_schema == asked:  # else it may ask whether a type is there
            note_types_left(machine, revision, types)
        if starts_empty is None and machine.schema.tables:
            starts_empty = not all(table.baseline for table in machine.schema.tables.values())
    return Replay(
        environment,
        dialect,
        machine.schema,
        machine.opaque_steps,
        machine.missing_targets,
        machine.hazards,
        machine.convention,
        starts_empty,
    )


def _run(machine: Statements, revision: Revision) -> None:
    machine.revision, machine.path, machine.steps_left = revision.id, revision.path, BUDGET
    machine.depth = machine.quiet = machine.in_try = machine.guarded = 0
    machine.yields.clear()
    machine.hazards.begin()
    before = machine.schema
    try:
        upgrade = machine.module_name(revision.module, "upgrade")
    except KeyError:
        return  # Alembic refuses to run it
    except OverBudget:
        upgrade = None
    if not isinstance(upgrade, Function):
        machine.schema.open = (
            machine.schema.open or f"`upgrade` of revision {revision.id} is not a function of its file"
        )
        return
    try:
        machine.call_function(upgrade, [], {})
    except Raised:
        machine.unsure_of_constraints()
    except (OverBudget, RecursionError):
        reason = f"revision {revision.id} takes too long to follow ({revision.path})"
        machine.shared = False
        machine.schema.open = machine.schema.open or reason
        for table in machine.schema.tables.values():
            table.open = table.open or reason
    if machine.schema is not before:
        machine.shared = False
