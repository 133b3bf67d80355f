"""Core `Table` objects at the top of modules, association tables most of all, as `MetaData`."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Value
from ormlint.index.vocabulary.sqlalchemy import TABLE
from ormlint.schema.metadata import StaticTable
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.operations import is_column
from ormlint.schema.replay.statements import Statements
from ormlint.schema.replay.tables import static_table
from ormlint.schema.replay.values import Built, text_of


def core_tables(index: ProjectIndex, dialect: str, wanted: Callable[[str], bool]) -> dict[str, StaticTable]:
    """Return the tables by name; `wanted` is asked for the path of the module. Mapped classes' own are among them."""
    machine = Statements(index, dialect)
    for path, module in sorted(index.modules.items()):
        names = [
            name
            for name, bindings in module.scope.items()
            if isinstance(bindings[-1].target, Value) and isinstance(bindings[-1].target.value, e.Call)
        ]
        for name in names if wanted(path) else ():
            machine.steps_left, machine.path, machine.quiet = BUDGET, path, 0
            try:
                value = machine.module_name(module, name)
                if isinstance(value, Built) and value.name == TABLE and value.args:
                    _add(machine, value)
            except (KeyError, OverBudget, Raised, RecursionError):
                continue
    metadata = sa.MetaData()
    found = sorted(machine.schema.tables.items())
    return {key: static_table(machine.schema, key, table, metadata) for key, table in found if not table.baseline}


def _add(machine: Statements, value: Built) -> None:
    name = text_of(value.args[0])
    schema = text_of(value.keywords.get("schema"))
    if name is None or machine.schema.table(name, schema) is not None:
        return
    # Flask-SQLAlchemy's `db.Table` needs no metadata.
    items = value.args[1:] if len(value.args) > 1 and is_column(value.args[1]) else value.args[2:]
    machine.create_table(name, schema, items, value.node)
    if any(keyword in value.keywords for keyword in ("autoload_with", "autoload", "**")):
        machine.schema.tables[machine.schema.key(name, schema)].open = "it is reflected"
