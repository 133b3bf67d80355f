"""What a type is in the database: its family and its length, read from what SQLAlchemy compiles for a dialect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

_WORD = re.compile(r"[A-Z_]\w*")
_SIZE = re.compile(r"\w\s*\((\d+)\)")
_FAMILIES = {
    "integer": "INT INTEGER BIGINT SMALLINT TINYINT MEDIUMINT SERIAL BIGSERIAL SMALLSERIAL INT2 INT4 INT8 YEAR",
    "number": "NUMERIC DECIMAL FLOAT DOUBLE REAL NUMBER",
    "text": "VARCHAR TEXT CHAR NVARCHAR NCHAR LONGTEXT MEDIUMTEXT TINYTEXT CLOB NCLOB CITEXT",
    "boolean": "BOOLEAN BOOL BIT",
    "datetime": "TIMESTAMP DATETIME DATETIME2 DATETIMEOFFSET",
    "date": "DATE",
    "time": "TIME",
    "interval": "INTERVAL",
    "binary": "BYTEA BLOB LONGBLOB MEDIUMBLOB TINYBLOB BINARY VARBINARY IMAGE",
    "json": "JSON JSONB",
    "uuid": "UUID UNIQUEIDENTIFIER",
}
_BY_NAME = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_UNBOUNDED = frozenset(["TEXT", "LONGTEXT", "MEDIUMTEXT", "CLOB", "NCLOB", "CITEXT"])


@dataclass(frozen=True, slots=True)
class Family:
    """A type in the database. `length` is that of a text (None: any); `name` the enum type's, or the type's own."""

    kind: str  # "integer", "text", "enum", "other" …
    shown: str  # as DDL writes it
    length: int | None = None
    zone: bool | None = None
    name: str = ""
    item: Family | None = None  # of an array


def family_of(kind: TypeEngine[Any], dialect: Dialect) -> Family | None:
    """Return what a type is on a database; None where SQLAlchemy cannot say."""
    if isinstance(kind, sa.types.NullType):
        return None
    if isinstance(kind, sa.ARRAY):
        item = family_of(kind.item_type, dialect)
        return Family("array", f"{item.shown}[]", item=item) if item is not None else None
    if isinstance(kind, sa.Enum) and kind.native_enum and dialect.name == "postgresql":
        return Family("enum", str(kind.name), name=str(kind.name))
    try:
        shown = str(kind.compile(dialect=dialect))
    except (SQLAlchemyError, AttributeError, NotImplementedError):
        return None
    return family_from_text(shown, dialect)


def family_from_text(shown: str, dialect: Dialect) -> Family | None:
    """Return what a type is, given as DDL."""
    if dialect.name == "mysql" and shown.upper().startswith("ENUM("):
        return Family("enum", "ENUM")
    upper = shown.upper()
    found = _WORD.match(upper)
    if found is None:
        return None
    word = found[0]
    family = _BY_NAME.get(word)
    if family is None:
        return Family("other", shown, name=word)
    if family == "text":
        size = None if word in _UNBOUNDED else _SIZE.search(upper)
        return Family("text", shown, length=int(size[1]) if size is not None else None)
    if family == "datetime" and dialect.name == "postgresql":
        return Family("datetime", shown, zone="WITH TIME ZONE" in upper)
    if family == "boolean" and dialect.name == "mysql":
        return Family("integer", shown)
    return Family(family, shown)


def differ(model: Family, database: Family) -> bool:
    """Tell whether two types are of different families; what only says its name is compared with its like alone."""
    if "other" in (model.kind, database.kind):
        return False
    if model.item is not None and database.item is not None:
        return differ(model.item, database.item)
    if model.kind != database.kind:
        return True
    if model.kind == "datetime":
        return model.zone is not database.zone
    return model.kind == "enum" and bool(model.name) and model.name.lower() != database.name.lower()


def is_narrower(model: Family, database: Family) -> bool:
    """Tell whether the database's text is shorter than what the model may write."""
    if model.kind != "text" or database.kind != "text" or database.length is None:
        return False
    return model.length is None or model.length > database.length
