"""The models' tables as a revision has to make them: named by convention, with types that can be written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.dialects import postgresql

from ormlint.schema.metadata import StaticTable


class Target:
    """Tables of the models in one `MetaData` that names constraints as the environment's does."""

    def __init__(self, static: Mapping[str, StaticTable], convention: Mapping[str, str]) -> None:
        self.static = static
        self.metadata = sa.MetaData(naming_convention=dict(convention) or None)
        for table in static.values():
            self._copy(table.table)

    def _copy(self, table: sa.Table) -> None:
        copied = table.to_metadata(self.metadata)
        for column in copied.columns:
            if isinstance(column.type, sa.types.NullType):
                found = _referred_type(table.c[column.name])
                if found is not None:
                    column.type = found

    def take_over(self, name: str, column: str) -> None:
        """Give a column the type of the one it refers to: SQLAlchemy asks no annotation where there is a key."""
        given = self.static[name].table.c.get(column)
        found = _referred_type(given) if given is not None else None
        if found is not None:
            self.table(name).c[column].type = found

    def table(self, name: str) -> sa.Table:
        """Return a table by the name it has among the static ones."""
        return self.metadata.tables[self.static[name].table.key]

    def unknown(self, name: str) -> dict[str, str]:
        """Return the columns of a table whose type or default is not known, with the reason."""
        static = self.static[name]
        reasons = {
            column.name: static.unknown_types.get(column.name, "its type is not known")
            for column in self.table(name).columns
            if isinstance(column.type, sa.types.NullType)
        }
        return {**dict.fromkeys(static.unknown_defaults, "its server default is not known"), **reasons}


def _referred_type(column: sa.Column[Any], depth: int = 0) -> Any:
    """Return the type of the column that a foreign key leads to."""
    for key in column.foreign_keys:
        path, _, name = key.target_fullname.rpartition(".")
        table = column.table.metadata.tables.get(path)
        if table is not None and name in table.c and depth < 8:
            kind = table.c[name].type
            return kind if not isinstance(kind, sa.types.NullType) else _referred_type(table.c[name], depth + 1)
    return None


def native_enums(kind: Any) -> list[sa.Enum]:
    """Return the native enum types in a type."""
    if isinstance(kind, sa.ARRAY):
        return native_enums(kind.item_type)
    return [kind] if isinstance(kind, sa.Enum) and kind.native_enum and kind.name else []


def with_known_enums(kind: Any, known: Collection[str]) -> Any:
    """Return a type that does not create the enum types that exist already."""
    if isinstance(kind, sa.ARRAY):
        item = with_known_enums(kind.item_type, known)
        return sa.ARRAY(item, dimensions=kind.dimensions) if item is not kind.item_type else kind
    if native_enums(kind) and kind.name in known:
        return postgresql.ENUM(*kind.enums, name=kind.name, create_type=False)
    return kind


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Render an enum type that exists already: SQLAlchemy 2.0 leaves `create_type=False` out of its `repr`."""
    if kind != "type" or not isinstance(item, postgresql.ENUM) or item.create_type:
        return False
    context.imports.add("from sqlalchemy.dialects import postgresql")
    labels = "".join(f"{label!r}, " for label in item.enums)
    return f"postgresql.ENUM({labels}name={item.name!r}, create_type=False)"
