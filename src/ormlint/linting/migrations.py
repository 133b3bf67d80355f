"""What rules about migrations share: the revisions' part in a difference as related places."""

from __future__ import annotations

from ormlint.linting.context import Place
from ormlint.schema.difference import SchemaDifference


def steps_of(difference: SchemaDifference) -> list[Place]:
    """Return the places in revisions that a difference comes from."""
    return [Place(step.path, step.range, f"revision {step.revision}: {step.text}") for step in difference.steps]
