"""The mapped classes of a project as `MetaData`: what `Base.metadata` would hold, as far as the source says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol
from ormlint.schema.defaults import server_default
from ormlint.schema.types import TypeBuilder, UnknownType


@dataclass
class StaticTable:
    """A table with what is not known of it. `open` says why it may have other columns."""

    name: str  # with its schema, as in `MetaData.tables`
    table: sa.Table
    classes: list[str]
    open: str | None = None
    unknown_types: dict[str, str] = field(default_factory=dict)  # column → reason
    unknown_defaults: list[str] = field(default_factory=list)
    unread_arguments: list[str] = field(default_factory=list)  # of `__table_args__`


def build_tables(
    index: ProjectIndex, wanted: Callable[[MappedClass], bool] = lambda mapped: True
) -> dict[str, StaticTable]:
    """Return the tables of the wanted mapped classes, by name, in the order of their names.

    Classes of one table (single-table inheritance) are joined. Each table has a `MetaData` of its own with the
    others, so two classes that claim one name leave the first as it is and mark it open.
    """
    return _Builder(index).run(wanted)


class _Builder:
    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.types = TypeBuilder(index)
        self.metadata = sa.MetaData()
        self.tables: dict[str, StaticTable] = {}
        self.owners: dict[str, MappedClass] = {}

    def run(self, wanted: Callable[[MappedClass], bool]) -> dict[str, StaticTable]:
        models = [mapped for mapped in self.index.mapped.values() if mapped.table and wanted(mapped)]
        # Parents first: a child of single-table inheritance adds its columns to the parent's table.
        for mapped in sorted(models, key=lambda item: sum(isinstance(base, ClassSymbol) for base in item.mro)):
            self._add(mapped)
        return {name: self.tables[name] for name in sorted(self.tables)}

    def _add(self, mapped: MappedClass) -> None:
        schema, arguments, options = self._table_args(mapped)
        name = f"{schema}.{mapped.table}" if schema else str(mapped.table)
        known = self.tables.get(name)
        parent = self._parent(mapped)
        if known is not None:
            if parent is not None and self.owners[name].symbol in mapped.mro:
                known.classes.append(mapped.name)
                self._columns(known, mapped, self.owners[name])
            else:
                known.open = known.open or f"`{mapped.name}` claims the same name"
            return
        table = sa.Table(str(mapped.table), self.metadata, schema=schema)
        static = StaticTable(name, table, [mapped.name], mapped.open_reason)
        self.tables[name] = static
        self.owners[name] = mapped
        self._columns(static, mapped, parent)
        for argument in arguments:
            self._constraint(static, argument)
        static.unread_arguments.extend(options)

    def _parent(self, mapped: MappedClass) -> MappedClass | None:
        for base in mapped.mro[1:]:
            found = self.index.mapped_of(base) if isinstance(base, ClassSymbol) else None
            if found is not None:
                return found
        return None

    def _columns(self, static: StaticTable, mapped: MappedClass, parent: MappedClass | None) -> None:
        inherited = set(parent.mro) if parent is not None else set()
        own = [
            attribute
            for attribute in mapped.columns()
            if attribute.owner is None or attribute.owner is mapped.symbol or attribute.owner not in inherited
        ]
        own.sort(key=lambda attribute: attribute.owner is not mapped.symbol)  # own columns come before mixins'
        for attribute in own:
            column = attribute.column
            if column is None or column.name in static.table.c:
                continue
            static.table.append_column(self._column(static, attribute))

    def _column(self, static: StaticTable, attribute: ModelAttribute) -> sa.Column[Any]:
        column = attribute.column
        assert column is not None
        kind = self.types.build(column)
        if isinstance(kind, UnknownType):
            static.unknown_types[column.name] = kind.reason
            kind = sa.types.NullType()
        default = server_default(column.server_default)
        if column.server_default is not None and default is None:
            static.unknown_defaults.append(column.name)
        options: Any = column.foreign_key_options if len(column.foreign_keys) == 1 else {}
        keys = [
            sa.ForeignKey(target, **options) for target in column.foreign_keys if "." in target and "?" not in target
        ]
        nullable = column.nullable if column.nullable is not None else not column.primary_key
        return sa.Column(
            column.name,
            kind,
            *keys,
            primary_key=column.primary_key,
            nullable=nullable,
            server_default=default,
            unique=column.unique or None,
            index=column.index or None,
        )

    # -- __table_args__

    def _table_args(self, mapped: MappedClass) -> tuple[str | None, list[e.Call], list[str]]:
        """Return the schema, the constraints and what was not read of the nearest `__table_args__`."""
        for base in mapped.mro:
            if not isinstance(base, ClassSymbol):
                continue
            member = self.index.mapper.body(base).members.get("__table_args__")
            if member is None:
                continue
            value = member.value
            if member.function is not None:
                value, _ = self.index.mapper.members.returned(member.function)
            elements = list(value.elements) if isinstance(value, e.Display) else [value] if value is not None else []
            schema: str | None = None
            calls: list[e.Call] = []
            unread: list[str] = []
            for element in elements:
                if isinstance(element, e.DictDisplay):
                    for item in element.items:
                        if isinstance(item.key, e.Str) and item.key.value == "schema":
                            schema = self.index.constants.string(item.value, base.module)
                elif isinstance(element, e.Call):
                    calls.append(element)
                else:
                    unread.append(type(element).__name__)
            return schema, calls, unread
        return None, [], []

    def _constraint(self, static: StaticTable, call: e.Call) -> None:
        name = (e.dotted_name(call.func) or "").rpartition(".")[2]
        given = call.keyword("name")
        label = given.value if isinstance(given, e.Str) else None
        columns = [argument.value for argument in call.args if isinstance(argument, e.Str)]
        table = static.table
        if name == "Index" and len(columns) == len(call.args) and len(columns) > 1 and self._known(table, columns[1:]):
            unique = call.keyword("unique")
            is_partial = any(keyword.name.endswith("_where") for keyword in call.keywords)
            own = (table.c[column] for column in columns[1:])
            sa.Index(columns[0], *own, unique=_is_true(unique), info={"is_partial": is_partial})
        elif name == "UniqueConstraint" and len(columns) == len(call.args) and self._known(table, columns):
            table.append_constraint(sa.UniqueConstraint(*columns, name=label))
        elif name == "PrimaryKeyConstraint" and len(columns) == len(call.args) and self._known(table, columns):
            table.append_constraint(sa.PrimaryKeyConstraint(*columns, name=label))
        elif name == "CheckConstraint" and len(columns) == 1:
            table.append_constraint(sa.CheckConstraint(columns[0], name=label))
        elif name == "ForeignKeyConstraint" and len(call.args) >= 2:
            local, remote = (_strings(argument) for argument in call.args[:2])
            if local and remote and self._known(table, local):
                cascades: dict[str, Any] = {
                    keyword.name: keyword.value.value
                    for keyword in call.keywords
                    if keyword.name in ("ondelete", "onupdate") and isinstance(keyword.value, e.Str)
                }
                # The index gave the columns these keys too: the constraint is the one that counts.
                for item in list(table.foreign_key_constraints):
                    targets = [element.target_fullname for element in item.elements]
                    if len(targets) == 1 and item.column_keys[0] in local and targets[0] in remote:
                        table.constraints.discard(item)
                        for element in item.elements:
                            table.foreign_keys.discard(element)
                            element.parent.foreign_keys.discard(element)
                table.append_constraint(sa.ForeignKeyConstraint(local, remote, name=label, **cascades))
        else:
            static.unread_arguments.append(name or "?")

    def _known(self, table: sa.Table, columns: list[str]) -> bool:
        return bool(columns) and all(column in table.c for column in columns)


def _strings(expr: e.Expr) -> list[str]:
    if isinstance(expr, e.Display):
        values = [element.value for element in expr.elements if isinstance(element, e.Str)]
        return values if len(values) == len(expr.elements) else []
    return []


def _is_true(expr: e.Expr | None) -> bool:
    return isinstance(expr, e.Constant) and expr.value is True
