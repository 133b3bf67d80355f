"""Replayed schemas as `MetaData`, so that they are shown and compared as the models are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from ormlint.schema.metadata import StaticTable
from ormlint.schema.replay.run import Replay
from ormlint.schema.replay.simulated import Default, SimColumn, SimSchema, SimTable
from ormlint.schema.replay.values import Unknown


def migrated_tables(replays: Iterable[Replay]) -> dict[str, StaticTable]:
    """Return the tables that the revisions of all environments make, by name; a name met twice is open."""
    metadata = sa.MetaData()
    tables: dict[str, StaticTable] = {}
    for replay in replays:
        for key, table in replay.schema.tables.items():
            if key in tables:
                tables[key].open = tables[key].open or "revisions of two environments change it"
            else:
                tables[key] = static_table(replay.schema, key, table, metadata)
    return {key: tables[key] for key in sorted(tables)}


def explain(replays: Iterable[Replay], name: str, rows: dict[str, Any]) -> list[str] | None:
    """Return the steps that made a table and its columns, in order; None when no revision makes it.

    `rows` gives, by path, the function from a byte offset to its row.
    """
    lines: list[str] = []
    found = False
    for replay in replays:
        for key, table in replay.schema.tables.items():
            if name not in (key, table.name):
                continue
            found = True
            of_columns = [step for column in table.columns.values() for step in column.steps]
            steps = dict.fromkeys([*table.steps, *of_columns])
            lines += [f"{step.path}:{rows[step.path](step.range.start)}: {step.text}" for step in steps]
            if table.open or table.maybe:
                lines.append(f"not known: {table.open or table.maybe}")
            for column in table.columns.values():
                reasons = [column.maybe, *_reasons(column)]
                lines += [f"not known of {column.name}: {reason}" for reason in reasons if reason]
        if replay.schema.open:
            lines.append(f"there may be other tables: {replay.schema.open}")
    return lines if found else None


def _reasons(column: SimColumn) -> list[str]:
    values = (column.type, column.nullable, column.default)
    return [value.reason for value in values if isinstance(value, Unknown)]


def static_table(schema: SimSchema, key: str, table: SimTable, metadata: sa.MetaData) -> StaticTable:
    """Return one simulated table as a table of `metadata`, with what is not known of it."""
    shown = sa.Table(table.name.rpartition(".")[2], metadata, schema=key.rpartition(".")[0] or None)
    static = StaticTable(key, shown, [], table.open or table.maybe, unsure=dict(table.unsure))
    for column in table.columns.values():
        kind: Any = column.type
        enum = schema.enums.get(column.enum) if column.enum is not None else None
        if isinstance(kind, Unknown):
            static.unknown_types[column.name] = kind.reason
            kind = sa.types.NullType()
        elif enum is not None and enum.labels and isinstance(kind, sa.Enum):
            kind = sa.Enum(*enum.labels, name=column.enum)
        if isinstance(column.default, Unknown):
            static.unknown_defaults.append(column.name)
        if isinstance(column.nullable, Unknown):
            static.unknown_nullable[column.name] = column.nullable.reason
        if column.maybe:
            static.open = static.open or column.maybe
        shown.append_column(
            sa.Column(
                column.name,
                kind,
                primary_key=column.primary_key,
                nullable=column.nullable is not False,
                server_default=_default(column.default),
            )
        )
    for item in table.constraints:
        columns = [name for name in item.columns if name in shown.c]
        if not columns or len(columns) != len(item.columns):
            continue
        try:
            if item.kind == "unique":
                shown.append_constraint(sa.UniqueConstraint(*columns, name=item.name))
            elif item.kind == "foreign" and item.target and len(item.target_columns) == len(columns):
                targets = [f"{item.target}.{name}" for name in item.target_columns]
                shown.append_constraint(sa.ForeignKeyConstraint(columns, targets, name=item.name))
            elif item.kind == "index" and item.name:
                sa.Index(item.name, *(shown.c[name] for name in columns), unique=item.unique)
        except ArgumentError as error:
            static.unread_arguments.append(str(error))
    return static


def _default(default: Default | Unknown | None) -> Any:
    if not isinstance(default, Default) or default.is_neutral:
        return None
    return sa.text(default.text) if default.is_sql else default.text
