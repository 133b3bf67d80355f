"""Static tables as `CREATE TABLE`, by SQLAlchemy's own compiler, and as plain data."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError, IdentifierError
from sqlalchemy.schema import CreateIndex, CreateTable

from ormlint.schema.metadata import StaticTable

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
        except (CompileError, IdentifierError) as error:
            # The models are written for another database: SQLAlchemy itself refuses this table here.
            reason = " ".join(str(error.args[0] if error.args else error).split())
            statements.append("\n".join([*notes, f"-- {static.name}: cannot be created on {dialect.name}: {reason}"]))
            continue
        statements.append("\n".join([*notes, statement]))
        for index in sorted(static.table.indexes, key=lambda item: str(item.name)):
            statements.append(f"{str(CreateIndex(index).compile(dialect=dialect)).strip()};")
    return statements


def _create(table: sa.Table, dialect: Dialect) -> str:
    """Compile one table; a column whose type is not known shows as `UNKNOWN`."""
    copy = sa.MetaData()
    shown = sa.Table(table.name, copy, schema=table.schema)
    for column in table.columns:
        kind: Any = column.type
        if isinstance(kind, sa.types.NullType):
            kind = _target_type(column) or _Unknown()
        shown.append_column(
            sa.Column(
                column.name,
                kind,
                primary_key=column.primary_key,
                nullable=column.nullable,
                server_default=_default_of(column),
                unique=column.unique,
            )
        )
    if table.primary_key.name is not None:
        names = [column.name for column in table.primary_key.columns]
        shown.append_constraint(sa.PrimaryKeyConstraint(*names, name=str(table.primary_key.name)))
    for constraint in _in_order(table):
        if isinstance(constraint, (sa.CheckConstraint, sa.ForeignKeyConstraint)):
            _copy_constraint(constraint, shown, copy)
        elif isinstance(constraint, sa.UniqueConstraint):
            names = [column.name for column in constraint.columns]
            if not (len(names) == 1 and shown.c[names[0]].unique):
                shown.append_constraint(sa.UniqueConstraint(*names, name=constraint.name))
    return str(CreateTable(shown).compile(dialect=dialect)).strip()


def _default_of(column: sa.Column[Any]) -> Any:
    return column.server_default.arg if isinstance(column.server_default, sa.DefaultClause) else None


def _in_order(table: sa.Table) -> list[sa.Constraint]:
    """Return the constraints in the order of their columns: SQLAlchemy keeps them in a set."""
    names = [column.name for column in table.columns]

    def key(constraint: sa.Constraint) -> tuple[str, list[int], str]:
        columns = constraint.columns if isinstance(constraint, sa.schema.ColumnCollectionConstraint) else ()
        return type(constraint).__name__, [names.index(column.name) for column in columns], str(constraint.name)

    return sorted(table.constraints, key=key)


def _copy_constraint(constraint: sa.Constraint, shown: sa.Table, copy: sa.MetaData) -> None:
    if isinstance(constraint, sa.CheckConstraint):
        shown.append_constraint(sa.CheckConstraint(constraint.sqltext, name=constraint.name))
        return
    assert isinstance(constraint, sa.ForeignKeyConstraint)
    targets = [element.target_fullname for element in constraint.elements]
    for target in targets:  # stand-ins for the tables referred to: compiling needs their names only
        path, _, column = target.rpartition(".")
        schema, _, name = path.rpartition(".")
        if path not in copy.tables and path != shown.fullname:
            sa.Table(name, copy, sa.Column(column, sa.Integer), schema=schema or None)
        elif path in copy.tables and column not in copy.tables[path].c:
            copy.tables[path].append_column(sa.Column(column, sa.Integer))
    local = [column.name for column in constraint.columns]
    shown.append_constraint(
        sa.ForeignKeyConstraint(
            local,
            targets,
            name=constraint.name,
            ondelete=constraint.ondelete,
            onupdate=constraint.onupdate,
            initially=constraint.initially,
            match=constraint.match,
        )
    )


def _target_type(column: sa.Column[Any]) -> Any:
    """Return the type of the column a foreign key refers to, as SQLAlchemy would take it over."""
    for key in column.foreign_keys:
        path, _, name = key.target_fullname.rpartition(".")
        table = column.table.metadata.tables.get(path)
        if table is not None and name in table.c and not isinstance(table.c[name].type, sa.types.NullType):
            return table.c[name].type
    return None


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
    }
    columns: dict[str, Any] = {}
    for column in table.columns:
        kind: Any = column.type
        if isinstance(kind, sa.types.NullType):
            kind = _target_type(column)
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
            for index in sorted(table.indexes, key=lambda item: str(item.name))
        ],
        "constraints": sorted(
            (
                {"type": type(item).__name__, "name": item.name and str(item.name), "columns": item.columns.keys()}
                for item in table.constraints
                if isinstance(item, sa.schema.ColumnCollectionConstraint)
            ),
            key=lambda item: (item["type"], item["columns"]),
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
