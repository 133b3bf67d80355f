"""Naming conventions of a `MetaData`: templates, and tokens that functions of the project compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ormlint.schema.replay.machine import OverBudget, Raised
from ormlint.schema.replay.values import Built, Function, Ref
from ormlint.schema.static import StaticMachine


def naming(machine: StaticMachine, convention: dict[Any, Any]) -> dict[str, Any]:
    """Return a convention for SQLAlchemy: its templates, and its functions as far as they can be followed."""
    found: dict[str, Any] = {}
    for key, given in convention.items():
        if isinstance(key, str) and isinstance(given, str):
            found[key] = given
        elif isinstance(key, str) and isinstance(given, Function):
            found[key] = _token(machine, given)
    return found


def _token(machine: StaticMachine, function: Function) -> Callable[[Any, sa.Table], str]:
    """Return a function that lets the project's one name a token of a constraint or index."""

    def token(constraint: Any, table: sa.Table) -> str:
        columns = [Built(Ref("column"), [], {}, None, {"name": column.name}) for column in constraint.columns]
        shown = {"columns": columns, "unique": getattr(constraint, "unique", False), "name": constraint.name}
        given = [
            Built(Ref("constraint"), [], {}, None, shown),
            Built(Ref("table"), [], {}, None, {"name": table.name, "schema": table.schema}),
        ]
        try:
            found = machine.call(function, given, {}, None)
        except (Raised, OverBudget, RecursionError):
            found = None
        return found if isinstance(found, str) else "?"

    return token
