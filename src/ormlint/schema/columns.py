"""One column of a model against the same column as the revisions make it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.columns import Column
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol
from ormlint.schema.difference import SchemaDifference
from ormlint.schema.families import Family, differ, family_of, is_narrower
from ormlint.schema.modeltypes import ModelTypes
from ormlint.schema.render import dialect_named
from ormlint.schema.replay.run import Replay
from ormlint.schema.replay.simulated import Default, SimColumn
from ormlint.schema.replay.values import Unknown

_TRUE = frozenset({"true", "t", "1", "yes", "on"})
_FALSE = frozenset({"false", "f", "0", "no", "off"})


class ColumnComparison:
    """Compares columns for the database of one replay. What either side does not know is not compared."""

    def __init__(self, types: ModelTypes, replay: Replay) -> None:
        self.types = types
        self.replay = replay
        self.dialect = dialect_named(replay.dialect)

    def run(
        self, table: str, mapped: MappedClass, attribute: ModelAttribute, own: SimColumn
    ) -> Iterator[SchemaDifference]:
        """Yield how a column differs."""
        column = attribute.column
        assert column is not None

        def made(kind: str, ours: str = "", theirs: str = "", **more: Any) -> SchemaDifference:
            steps = more.pop("steps", own.steps[-1:])
            dialect = self.replay.dialect
            return SchemaDifference(kind, table, mapped, attribute, steps, own, ours, theirs, dialect=dialect, **more)

        if not (column.primary_key or own.primary_key):
            nullable = _nullable(mapped, attribute)
            is_known = nullable is not None and isinstance(own.nullable, bool)
            if is_known and nullable is not own.nullable and not (own.nullable and self._is_required(table, own)):
                yield made("nullable")
            for kind, ours, theirs in self._default(attribute, own):
                yield made(kind, ours, theirs)
        lacking = self._labels(column, own)
        if lacking:
            enum = self.replay.schema.enums[own.enum or ""]
            steps = (enum.step,) if enum.step is not None else own.steps[-1:]
            yield made("enum-labels", "", own.enum or "", labels=lacking, steps=steps)
        model, database = self._families(mapped, attribute, own)
        if model is None or database is None or self.replay.dialect == "sqlite":
            return  # SQLite keeps any value in any column
        if differ(model, database):
            yield made("type", model.shown, database.shown, families=(model.kind, database.kind))
        elif is_narrower(model, database) and not self._computes_length(attribute):
            yield made("narrow", model.shown, database.shown)

    def _is_required(self, table: str, own: SimColumn) -> bool:
        """Tell whether a CHECK of the migrations refuses NULL, though the column is nullable."""
        found = self.replay.schema.tables.get(table)
        name = own.name.lower()
        return found is not None and any(
            item.kind == "check" and name in map(str.lower, item.columns) for item in found.constraints
        )

    # -- types

    def _families(
        self, mapped: MappedClass, attribute: ModelAttribute, own: SimColumn
    ) -> tuple[Family | None, Family | None]:
        if own.type is None or isinstance(own.type, Unknown):
            return None, None
        kind = self.types.type_of(mapped, attribute)
        if isinstance(kind, Unknown):
            return None, None
        database = own.type
        if isinstance(database, sa.Enum) and own.enum is not None:
            database = sa.Enum(name=own.enum)
        model, other = family_of(kind, self.dialect), family_of(database, self.dialect)
        if model is not None and model.kind == "enum" and not model.name and other is not None and other.kind == "enum":
            return None, None  # the name of the model's type is not known
        return model, other

    def _computes_length(self, attribute: ModelAttribute) -> bool:
        """Tell whether a type of the project has a constructor of its own: what it makes of a length is not known."""
        decorator = decorator_of(attribute)
        if decorator is None:
            return False
        index = self.types.machine.index
        bases = [base for base in index.bases.mro(decorator) if isinstance(base, ClassSymbol)]
        return any(
            isinstance(item, s.FunctionStmt) and item.name in ("__init__", "__new__", "load_dialect_impl")
            for base in bases
            for item in base.facts.body
        )

    def _labels(self, column: Column, own: SimColumn) -> tuple[str, ...]:
        enum = self.replay.schema.enums.get(own.enum or "")
        if column.enum is None or column.enum.labels is None or not column.enum.native:
            return ()
        if enum is None or enum.labels is None:
            return ()
        return tuple(label for label in column.enum.labels if label not in enum.labels)

    # -- defaults

    def _default(self, attribute: ModelAttribute, own: SimColumn) -> Iterator[tuple[str, str, str]]:
        model, database = self.types.default_of(attribute), own.default
        if isinstance(model, Unknown) or isinstance(database, Unknown):
            return
        model, database = _no_null(model), _no_null(database)
        if any(item is not None and item.is_neutral for item in (model, database)):
            return
        if model is not None and database is None:
            yield "default-missing", model.text, ""
        elif model is None and database is not None:
            yield "default-extra", "", database.text
        elif model is not None and database is not None:
            is_boolean = isinstance(own.type, sa.Boolean)
            ours, theirs = _constant(model, is_boolean), _constant(database, is_boolean)
            if ours is not None and theirs is not None and ours != theirs:
                yield "default-other", model.text, database.text


def decorator_of(attribute: ModelAttribute) -> ClassSymbol | None:
    """Return the project's own type of a column: one finding is enough for all columns that have it."""
    column = attribute.column
    if (
        column is not None
        and (column.type or "").startswith("project.")
        and isinstance(column.python_type, ClassSymbol)
    ):
        return column.python_type
    return None


def _nullable(mapped: MappedClass, attribute: ModelAttribute) -> bool | None:
    """Return whether a model's column is nullable; None when that is not known.

    `name: str = None` of SQLModel is nullable with pydantic 1 and is not with pydantic 2.
    """
    column = attribute.column
    if column is None or mapped.style != "sqlmodel" or column.nullable is not False or "nullable" in column.extra:
        return column.nullable if column is not None else None
    given = attribute.value
    if isinstance(given, e.Call):
        if given.keyword("sa_column") is not None:
            return column.nullable
        given = given.argument(0, "default")
    return None if isinstance(given, e.Constant) and given.value is None else column.nullable


def _no_null(default: Default | None) -> Default | None:
    return None if default is not None and default.text.strip().upper() in ("NULL", "NULL()") else default


def _constant(default: Default, is_boolean: bool) -> str | float | bool | None:
    """Return the value of a default that is certainly a constant, written in one way."""
    text = default.text.strip()
    if default.is_sql:
        text = re.sub(r"::[\w ]+(\[\])?(\(\d+\))?$", "", text).strip()
        while text.startswith("(") and text.endswith(")"):
            text = text[1:-1].strip()
        quoted = re.fullmatch(r"[eE]?'((?:[^']|'')*)'", text)
        if quoted is not None:
            text = quoted[1].replace("''", "'")
        elif not re.fullmatch(r"-?\d+(\.\d+)?|true|false", text, re.I):
            return None
    if is_boolean:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else None
    try:
        return float(text)
    except ValueError:
        return re.sub(r"\s+", "", text) if "(" not in text else None
