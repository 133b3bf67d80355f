"""Names of constraints and indexes: as given, by the metadata's naming convention, or as the database gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import _NONE_NAME  # what SQLAlchemy itself calls "no name, and none by convention"
from sqlalchemy.sql.elements import conv

from ormlint.schema.replay.simulated import SimConstraint, SimSchema, SimTable

_LIMIT = 63  # of PostgreSQL, in bytes
_LIMITS = {"postgresql": _LIMIT, "mysql": 64}


def given_name(
    convention: Mapping[str, str],
    table: SimTable,
    item: SimConstraint,
    name: str | None,
    is_final: bool,
    dialect: str = "postgresql",
) -> str | None:
    """Return the name SQLAlchemy gives a constraint; None where it leaves that to the database.

    `is_final` for a name marked by `op.f()`: it is shortened as one made by a convention is.
    """
    label = conv(name) if name is not None and is_final else name
    if name is not None and (is_final or not convention):
        return _shortened(name, dialect) if is_final else name
    if name is None and not convention and item.kind != "index":
        return None
    metadata = sa.MetaData(naming_convention=dict(convention) or None)
    columns = [sa.Column(column, sa.Integer) for column in dict.fromkeys(item.columns)]
    shown = sa.Table(table.name, metadata, *columns, schema=table.schema)
    try:
        made = _built(shown, item, label)
    except Exception:  # a token that needs what is not known, or a function of the project
        return name
    found: Any = made.name
    return None if found is None or found is _NONE_NAME else _shortened(str(found), dialect)


def _built(shown: sa.Table, item: SimConstraint, label: str | None) -> Any:
    if item.kind == "index":
        return sa.Index(label, *(shown.c[column] for column in item.columns))
    made: sa.Constraint
    if item.kind == "unique":
        made = sa.UniqueConstraint(*item.columns, name=label)
    elif item.kind == "primary":
        made = sa.PrimaryKeyConstraint(*item.columns, name=label)
    elif item.kind == "foreign":
        remote = item.target_columns or item.columns
        made = sa.ForeignKeyConstraint(item.columns, [f"{item.target or '?'}.{name}" for name in remote], name=label)
    else:
        made = sa.CheckConstraint("1 = 1", name=label)
    shown.append_constraint(made)
    return made


def _shortened(name: str, dialect: str) -> str:
    """Return a conventional name as SQLAlchemy shortens it for a database."""
    limit = _LIMITS.get(dialect, len(name))
    return name if len(name) <= limit else f"{name[: limit - 8]}_{sa.util.md5_hex(name)[-4:]}"


def database_name(schema: SimSchema, table: SimTable, item: SimConstraint) -> str | None:
    """Return the name the database gives a constraint that comes without one."""
    if schema.dialect == "mysql":
        if item.kind == "foreign":
            taken = [other.name or "" for other in table.constraints if other.kind == "foreign"]
            prefix = f"{table.name}_ibfk_"
            numbers = [int(name[len(prefix) :]) for name in taken if name[len(prefix) :].isdigit()]
            return f"{prefix}{max(numbers, default=0) + 1}"
        return item.columns[0] if item.kind == "unique" and item.columns else None
    if schema.dialect != "postgresql":
        return None
    label = {"primary": "pkey", "foreign": "fkey", "unique": "key", "check": "check", "index": "idx"}[item.kind]
    middle = "" if item.kind == "primary" else "_".join(item.columns)
    names = {other.name for known in schema.tables.values() for other in known.constraints}
    number = 0
    while True:
        name = _object_name(table.name, middle, f"{label}{number or ''}")
        if name not in names:
            return name
        number += 1


def _object_name(table: str, middle: str, label: str) -> str:
    """Join the parts as PostgreSQL's `makeObjectName` does: the longer of the first two gives way."""
    first, second = table.encode(), middle.encode()
    room = _LIMIT - len(label) - 1 - (1 if second else 0)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts: Sequence[bytes] = (first, second) if second else (first,)
    return "_".join([*(part.decode("utf-8", "ignore") for part in parts), label])
