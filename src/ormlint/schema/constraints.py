"""Unique constraints, foreign keys and indexes of a model's table against those the revisions make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import sqlalchemy as sa

from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.schema.difference import SchemaDifference
from ormlint.schema.metadata import StaticTable, indexes_in_order
from ormlint.schema.replay.run import Replay
from ormlint.schema.replay.simulated import SimConstraint, SimTable, Step
from ormlint.schema.replay.values import Unknown

_TOUCHED = {
    "unique-missing": ("unique", "index"),
    "unique-extra": ("unique", "index"),
    "foreign-key-missing": ("foreign",),
    "foreign-key-other": ("foreign",),
    "foreign-key-extra": ("foreign",),
    "index-missing": ("index",),
}
_SAME_ACTION = {"NO ACTION": "", "RESTRICT": ""}


def constraint_differences(
    key: str, static: StaticTable, models: list[MappedClass], replay: Replay, table: SimTable
) -> Iterator[SchemaDifference]:
    """Yield how the constraints of one table differ. Both sides have to be known whole."""
    places = _Places(static, models)
    referring = {
        attribute.column.name
        for mapped in models
        for attribute in mapped.columns()
        if attribute.column is not None and (attribute.column.foreign_keys or attribute.column.references)
    }
    for kind, columns, ours, theirs, steps in _compare(static, replay, table):
        if kind == "foreign-key-extra" and not referring.isdisjoint(columns):
            continue  # the model says something there that was not understood
        if any(unsure in table.unsure for unsure in _TOUCHED[kind]):
            continue  # a revision changes constraints of this kind that could not be told apart
        mapped, attribute = places.of(columns)
        yield SchemaDifference(
            kind, key, mapped, attribute, steps, None, ours, theirs, columns=columns, dialect=replay.dialect
        )


class _Places:
    """Where a constraint of a model is shown: at its column, or at the class where it has several."""

    def __init__(self, static: StaticTable, models: list[MappedClass]) -> None:
        self.models = models
        self.by_name: dict[str, tuple[MappedClass, ModelAttribute]] = {}
        for mapped in models:
            for attribute in mapped.columns():
                if attribute.column is not None:
                    self.by_name.setdefault(attribute.column.name, (mapped, attribute))

    def of(self, columns: tuple[str, ...]) -> tuple[MappedClass, ModelAttribute | None]:
        if len(columns) == 1 and columns[0] in self.by_name:
            return self.by_name[columns[0]]
        return self.models[0], None


_Found: TypeAlias = "tuple[str, tuple[str, ...], str, str, tuple[Step, ...]]"


def _compare(static: StaticTable, replay: Replay, table: SimTable) -> Iterator[_Found]:
    shown = static.table
    made = table.constraints
    present = set(table.columns)
    last = table.steps[-1:]
    model_unique = _model_unique(shown)
    made_unique = {frozenset(item.columns): item for item in made if _is_unique(item)}
    keys = [frozenset(item.columns) for item in made if item.kind == "primary"]
    # One for some rows may be for all that matter: `WHERE slug IS NOT NULL`.
    keys += [frozenset(item.columns) for item in made if item.is_partial and item.unique]
    model_key = frozenset(column.name for column in shown.primary_key.columns)
    for columns in model_unique:
        wanted = frozenset(columns)
        if wanted <= present and wanted not in made_unique and wanted not in keys and wanted != model_key:
            yield "unique-missing", columns, ", ".join(columns), "", last
    if not static.unread_arguments:
        known = {frozenset(columns) for columns in model_unique} | {model_key}
        known |= {frozenset(item.name for item in index.columns) for index in shown.indexes if index.unique}
        for wanted, item in made_unique.items():
            if wanted and wanted not in known and wanted <= set(shown.c.keys()) and item.step is not None:
                yield "unique-extra", item.columns, "", item.name or "", (item.step,)
    if replay.dialect != "sqlite":
        yield from _foreign_keys(shown, table, present, last)
        if not static.unread_arguments:
            yield from _extra_foreign_keys(shown, table)
    indexes = [item.columns for item in made if item.kind in ("index", "unique", "primary")]
    for index in indexes_in_order(shown):
        columns = tuple(column.name for column in index.columns)
        if index.unique or not columns or not _is_plain(index) or not set(columns) <= present:
            continue
        if not any(found[: len(columns)] == columns for found in indexes):
            yield "index-missing", columns, ", ".join(columns), "", last


def _foreign_keys(shown: sa.Table, table: SimTable, present: set[str], last: tuple[Step, ...]) -> Iterator[_Found]:
    made = [item for item in table.constraints if item.kind == "foreign"]
    for key in sorted(shown.foreign_key_constraints, key=_foreign_key_order):
        columns = tuple(key.column_keys)
        if not set(columns) <= present:
            continue
        same = [item for item in made if item.columns == columns]
        target = key.elements[0].target_fullname.rpartition(".")[0]
        if not same:
            yield "foreign-key-missing", columns, target, "", last
            continue
        if any(isinstance(item.ondelete, Unknown) for item in same):
            continue
        wanted = _action(key.ondelete)
        actions = [_action(str(item.ondelete) if item.ondelete else None) for item in same]
        if wanted not in actions:
            steps = (same[-1].step,) if same[-1].step is not None else last
            yield "foreign-key-other", columns, wanted or "NO ACTION", actions[-1] or "NO ACTION", steps


def _extra_foreign_keys(shown: sa.Table, table: SimTable) -> Iterator[_Found]:
    known = {tuple(key.column_keys) for key in shown.foreign_key_constraints}
    for item in table.constraints:
        if item.kind != "foreign" or not item.columns or item.columns in known or item.step is None:
            continue
        if set(item.columns) <= set(shown.c.keys()) and item.target is not None:
            yield "foreign-key-extra", item.columns, item.target, item.name or "", (item.step,)


def _foreign_key_order(item: sa.ForeignKeyConstraint) -> tuple[list[str], list[str]]:
    return list(item.column_keys), [element.target_fullname for element in item.elements]


def _action(given: str | None) -> str:
    text = " ".join((given or "").upper().split())
    return _SAME_ACTION.get(text, text)


def _is_unique(item: SimConstraint) -> bool:
    return (
        bool(item.columns) and not item.is_partial and (item.kind == "unique" or (item.kind == "index" and item.unique))
    )


def _is_plain(index: sa.Index) -> bool:
    """Tell whether an index of a model is over all rows, and over columns themselves: not `lower(name)`."""
    return not index.info.get("is_partial") and all(isinstance(part, sa.Column) for part in index.expressions)


def _model_unique(shown: sa.Table) -> list[tuple[str, ...]]:
    """Return the columns of each unique constraint and unique index of a model, each once and in order."""
    found: list[tuple[str, ...]] = []
    sources: Iterable[sa.UniqueConstraint | sa.Index] = [
        *(item for item in shown.constraints if isinstance(item, sa.UniqueConstraint)),
        *(item for item in shown.indexes if item.unique and _is_plain(item)),
    ]
    for item in sources:
        columns = tuple(column.name for column in item.columns)
        if columns and columns not in found:
            found.append(columns)
    return sorted(found)
