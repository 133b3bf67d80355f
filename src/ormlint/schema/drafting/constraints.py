"""Unique constraints, foreign keys and indexes that a revision has to make or drop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from ormlint.schema.metadata import StaticTable, indexes_in_order
from ormlint.schema.replay.conventions import database_name
from ormlint.schema.replay.simulated import SimConstraint, SimSchema, SimTable
from ormlint.schema.replay.values import Unknown


@dataclass(frozen=True)
class Change:
    """An operation and the one that undoes it."""

    table: str
    schema: str | None
    forward: Any
    backward: Any
    left_over: str = ""  # the name of what no model has, where that is what is dropped


def constraint_changes(wanted: sa.Table, schema: SimSchema, made: SimTable, static: StaticTable) -> Iterator[Change]:
    """Yield what a table's constraints lack, and what they have too much."""
    changes = _Changes(wanted, schema, made, not static.unread_arguments)
    yield from changes.indexes()
    yield from changes.unique()
    yield from changes.foreign_keys()


class _Changes:
    def __init__(self, wanted: sa.Table, schema: SimSchema, made: SimTable, is_whole: bool) -> None:
        self.wanted = wanted
        self.schema = schema
        self.made = made
        self.is_whole = is_whole
        self.columns = set(wanted.c.keys())

    def _of(self, kind: str) -> list[SimConstraint]:
        return [item for item in self.made.constraints if item.kind == kind]

    def _change(self, forward: Any, backward: Any) -> Change:
        return Change(self.made.name, self.made.schema, forward, backward)

    # -- indexes

    def indexes(self) -> Iterator[Change]:
        """Yield indexes. One over expressions, or for some rows only, is left alone."""
        if "index" in self.made.unsure:
            return
        there = {item.name: item for item in self._of("index")}
        for own in indexes_in_order(self.wanted):
            before = there.pop(str(own.name), None)
            columns = tuple(column.name for column in own.columns)
            if before is not None and (before.columns, before.unique) == (columns, bool(own.unique)):
                continue
            if before is not None and (before.is_partial or own.info.get("is_partial")):
                continue
            if before is not None:
                yield self._drop_index(before)
            yield self._change(ops.CreateIndexOp.from_index(own), ops.DropIndexOp.from_index(own))
        for before in there.values():
            if self.is_whole and before.name and before.columns and not before.is_partial:
                if set(before.columns) <= self.columns:
                    yield replace(self._drop_index(before), left_over=f"the index {before.name}")

    def _drop_index(self, item: SimConstraint) -> Change:
        table = sa.Table(self.made.name, sa.MetaData(), schema=self.made.schema)
        for name in item.columns:
            table.append_column(sa.Column(name, sa.Integer()), replace_existing=True)
        gone = sa.Index(item.name, *(table.c[name] for name in item.columns), unique=item.unique)
        return self._change(ops.DropIndexOp.from_index(gone), ops.CreateIndexOp.from_index(gone))

    # -- unique constraints

    def unique(self) -> Iterator[Change]:
        """Yield unique constraints; a unique index over the same columns is as good."""
        if "unique" in self.made.unsure:
            return
        there = {frozenset(item.columns): item for item in self._of("unique")}
        indexed = {frozenset(item.columns) for item in self._of("index") if item.unique and not item.is_partial}
        primary = {frozenset(item.columns) for item in self._of("primary")}
        for own in self._model_unique():
            columns = frozenset(column.name for column in own.columns)
            if there.pop(columns, None) is not None or columns in indexed or columns in primary:
                continue
            name = self._name(own.name, "unique", tuple(column.name for column in own.columns))
            create = ops.CreateUniqueConstraintOp(
                name, self.made.name, [column.name for column in own.columns], schema=self.made.schema
            )
            yield self._change(create, self._dropped(name, "unique"))
        for item in there.values():
            if self.is_whole and item.name and item.columns and set(item.columns) <= self.columns:
                create = ops.CreateUniqueConstraintOp(
                    item.name, self.made.name, list(item.columns), schema=self.made.schema
                )
                gone = self._change(self._dropped(item.name, "unique"), create)
                yield replace(gone, left_over=f"the unique constraint {item.name}")

    def _model_unique(self) -> list[sa.UniqueConstraint]:
        found = [item for item in self.wanted.constraints if isinstance(item, sa.UniqueConstraint)]
        return sorted(found, key=lambda item: [column.name for column in item.columns])

    # -- foreign keys

    def foreign_keys(self) -> Iterator[Change]:
        """Yield foreign keys; one that acts otherwise on a delete is made anew."""
        if "foreign" in self.made.unsure:
            return
        there = {(item.columns, item.target, item.target_columns): item for item in self._of("foreign")}
        for own in sorted(self.wanted.foreign_key_constraints, key=lambda item: list(item.column_keys)):
            columns = tuple(own.column_keys)
            targets = [element.target_fullname.rpartition(".") for element in own.elements]
            remote = tuple(part[2] for part in targets)
            target = self.schema.key(targets[0][0])
            before = there.pop((columns, target, remote), None)
            if before is not None and (
                isinstance(before.ondelete, Unknown) or _action(before.ondelete) == _action(own.ondelete)
            ):
                continue
            if before is not None and before.name is None:
                continue  # a name that is not known cannot be dropped
            if before is not None:
                ondelete = before.ondelete if isinstance(before.ondelete, str) else None
                undo = self._key(before.name or "", columns, targets[0][0], remote, ondelete)
                yield self._change(self._dropped(before.name or "", "foreignkey"), undo)
            name = self._name(own.name, "foreign", columns)
            create = self._key(name, columns, targets[0][0], remote, own.ondelete, own.onupdate)
            yield self._change(create, self._dropped(name, "foreignkey"))
        for item in there.values():
            if not self.is_whole or item.name is None or not item.target or not set(item.columns) <= self.columns:
                continue
            ondelete = item.ondelete if isinstance(item.ondelete, str) else None
            undo = self._key(item.name, item.columns, item.target, item.target_columns, ondelete)
            gone = self._change(self._dropped(item.name, "foreignkey"), undo)
            yield replace(gone, left_over=f"the foreign key {item.name}")

    def _key(
        self,
        name: str,
        columns: tuple[str, ...],
        target: str,
        remote: tuple[str, ...],
        ondelete: str | None,
        onupdate: str | None = None,
    ) -> ops.CreateForeignKeyOp:
        schema, _, last = target.rpartition(".")
        options: dict[str, Any] = {"source_schema": self.made.schema, "referent_schema": schema or None}
        options |= {"ondelete": ondelete} if ondelete else {}
        options |= {"onupdate": onupdate} if onupdate else {}
        return ops.CreateForeignKeyOp(name, self.made.name, last, list(columns), list(remote), **options)

    # -- names

    def _dropped(self, name: str, kind: str) -> ops.DropConstraintOp:
        return ops.DropConstraintOp(name, self.made.name, type_=kind, schema=self.made.schema)

    def _name(self, given: Any, kind: str, columns: tuple[str, ...]) -> str:
        """Return the name of a new constraint: a revision that can be undone has to know it."""
        if isinstance(given, str):
            return given
        named = database_name(self.schema, self.made, SimConstraint(kind, None, columns))
        return named or f"{'uq' if kind == 'unique' else 'fk'}_{self.made.name}_{'_'.join(columns)}"


def _action(given: Any) -> str:
    text = " ".join(str(given or "").upper().split())
    return "" if text == "NO ACTION" else text
