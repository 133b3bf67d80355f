"""Downgrades of revisions that make enum types: what they drop, and leave behind."""

from __future__ import annotations

from ormlint.index.revisions import Revision
from ormlint.schema.replay.hazards import Hazard, Hazards
from ormlint.schema.replay.machine import BUDGET, Machine, OverBudget, Raised
from ormlint.schema.replay.simulated import SimSchema
from ormlint.schema.replay.values import Function


def note_types_left(machine: Machine, revision: Revision, known: set[str]) -> None:
    """Run the downgrade of a revision that made types, beside the replay, and note those it leaves.

    `known` are the types before the revision. A downgrade that drops no column of the type was not meant to undo it.
    """
    made = {
        name: enum
        for name, enum in machine.schema.enums.items()
        if name not in known and enum.step is not None and not enum.guarded
    }
    used = {name: _users(machine.schema, name) for name in made}
    if machine.dialect != "postgresql" or not any(used.values()):
        return
    kept = machine.schema, machine.shared, machine.hazards, machine.missing_targets, machine.opaque_steps
    machine.shared, machine.steps_left = True, BUDGET
    machine.hazards, machine.missing_targets, machine.opaque_steps = Hazards(), [], []
    try:
        downgrade = machine.module_name(revision.module, "downgrade")
        if not isinstance(downgrade, Function):
            return
        machine.call(downgrade, [], {}, None)
        after, is_read = machine.schema, not machine.hazards.unread
    except (KeyError, OverBudget, Raised, RecursionError):
        return
    finally:
        machine.schema, machine.shared, machine.hazards, machine.missing_targets, machine.opaque_steps = kept
    if not is_read or after.open is not None:
        return
    for name, enum in made.items():
        if used[name] and name in after.enums and not _users(after, name) and enum.step is not None:
            machine.hazards.found.append(Hazard("enum-left", enum.step, used[name][0], name))


def _users(schema: SimSchema, name: str) -> list[str]:
    """Return the tables that have a column of a type, or may have one."""
    return [
        table.name
        for table in schema.tables.values()
        if table.open or any(column.enum == name for column in table.columns.values())
    ]
