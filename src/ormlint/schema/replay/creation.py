"""Statements given as SQL, and objects that create themselves: types, tables, metadata and models."""

from __future__ import annotations

import re
from typing import Any

from ormlint.facts import expressions as e
from ormlint.schema.replay.ddl import apply_sql, looks_like_ddl, unread_sql
from ormlint.schema.replay.operations import Operations, is_column
from ormlint.schema.replay.simulated import SimEnum
from ormlint.schema.replay.values import Bound, Built, ClassValue, Function, Rows, Unknown, text_of


class Creation(Operations):
    """What changes the schema without a directive."""

    def execute_sql(self, value: Any, node: e.Node | None) -> Any:
        """Run a statement given as a string or a construct; a query finds an empty database."""
        if isinstance(value, Built):
            if isinstance(value.func, Bound) and value.func.name in ("bindparams", "execution_options", "columns"):
                return self.execute_sql(value.func.owner, node)
            if value.last in ("text", "DDL") and value.args:
                value = value.args[0]
            elif (emptied := self._deleted_from(value)) is not None and not self.quiet:
                self.hazards.emptied.add(emptied)
            elif value.last in ("CreateTable", "DropTable", "AddColumn"):
                self.open_schema(f"`{value.last}` is executed")
                return Rows()
        text = text_of(value)
        if text is None:
            if isinstance(value, Unknown) and not self.quiet:
                self.hazards.unread = True
                if value.text is not None:
                    unread_sql(self.writable(), value.text, self.step(node, "execute"))
            return Rows("count(" if isinstance(value, Built) and "count" in repr(value.args)[:200] else "")
        if is_query(text):
            if is_catalog(text):
                self.asked_schema += 1
                return Unknown("the database's catalog is asked", of_schema=True)
            return Rows(text)
        if not self.quiet:
            self.hazards.sql(text)
        if not self.quiet and looks_like_ddl(text):
            apply_sql(self.writable(), text, self.step(node, "execute"), self.type_from_text)
        return Rows(text)

    def _deleted_from(self, value: Built) -> str | None:
        """Return the table that `delete(table)` or `table.delete()` takes all rows from; None for anything else."""
        if value.last == "delete" and len(value.args) == 1:
            return self.name_of_table(value.args[0])
        if isinstance(value.func, Bound) and value.func.name == "delete" and not value.args:
            return self.name_of_table(value.func.owner)
        return None

    def name_of_table(self, value: Any) -> str | None:
        """Return the name of the table that a `Table`, a `table(…)` or a model is, without its schema."""
        if isinstance(value, Built) and value.name == "__table__":
            value = value.args[0]
        if isinstance(value, ClassValue):
            return text_of(self.class_attribute(value, "__tablename__"))
        return text_of(value.args[0]) if isinstance(value, Built) and value.last in ("Table", "table") else None

    def create(self, value: Built, method: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> None:
        """Run `.create()`, `.drop()`, `.create_all()` or `.drop_all()` of a type, a table or metadata."""
        if self.quiet:
            return
        world = self.writable()
        if value.last in ("Enum", "ENUM"):
            name, labels = self.enum_parts(value)
            if name is not None and self.dialect == "postgresql":
                if method == "create":
                    checked = keywords.get("checkfirst", args[1] if len(args) > 1 else value.last == "ENUM")
                    made = SimEnum(labels, self.step(node, f"create type {name}"), True, checked is not False)
                    world.enums.setdefault(name, made)
                elif method == "drop":
                    world.enums.pop(name, None)
        elif value.last == "Table" and method in ("create", "drop"):
            name = text_of(value.args[0]) if value.args else None
            schema = text_of(value.keywords.get("schema"))
            if name is None:
                self.open_schema("a table creates itself whose name is computed")
            elif method == "drop":
                world.drop_table(world.key(name, schema))
            elif world.table(name, schema) is None:
                self.create_table(name, schema, value.args[2:], node)
        elif value.name == "__table__" and method in ("create", "drop"):
            self._model(value.args[0], method, node)
        elif method == "create_all":
            given = keywords.get("tables")
            if isinstance(given, (list, tuple)):
                for table in given:
                    if isinstance(table, Built):
                        self.create(table, "create", [], {}, node)
                    else:
                        self.open_schema("`create_all` makes a table that was not understood")
            else:
                self.opaque_steps.append(self.step(node, "create_all"))
                self.open_schema("`create_all` makes the tables of that day")

    def _model(self, cls: Any, method: str, node: e.Node | None) -> None:
        name = text_of(self.class_attribute(cls, "__tablename__")) if isinstance(cls, ClassValue) else None
        if not isinstance(cls, ClassValue) or name is None:
            self.open_schema("a model's table creates itself")
            return
        world = self.writable()
        if method == "drop":
            world.drop_table(name)
            return
        if world.table(name) is not None:
            return
        items: dict[str, Built] = {}
        for base in reversed(self.lineage(cls)):
            if not isinstance(base, ClassValue):
                continue
            for attribute, value in self.class_attributes(base).items():
                if isinstance(value, Function) and value.kind == "declared":
                    value = self.call(value, [cls], {}, node)
                if is_column(value):
                    named = value.args and text_of(value.args[0]) is not None
                    args = value.args if named else [attribute, *value.args]
                    items[str(args[0])] = Built(value.func, args, value.keywords, value.node)
        self.create_table(name, None, list(items.values()), node)

    def lineage(self, cls: ClassValue) -> list[Any]:
        """Return a class and its bases, depth first."""
        found: list[Any] = [cls]
        for base in cls.bases:
            found.extend(self.lineage(base) if isinstance(base, ClassValue) else [base])
        return found

    def class_attributes(self, cls: ClassValue) -> dict[str, Any]:
        """Return what the body of a class binds."""
        raise NotImplementedError


def is_query(sql: str) -> bool:
    """Tell whether a statement only asks."""
    return re.match(r"\s*(select|show|pragma|with\b(?!.*\b(insert|update|delete)\b))", sql, re.I | re.S) is not None


def is_catalog(sql: str) -> bool:
    """Tell whether a statement asks about the schema."""
    pattern = r"information_schema|\bpg_(?!catalog\.set)|sqlite_master|pragma|^\s*show\b|current_setting|to_regclass"
    return re.search(pattern, sql, re.I) is not None
