"""What a migration may ask the database: answered from the schema replayed so far, and an empty database."""

from __future__ import annotations

import re
from typing import Any

from ormlint.index.vocabulary.others import ALEMBIC_VERSION_TABLE
from ormlint.schema.replay.creation import Creation
from ormlint.schema.replay.machine import Raised
from ormlint.schema.replay.simulated import Default, SimConstraint, SimTable
from ormlint.schema.replay.values import BIND, DIALECT, Built, Ref, ReflectedType, Rows, Unknown, text_of

_FAMILIES = {
    "String": "String",
    "Text": "Text",
    "Integer": "Integer",
    "BigInteger": "BigInteger",
    "Boolean": "Boolean",
    "DateTime": "DateTime",
    "JSON": "JSON",
    "JSONB": "JSONB",
    "Enum": "Enum",
    "ENUM": "Enum",
    "VARCHAR": "String",
    "TEXT": "Text",
    "BIGINT": "BigInteger",
    "Numeric": "Numeric",
    "Float": "Float",
    "Uuid": "Uuid",
    "UUID": "Uuid",
    "LargeBinary": "LargeBinary",
    "Date": "Date",
    "ARRAY": "ARRAY",
    "CHAR": "CHAR",
    "NullType": "NullType",
}
_CLASSES = {
    "primary": "PrimaryKeyConstraint",
    "foreign": "ForeignKeyConstraint",
    "unique": "UniqueConstraint",
    "check": "CheckConstraint",
    "index": "Index",
}
_VERSIONS = {"postgresql": (15, 4), "mysql": (10, 11, 19), "sqlite": (3, 40, 0)}


