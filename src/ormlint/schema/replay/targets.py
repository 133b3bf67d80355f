"""Which table a directive means, and the arguments it was given."""

from __future__ import annotations

from typing import Any

from ormlint.facts import expressions as e
from ormlint.schema.replay.machine import Machine
from ormlint.schema.replay.simulated import SimColumn, SimTable, Step
from ormlint.schema.replay.values import Batch, Unknown, text_of


class Arguments:
    """The arguments of a directive."""

    def __init__(self, args: list[Any], keywords: dict[str, Any], node: e.Node | None, batch: Batch | None) -> None:
        self.args = args
        self.keywords = keywords
        self.node = node
        self.batch = batch

    def get(self, position: int, *names: str) -> Any:
        """Return an argument by position or by one of its names."""
        if position < len(self.args):
            return self.args[position]
        return next((self.keywords[name] for name in names if name in self.keywords), None)

    def after_table(self, position: int, *names: str) -> Any:
        """Return an argument that stands one place further left in a batch, whose table is given already."""
        return self.get(position - 1 if self.batch is not None else position, *names)

    def is_true(self, name: str) -> bool:
        """Tell whether a keyword is `True`."""
        return self.keywords.get(name) is True


class Targets(Machine):
    """Finds the tables and columns of directives; what is computed may be any of them."""

    def table_of(self, call: Arguments, position: int, step: Step, *names: str) -> SimTable | None:
        """Return the table that a directive means."""
        if call.batch is not None:
            given, schema = call.batch.table, call.batch.schema
        else:
            given = call.get(position, *(names or ("table_name",)))
            schema = text_of(call.keywords.get("schema")) or text_of(call.keywords.get("source_schema"))
        name = text_of(given)
        if name is None:
            self.unknown_target()
            return None
        if self.schema.table(name, schema) is None:
            table = self.schema.table_or_baseline(name, schema, step)
            self.missing_targets.append((step, table, ""))
            return table
        return self.schema.table(name, schema)

    def unknown_target(self) -> None:
        """Note an operation on a table whose name is computed: any table may be meant."""
        for table in self.schema.tables.values():
            table.open = table.open or f"revision {self.revision} changes a table whose name is computed"
        self.open_schema("a table is changed whose name is computed")

    def column_of(self, call: Arguments, verb: str) -> tuple[SimTable, str | None] | None:
        """Return the table and the column's name that `drop_column` and `alter_column` mean.

        The name is None where it is computed: the table is open then. None where the table is not known.
        """
        table = self.table_of(call, 0, self.step(call.node, f"{verb} column"))
        if table is None:
            return None
        name = text_of(call.after_table(1, "column_name"))
        if name is None:
            table.open = table.open or f"revision {self.revision} {verb}s a column whose name is computed"
        return table, name

    def known_column(self, table: SimTable, name: str, step: Step) -> SimColumn:
        """Return a column to change; where no revision creates it, one that nothing is known of."""
        found = table.columns.get(name)
        if found is None:
            reason = Unknown("no revision creates it")
            found = SimColumn(name, reason, reason, reason)
            if table.baseline:
                table.columns[name] = found
            elif table.open is None:
                self.missing_targets.append((step, table, name))
        found.steps = (*found.steps, step)
        return found


def items_of(value: Any) -> list[Any]:
    """Return the items of a list or tuple; none for anything else."""
    return list(value) if isinstance(value, (list, tuple)) else []


def texts_of(values: list[Any]) -> tuple[str, ...]:
    """Return the items that are known strings."""
    return tuple(text for value in values if (text := text_of(value)) is not None)
