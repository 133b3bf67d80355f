"""Static tables as `CREATE TABLE`, by SQLAlchemy's own compiler, and as plain data."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError, IdentifierError, InvalidRequestError
from sqlalchemy.schema import CreateIndex, CreateTable

from ormlint.schema.metadata import StaticTable, indexes_in_order

DIALECTS = ("postgresql", "mysql", "sqlite")


def dialect_named(name: str) -> Dialect:
    """Return a dialect for compiling; no driver is imported."""
    return sa.make_url(f"{name}://").get_dialect()()


def create_statements(tables: dict[str, StaticTable], dialect: Dialect) -> list[str]:
    """Return the statements that create the tables, with what is not known as comments before each."""
    statements: list[str] = []
    for static in tables.values():
        notes = [f"-- {static.name}: open: {static.open}"] if static.open else []
        notes += [f"-- {static.name}.{column}: {reason}" for column, reason in static.unknown_types.items()]
        notes += [f"-- {static.name}.{column}: its server default is not known" for column in static.unknown_defaults]
        notes += [f"-- {static.name}.{column}: NULL or not: {why}" for column, why in static.unknown_nullable.items()]
        notes += [f"-- {static.name}: {kind} constraints: {why}" for kind, why in static.unsure.items()]
        notes += [f"-- {static.name}: not read of __table_args__: {item}" for item in static.unread_arguments]
        try:
            statement = f"{_create(static.table, dialect)};"
        except (CompileError, IdentifierError, InvalidRequestError) as error:
            # The models are written for another database: SQLAlchemy itself refuses this table here.
            statements.append("\n".join([*notes, _refused(static.name, dialect, error)]))
            continue
        statements.append("\n".join([*notes, statement]))
        for index in indexes_in_order(static.table):
            try:
                statements.append(f"{str(CreateIndex(index).compile(dialect=dialect)).strip()};")
            except (CompileError, IdentifierError, InvalidRequestError) as error:
                statements.append(_refused(f"{static.name}, index {index.name}", dialect, error))
    return statements


def _refused(what: str, dialect: Dialect, error: Exception) -> str:
    reason = " ".join(str(error.args[0] if error.args else error).split())
    return f"-- {what}: cannot be created on {dialect.name}: {reason}"


def _create(table: sa.Table, dialect: Dialect) -> str:
    """Compile one table; a column whose type is not known shows as `UNKNOWN`."""
    copy = sa.MetaData()
    copy.naming_convention = table.metadata.naming_convention
    targets = {key.target_fullname for key in table.foreign_keys}
    types = {column.name: _type_of(column) for column in table.columns}
    shown = table.to_metadata(copy)
    for column in shown.columns:
        column.type = types[column.name] or _Unknown()
    for target in sorted(targets):  # stand-ins for the tables referred to: compiling needs their names only
        path, _, name = target.rpartition(".")
        if path not in copy.tables:
            schema, _, last = path.rpartition(".")
            sa.Table(last, copy, schema=schema or None)
        if name not in copy.tables[path].c:
            copy.tables[path].append_column(sa.Column(name, _Unknown()))
    # Constraints are kept in a set, and written in the order they were made in: that of the table, not of its copy.
    made = {_constraint_key(item): item for item in shown.constraints}
    for rank, item in enumerate(sorted(table.constraints, key=lambda item: item._creation_order)):
        if (twin := made.get(_constraint_key(item))) is not None:
            twin._creation_order = rank
    return str(CreateTable(shown).compile(dialect=dialect)).strip()


def _constraint_key(item: sa.Constraint) -> tuple[str, str, str]:
    columns = ",".join(item.columns.keys()) if isinstance(item, sa.schema.ColumnCollectionConstraint) else ""
    targets = [key.target_fullname for key in item.elements] if isinstance(item, sa.ForeignKeyConstraint) else []
    text = str(item.sqltext) if isinstance(item, sa.CheckConstraint) else ",".join(targets)
    return f"{type(item).__name__} {item.name}", columns, text


def _type_of(column: sa.Column[Any], depth: int = 0) -> Any:
    """Return a column's type, or that of the column it refers to, as SQLAlchemy would take it over; None else."""
    if not isinstance(column.type, sa.types.NullType):
        return column.type
    for key in column.foreign_keys if depth < 8 else ():
        path, _, name = key.target_fullname.rpartition(".")
        table = column.table.metadata.tables.get(path)
        if table is not None and name in table.c:
            return _type_of(table.c[name], depth + 1)
    annotated = column.info.get("annotated")  # of a key whose target is not known here
    return annotated if isinstance(annotated, sa.types.TypeEngine) else None


class _Unknown(sa.types.UserDefinedType[Any]):
    """Stands for a type that is not known."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "UNKNOWN"


def as_data(tables: dict[str, StaticTable], dialect: Dialect) -> dict[str, Any]:
    """Return `{tables: {NAME: {columns: {NAME: {type, nullable, …}}, indexes, constraints, open, unknown, unsure}}}`.

    `open` says why a table may have other columns, `unknown` why something of a column is not known, `unsure` why
    there may be other constraints of a kind.
    """
    return {"tables": {name: _table_data(static, dialect) for name, static in tables.items()}}


def _table_data(static: StaticTable, dialect: Dialect) -> dict[str, Any]:
    table = static.table
    unique = {
        tuple(column.name for column in item.columns)
        for item in table.constraints
        if isinstance(item, sa.UniqueConstraint)
    } | {tuple(column.name for column in item.columns) for item in table.indexes if item.unique}
    columns: dict[str, Any] = {}
    for column in table.columns:
        kind: Any = _type_of(column)
        default = column.server_default
        columns[column.name] = {
            "type": _type_text(kind, dialect),
            "nullable": column.nullable,
            "primary_key": column.primary_key,
            "server_default": _default_text(default, dialect),
            "autoincrement": column is table.autoincrement_column,
            "foreign_keys": sorted(key.target_fullname for key in column.foreign_keys),
            "unique": (column.name,) in unique,
        }
    return {
        "columns": columns,
        "indexes": [
            {"name": index.name, "columns": [str(item.name) for item in index.columns], "unique": bool(index.unique)}
            for index in indexes_in_order(table)
        ],
        "constraints": sorted(
            (
                {"type": type(item).__name__, "name": item.name and str(item.name), "columns": item.columns.keys()}
                for item in table.constraints
                if isinstance(item, sa.schema.ColumnCollectionConstraint)
            ),
            key=lambda item: (item["type"], item["columns"], item["name"] or ""),
        ),
        "open": static.open,
        "unsure": static.unsure,
        "unknown": {
            **static.unknown_nullable,
            **static.unknown_types,
            **dict.fromkeys(static.unknown_defaults, "its server default is not known"),
        },
    }


def _type_text(kind: Any, dialect: Dialect) -> str | None:
    """Return a type as the dialect writes it; as SQLAlchemy shows it where the dialect has no such type."""
    if kind is None:
        return None
    try:
        return str(kind.compile(dialect=dialect))
    except CompileError:
        return repr(kind)


def _default_text(default: Any, dialect: Dialect) -> str | None:
    if not isinstance(default, sa.DefaultClause):
        return None
    argument = default.arg
    if isinstance(argument, str):
        return f"'{argument}'"
    return str(argument.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