class Inspection(Creation):
    """The inspector, the dialect, and results of queries."""

    def inspect(self, method: str, args: list[Any], keywords: dict[str, Any]) -> Any:
        """Answer a method of `sqlalchemy.inspect(connection)`."""
        self.asked_schema += 1
        schema = text_of(keywords.get("schema"))
        tables = self.schema.tables.values()
        if method == "get_table_names":
            wanted = schema or (text_of(args[0]) if args else None)
            here = [table for table in tables if wanted in (None, table.schema, "public")]
            names: list[Any] = [table.name for table in here if not table.maybe]
            names.append(ALEMBIC_VERSION_TABLE)
            names.extend(Unknown("it may be there", table.name) for table in here if table.maybe)
            return [*names, Unknown(self.schema.open)] if self.schema.open else names
        if method == "get_enums":
            return [
                {"name": name, "labels": enum.labels or Unknown("labels")} for name, enum in self.schema.enums.items()
            ]
        if method in ("get_view_names", "get_materialized_view_names"):
            return []
        if method == "clear_cache":
            return None
        name = text_of(args[0]) if args else text_of(keywords.get("table_name"))
        if name is None:
            return Unknown("a table whose name is computed")
        table = self.schema.table(name, schema or (text_of(args[1]) if len(args) > 1 else None))
        if method == "has_table":
            if table is not None:
                return Unknown(table.maybe) if table.maybe else True
            return Unknown(self.schema.open) if self.schema.open else name == ALEMBIC_VERSION_TABLE
        if table is None:
            if self.in_try and not self.schema.open:
                raise Raised(simulated=True)
            return Unknown(f"there is no table `{name}`")
        return self._details(method, table)

    def _details(self, method: str, table: SimTable) -> Any:
        rest: list[Any] = []
        if table.open:
            unknown = Unknown(table.open)
            names = ("name", "type", "nullable", "default", "column_names", "constrained_columns", "referred_table")
            rest = [dict.fromkeys((*names, "referred_columns", "unique"), unknown)]
        if method == "get_columns":
            return [
                {
                    "name": Unknown(column.maybe, column.name) if column.maybe else column.name,
                    "type": ReflectedType(column.type, column.enum),
                    "nullable": column.nullable,
                    "default": _shown_default(column.default),
                    "primary_key": int(column.primary_key),
                    "autoincrement": Unknown("autoincrement"),
                    "comment": None,
                }
                for column in table.columns.values()
            ] + rest
        of = {
            kind: [item for item in table.constraints if item.kind == kind]
            for kind in ("index", "unique", "foreign", "primary", "check")
        }
        if method == "get_indexes":
            return [
                {
                    "name": self._reflected_name(item),
                    "column_names": list(item.columns),
                    "unique": item.unique,
                }
                for item in of["index"]
            ] + rest
        if method == "get_unique_constraints":
            return [
                {
                    "name": self._reflected_name(item),
                    "column_names": list(item.columns),
                }
                for item in of["unique"]
            ] + rest
        if method == "get_foreign_keys":
            return [
                {
                    "name": self._reflected_name(item),
                    "constrained_columns": list(item.columns),
                    "referred_table": item.target or Unknown("its target"),
                    "referred_columns": list(item.target_columns),
                    "referred_schema": None,
                    "options": {"ondelete": item.ondelete} if item.ondelete is not None else {},
                }
                for item in of["foreign"]
            ] + rest
        if method == "get_pk_constraint" and not rest:
            found = of["primary"]
            columns = list(found[0].columns) if found else []
            return {"name": found[0].name if found else None, "constrained_columns": columns}
        if method == "get_check_constraints":
            return [
                {
                    "name": self._reflected_name(item),
                    "sqltext": Unknown("its text"),
                }
                for item in of["check"]
            ]
        return Unknown(f"the inspector's `{method}`")

    def reflected(self, value: Built, name: str) -> Any:
        """Answer `.foreign_key_constraints`, `.constraints` or `.indexes` of `Table(…, autoload_with=…)`."""
        called = text_of(value.args[0]) if value.args else None
        table = self.schema.table(called, text_of(value.keywords.get("schema"))) if called is not None else None
        self.asked_schema += 1
        if table is None or table.open or table.maybe or table.unsure:
            return Unknown("the constraints of a reflected table", of_schema=True)
        wanted = {"foreign_key_constraints": ("foreign",), "indexes": ("index",)}
        kinds = wanted.get(name, ("primary", "foreign", "unique", "check"))
        return [self._reflected_constraint(item) for item in table.constraints if item.kind in kinds]

    def reflected_columns(self, value: Built) -> Any:
        """Answer `.columns` of `Table(…, autoload_with=…)`."""
        called = text_of(value.args[0]) if value.args else None
        table = self.schema.table(called, text_of(value.keywords.get("schema"))) if called is not None else None
        self.asked_schema += 1
        if table is None or table.open or table.maybe or any(column.maybe for column in table.columns.values()):
            return Unknown("the columns of a reflected table", of_schema=True)
        return [
            Built(
                Ref("sqlalchemy.Column"),
                [column.name, ReflectedType(column.type, column.enum)],
                {"nullable": column.nullable, "server_default": column.default, "primary_key": column.primary_key},
            )
            for column in table.columns.values()
        ]

    def reflect_all(self, value: Built, keywords: dict[str, Any]) -> None:
        """Do `metadata.reflect(…)`: its `tables` are those that are there."""
        self.asked_schema += 1
        if self.schema.open or any(table.maybe for table in self.schema.tables.values()):
            value.extra["tables"] = Unknown("the tables of the database", of_schema=True)
            return
        only = keywords.get("only")
        value.extra["tables"] = {
            key: Built(Ref("sqlalchemy.Table"), [table.name, value], {"schema": table.schema, "autoload_with": BIND})
            for key, table in self.schema.tables.items()
            if not isinstance(only, (list, tuple)) or table.name in only
        }

    def _reflected_constraint(self, item: SimConstraint) -> Built:
        columns = [Built(Ref("sqlalchemy.Column"), [column], {}) for column in item.columns]
        extra: dict[str, Any] = {"name": self._reflected_name(item), "columns": columns, "unique": item.unique}
        if item.kind == "foreign":
            extra["column_keys"] = list(item.columns)
            target = item.target or Unknown("its target")
            extra["referred_table"] = Built(Ref("sqlalchemy.Table"), [target], {})
        return Built(Ref(f"sqlalchemy.{_CLASSES[item.kind]}"), [], {}, None, extra)

    def _reflected_name(self, item: SimConstraint) -> str | Unknown | None:
        return item.name or (None if self.dialect == "sqlite" else Unknown("its name"))

    def dialect_attribute(self, name: str) -> Any:
        """Answer an attribute of the dialect."""
        if name in ("name", "dialect_description"):
            return self.dialect
        if name == "server_version_info":
            return _VERSIONS.get(self.dialect, Unknown("the server's version"))
        if name == "default_schema_name":
            return "public" if self.dialect == "postgresql" else None
        return Unknown(f"the dialect's `{name}`")

    def is_instance(self, value: Any, names: list[str]) -> bool | Unknown:
        """Answer `isinstance` for the dialect and for reflected types."""
        if value is DIALECT:
            written = " ".join(names).lower()
            keys = {"postgresql": ("pgdialect", "postgres"), "sqlite": ("sqlite",), "mysql": ("mysql",)}
            return any(key in written for key in keys.get(self.dialect, ()))
        if isinstance(value, ReflectedType) and not isinstance(value.type, Unknown):
            kinds = {kind.__name__ for kind in type(value.type).__mro__}
            if all(name in _FAMILIES for name in names):
                return any(_FAMILIES[name] in kinds or name in kinds for name in names)
        if isinstance(value, Built) and value.last in _CLASSES.values():
            return value.last in names
        return Unknown("isinstance")

    def rows(self, result: Rows, method: str) -> Any:
        """Answer a method of a query's result: there are no rows, and a count is 0."""
        if method in ("fetchall", "all", "fetchmany", "keys", "partitions"):
            return []
        if method in ("scalars", "mappings", "unique", "columns", "tuples", "yield_per"):
            return result
        if method in ("scalar", "scalar_one", "fetchone", "first", "one", "one_or_none", "scalar_one_or_none"):
            single = "scalar" in method
            if re.search(r"\bcount\s*\(", result.sql, re.I):
                return 0 if single else (0,)
            if re.search(r"select\s+exists", result.sql, re.I):
                return False if single else (False,)
            return None
        return Unknown(f"a result's `{method}`")


def _shown_default(default: Default | Unknown | None) -> str | Unknown | None:
    if not isinstance(default, Default):
        return default
    quoted = default.text.replace("'", "''")
    return default.text if default.is_sql else f"'{quoted}'"
