"""Alembic's directives on the simulated schema: `op.*`, those of a batch, `Table.create()` and `create_all()`."""

from __future__ import annotations

from typing import Any

from ormlint.facts import expressions as e
from ormlint.schema.replay.ddl import apply_sql, looks_like_ddl
from ormlint.schema.replay.machine import Machine
from ormlint.schema.replay.simulated import Default, SimColumn, SimConstraint, SimEnum, SimTable, Step
from ormlint.schema.replay.types import Types
from ormlint.schema.replay.values import (
    BIND,
    CONTEXT,
    Batch,
    Bound,
    Built,
    ClassValue,
    Function,
    Instance,
    Member,
    Ref,
    ReflectedType,
    Rows,
    Unknown,
    text_of,
)

_COLUMNS = ("Column", "mapped_column")
_NEUTRAL = ("Identity", "Computed", "Sequence", "FetchedValue")
_NOT_TYPES = (*_NEUTRAL, "ForeignKey", "CheckConstraint", "DefaultClause")
_SILENT = frozenset(
    [
        "bulk_insert",
        "create_table_comment",
        "drop_table_comment",
        "create_check_constraint",
        "create_exclude_constraint",
    ]
)


def is_column(value: Any) -> bool:
    """Tell whether a value is `Column(...)`."""
    return isinstance(value, Built) and value.last in _COLUMNS


class Operations(Types, Machine):
    """Directives. What cannot be followed makes its table open, or the schema where the table is not known."""

    def operation(
        self, name: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None, batch: Batch | None
    ) -> Any:
        """Run one directive."""
        if name == "f":
            return args[0] if args else Unknown("op.f")
        if name == "get_bind":
            return BIND
        if name == "get_context":
            return CONTEXT
        if name == "inline_literal":
            return args[0] if args else None
        if self.quiet:
            return Unknown("an operation outside of a migration")
        if name == "execute":
            return self.execute_sql(args[0] if args else keywords.get("sqltext"), node)
        if name in _SILENT:
            return None
        if name == "batch_alter_table":
            return Batch(args[0] if args else keywords.get("table_name"), text_of(keywords.get("schema")))
        method = getattr(self, f"_op_{name}", None)
        if method is None:
            return Unknown(f"`op.{name}`")
        call = _Call(args, keywords, node, batch)
        self.writable()
        return method(call)

    # -- tables

    def _op_create_table(self, call: _Call) -> Any:
        name = text_of(call.get(0, "table_name"))
        if name is None:
            self.open_schema("a table is created whose name is computed")
            return Unknown("a table whose name is computed")
        schema = text_of(call.keywords.get("schema"))
        self.create_table(name, schema, call.args[1:], call.node, call.keywords.get("if_not_exists") is True, True)
        return Built(Ref("sqlalchemy.Table"), [name, None, *call.args[1:]], {"schema": schema} if schema else {})

    def create_table(
        self,
        name: str,
        schema: str | None,
        items: list[Any],
        node: e.Node | None,
        if_not_exists: bool = False,
        is_directive: bool = False,
    ) -> None:
        """Create a table of columns and constraints; `is_directive` for `op.create_table` itself."""
        world = self.writable()
        key = world.key(name, schema)
        known = world.tables.get(key)
        if known is not None and if_not_exists and not known.maybe and not known.baseline:
            return
        step = self.step(node, f"create_table {name}")
        table = SimTable(name, schema, steps=(step,))
        world.tables[key] = table
        for item in items:
            if is_column(item):
                self.add_column(table, item, step, True, is_directive)
            elif isinstance(item, Built):
                self._table_item(table, item, step)
            elif item is not None:
                table.open = (
                    table.open or f"an item of its `create_table` was not understood (revision {self.revision})"
                )

    def _op_drop_table(self, call: _Call) -> None:
        name = text_of(call.get(0, "table_name"))
        if name is None:
            self._unknown_target()
            return
        key = self.schema.key(name, text_of(call.keywords.get("schema")))
        known = self.schema.tables.get(key)
        if known is None and call.keywords.get("if_exists") is not True:
            table = SimTable(name, baseline=True)
            self.missing_targets.append((self.step(call.node, f"drop_table {name}"), table, ""))
        self.schema.drop_table(key)

    def _op_rename_table(self, call: _Call) -> None:
        old, new = text_of(call.get(0, "old_table_name")), text_of(call.get(1, "new_table_name"))
        if old is None or new is None:
            self._unknown_target()
            return
        step = self.step(call.node, f"rename_table {old} to {new}")
        schema = text_of(call.keywords.get("schema"))
        if not self.schema.rename_table(old, new, schema):
            self.schema.table_or_baseline(new, schema, step)

    def _unknown_target(self) -> None:
        """An operation on a table whose name is computed: any table may be meant."""
        for table in self.schema.tables.values():
            table.open = table.open or f"revision {self.revision} changes a table whose name is computed"
        self.open_schema("a table is changed whose name is computed")

    def _table(self, call: _Call, position: int, step: Step, *names: str) -> SimTable | None:
        """Return the table that a directive means."""
        if call.batch is not None:
            given, schema = call.batch.table, call.batch.schema
        else:
            given = call.get(position, *(names or ("table_name",)))
            schema = text_of(call.keywords.get("schema")) or text_of(call.keywords.get("source_schema"))
        name = text_of(given)
        if name is None:
            self._unknown_target()
            return None
        if self.schema.table(name, schema) is None:
            table = self.schema.table_or_baseline(name, schema, step)
            self.missing_targets.append((step, table, ""))
            return table
        return self.schema.table(name, schema)

    # -- columns

    def _op_add_column(self, call: _Call) -> None:
        value = call.get(0 if call.batch else 1, "column")
        step = self.step(call.node, "add_column")
        table = self._table(call, 0, step)
        if table is None:
            return
        if not is_column(value):
            table.open = table.open or f"revision {self.revision} adds a column that was not understood"
            return
        name = text_of(self._column_name(value))
        if name is not None and call.keywords.get("if_not_exists") is True and name in table.columns:
            return
        step = self.step(call.node, f"add_column {table.name}.{name}")
        if name is not None:
            self.hazards.required_column(table, value, name, step)
        self.add_column(table, value, step, False)

    def _op_drop_column(self, call: _Call) -> None:
        step = self.step(call.node, "drop_column")
        table = self._table(call, 0, step)
        if table is None:
            return
        name = text_of(call.get(0 if call.batch else 1, "column_name"))
        if name is None:
            table.open = table.open or f"revision {self.revision} drops a column whose name is computed"
            for column in table.columns.values():
                column.maybe = column.maybe or table.open
        else:
            table.drop_column(name)

    def _op_alter_column(self, call: _Call) -> None:
        step = self.step(call.node, "alter_column")
        table = self._table(call, 0, step)
        if table is None:
            return
        name = text_of(call.get(0 if call.batch else 1, "column_name"))
        if name is None:
            table.open = table.open or f"revision {self.revision} alters a column whose name is computed"
            for column in table.columns.values():
                column.type = column.nullable = column.default = Unknown(table.open)
            return
        step = self.step(call.node, f"alter_column {table.name}.{name}")
        known = table.columns.get(name)
        column = known or SimColumn(name)
        if known is None:
            reason = Unknown("no revision creates it")
            column = SimColumn(name, reason, reason, reason)
            if table.baseline:
                table.columns[name] = column
            elif table.open is None:
                self.missing_targets.append((step, table, name))
        column.steps = (*column.steps, step)
        keywords = call.keywords
        new_type, new_name = keywords.get("type_"), keywords.get("new_column_name", keywords.get("name"))
        if new_type is not None:
            column.type, column.enum = self.type_of(new_type)
            self.hazards.enum_in_old_table(self.schema, table, new_type, column.enum, step)
            self._note_enum(new_type, column.enum, step)
        if keywords.get("nullable") is not None:
            given = keywords["nullable"]
            column.nullable = given if isinstance(given, bool) else Unknown("computed")
        if keywords.get("server_default", False) is not False:
            column.default = self.default_of(keywords["server_default"])
        if self.dialect == "mysql" and (new_type is not None or new_name is not None or "nullable" in keywords):
            # MODIFY says the column anew: what is not given is reset.
            if "nullable" not in keywords and "existing_nullable" not in keywords and not column.primary_key:
                column.nullable = True
            if "server_default" not in keywords and "existing_server_default" not in keywords:
                column.default = None
        renamed = text_of(new_name)
        if renamed is not None and renamed != name:
            table.rename_column(name, renamed)
        elif new_name is not None and renamed is None:
            table.open = table.open or f"revision {self.revision} renames a column to a computed name"
            column.maybe = table.open

    def _column_name(self, value: Built) -> Any:
        first = value.args[0] if value.args else value.keywords.get("name", Unknown("its name"))
        return first if text_of(first) is not None or isinstance(first, Unknown) else value.keywords.get("name")

    def add_column(self, table: SimTable, value: Built, step: Step, in_table: bool, is_directive: bool = False) -> None:
        """Add a column as `Column(...)` says it; `is_directive` for a column of `op.create_table`."""
        name = text_of(self._column_name(value))
        if name is None:
            table.open = table.open or f"a column has a computed name (revision {self.revision})"
            return
        if self.dialect == "postgresql":
            name = name.encode()[:63].decode("utf-8", "ignore")
        kind: Any = value.keywords.get("type_")
        column = SimColumn(name, Unknown("it has no type"), steps=(step,))
        keys: list[Built] = []
        for argument in value.args[1:] if value.args and text_of(value.args[0]) is not None else value.args:
            if isinstance(argument, Built) and argument.last == "ForeignKey":
                keys.append(argument)
            elif isinstance(argument, Built) and argument.last in _NEUTRAL:
                column.default = Default(argument.last, True, True)
                if argument.last == "Identity":
                    column.nullable = False
            elif isinstance(argument, Built) and argument.last in _NOT_TYPES:
                continue
            elif kind is None and isinstance(argument, (Ref, Built, ClassValue, Instance, ReflectedType, Unknown)):
                kind = argument
        primary = value.keywords.get("primary_key", False)
        column.primary_key = primary is True
        nullable = value.keywords.get("nullable", column.nullable and not column.primary_key)
        column.nullable = nullable if isinstance(nullable, bool) else Unknown("computed")
        if column.primary_key:
            column.nullable = False
        if value.keywords.get("server_default") is not None:
            column.default = self.default_of(value.keywords["server_default"])
        if "**" in value.keywords:
            column.nullable = column.default = Unknown("some arguments are not known")
        if kind is not None:
            column.type, column.enum = self.type_of(kind)
            if is_directive:
                self.hazards.enum_in_new_table(self.schema, table, kind, column.enum, step)
            elif not in_table:
                self.hazards.enum_in_old_table(self.schema, table, kind, column.enum, step)
            self._note_enum(kind, column.enum, step)
        table.columns[name] = column
        if column.primary_key and in_table:
            primaries = [item for item in table.constraints if item.kind == "primary"]
            columns = (*(primaries[0].columns if primaries else ()), name)
            table.add_constraint(SimConstraint("primary", None, columns, step=step))
        for key in keys:
            self._foreign_key(table, (name,), key.args[:1], key.keywords, step)
        unique, index = value.keywords.get("unique") is True, value.keywords.get("index") is True
        if unique and not index:
            table.add_constraint(SimConstraint("unique", None, (name,), step=step))
        if index:
            table.add_constraint(SimConstraint("index", f"ix_{table.name}_{name}", (name,), unique=unique, step=step))

    def _foreign_key(
        self, table: SimTable, columns: tuple[str, ...], targets: list[Any], keywords: dict[str, Any], step: Step
    ) -> None:
        texts = [text_of(target) for target in targets]
        name, ondelete = text_of(keywords.get("name")), _action(keywords)
        if not texts or any(text is None or "." not in text for text in texts):
            table.add_constraint(SimConstraint("foreign", name, columns, ondelete=ondelete, step=step))
            return
        places = [str(text).rpartition(".") for text in texts]
        target = self.schema.key(places[0][0])
        remote = tuple(place[2] for place in places)
        table.add_constraint(SimConstraint("foreign", name, columns, target, remote, ondelete=ondelete, step=step))
        referred = self.schema.tables.get(target)
        for column, other in zip(columns, remote, strict=False):
            mine = table.columns.get(column)
            if mine is not None and mine.type == Unknown("it has no type") and referred is not None:
                if other in referred.columns:
                    mine.type = referred.columns[other].type

    def default_of(self, value: Any) -> Default | Unknown | None:
        """Return a server default."""
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, Member):
            value = value.value
        if isinstance(value, str):
            return Default(value)
        if isinstance(value, (int, float)):
            return Default(str(value))
        if isinstance(value, Ref):
            return Default(f"{value.last}()", True)
        if isinstance(value, Built):
            if value.last in _NEUTRAL:
                return Default(value.last, True, True)
            if value.last in ("text", "DefaultClause", "literal_column", "quoted_name") and value.args:
                inner = self.default_of(value.args[0])
                return Default(inner.text, True) if isinstance(inner, Default) and value.last == "text" else inner
            if value.last in ("true", "false", "null"):
                return Default(value.last, True)
            if not value.args:
                return Default(f"{value.last or 'expression'}()", True)
            return Default("an expression", True)
        return Unknown("its server default was not understood")

    # -- enums

    def _note_enum(self, value: Any, name: str | None, step: Step) -> None:
        if name is None or name in self.schema.enums:
            return
        while isinstance(value, Built) and value.last == "ARRAY" and value.args:
            value = value.args[0]
        labels = self.enum_parts(value)[1] if isinstance(value, Built) else None
        self.schema.enums[name] = SimEnum(labels, step)

    def _op_sync_enum_values(self, call: _Call) -> None:
        name = text_of(call.keywords.get("enum_name", call.get(1, "enum_name")))
        values = call.keywords.get("new_values", call.get(2, "new_values"))
        if name is not None:
            texts = [text_of(value) for value in values] if isinstance(values, (list, tuple)) else [None]
            known = [text for text in texts if text is not None]
            self.schema.enums[name] = SimEnum(known if len(known) == len(texts) else None, self.step(call.node, name))

    # -- constraints

    def _table_item(self, table: SimTable, item: Built, step: Step) -> None:
        columns = tuple(text for argument in item.args if (text := text_of(argument)) is not None)
        name = text_of(item.keywords.get("name"))
        if item.last == "PrimaryKeyConstraint":
            table.add_constraint(SimConstraint("primary", name, columns, step=step))
        elif item.last == "UniqueConstraint":
            table.add_constraint(SimConstraint("unique", name, columns, step=step))
        elif item.last == "ForeignKeyConstraint":
            local = item.args[0] if item.args else item.keywords.get("columns")
            remote = item.args[1] if len(item.args) > 1 else item.keywords.get("refcolumns")
            if isinstance(local, (list, tuple)) and isinstance(remote, (list, tuple)):
                names = tuple(text for value in local if (text := text_of(value)) is not None)
                self._foreign_key(table, names, list(remote), item.keywords, step)
        elif item.last == "Index" and columns:
            unique = item.keywords.get("unique") is True
            is_partial = len(columns) != len(item.args) or any(key.endswith("_where") for key in item.keywords)
            made = SimConstraint("index", columns[0], columns[1:], unique=unique, is_partial=is_partial, step=step)
            table.add_constraint(made)
        elif item.last == "CheckConstraint":
            table.add_constraint(SimConstraint("check", name, (), step=step))

    def _constraint(self, call: _Call, kind: str, columns_name: str = "columns") -> None:
        name = text_of(call.get(0, "constraint_name", "index_name", "name"))
        step = self.step(call.node, f"create {kind} {name or ''}".rstrip())
        table = self._table(call, 1, step, "table_name", "source")
        given = call.get(1 if call.batch else 2, columns_name)
        if table is None:
            return
        columns = tuple(text for value in _items(given) if (text := text_of(value)) is not None)
        unique = call.keywords.get("unique") is True
        is_partial = len(columns) != len(_items(given)) or any(key.endswith("_where") for key in call.keywords)
        table.add_constraint(SimConstraint(kind, name, columns, unique=unique, is_partial=is_partial, step=step))

    def _op_create_index(self, call: _Call) -> None:
        self._constraint(call, "index")

    def _op_create_unique_constraint(self, call: _Call) -> None:
        self._constraint(call, "unique")

    def _op_create_primary_key(self, call: _Call) -> None:
        self._constraint(call, "primary")

    def _op_create_foreign_key(self, call: _Call) -> None:
        name = text_of(call.get(0, "constraint_name", "name"))
        step = self.step(call.node, f"create_foreign_key {name or ''}".rstrip())
        table = self._table(call, 1, step, "source_table", "source")
        shift = 0 if call.batch else 1
        target = text_of(call.get(1 + shift, "referent_table", "referent"))
        local, remote = call.get(2 + shift, "local_cols"), call.get(3 + shift, "remote_cols")
        if table is None:
            return
        key = self.schema.key(target, text_of(call.keywords.get("referent_schema"))) if target is not None else None
        columns = tuple(text for value in _items(local) if (text := text_of(value)) is not None)
        others = tuple(text for value in _items(remote) if (text := text_of(value)) is not None)
        ondelete = _action(call.keywords)
        table.add_constraint(SimConstraint("foreign", name, columns, key, others, ondelete=ondelete, step=step))

    def _op_drop_index(self, call: _Call) -> None:
        name = text_of(call.get(0, "index_name"))
        for table in self.schema.tables.values():
            table.constraints = [item for item in table.constraints if item.kind != "index" or item.name != name]

    def _op_drop_constraint(self, call: _Call) -> None:
        name = text_of(call.get(0, "constraint_name"))
        step = self.step(call.node, f"drop_constraint {name}")
        table = self._table(call, 1, step)
        if table is None:
            return
        kept = [item for item in table.constraints if item.name != name]
        kind = {"foreignkey": "foreign", "unique": "unique", "primary": "primary", "check": "check"}.get(
            text_of(call.get(1 if call.batch else 2, "type_")) or ""
        )
        if len(kept) == len(table.constraints) and kind is not None:
            # The name comes from a convention or from the database: its kind and its columns tell.
            same = [item for item in table.constraints if item.kind == kind and item.name is None]
            named = [item for item in same if name and all(column in name for column in item.columns)]
            gone = (named or (same if kind == "primary" else []))[:1]
            kept = [item for item in table.constraints if item not in gone]
        table.constraints = kept

    # -- SQL, and objects that create themselves

    def execute_sql(self, value: Any, node: e.Node | None) -> Any:
        """Run a statement given as a string or a construct; a query finds an empty database."""
        if isinstance(value, Built):
            if isinstance(value.func, Bound) and value.func.name in ("bindparams", "execution_options", "columns"):
                return self.execute_sql(value.func.owner, node)
            if value.last in ("text", "DDL") and value.args:
                value = value.args[0]
            elif value.last in ("CreateTable", "DropTable", "AddColumn"):
                self.open_schema(f"`{value.last}` is executed")
                return Rows()
        text = text_of(value)
        if text is None:
            self.hazards.unread = self.hazards.unread or (isinstance(value, Unknown) and not self.quiet)
            return Rows("count(" if isinstance(value, Built) and "count" in repr(value.args)[:200] else "")
        if is_query(text):
            if is_catalog(text):
                self.asked_schema += 1
                return Unknown("the database's catalog is asked")
            return Rows(text)
        if not self.quiet:
            self.hazards.sql(text)
        if not self.quiet and looks_like_ddl(text):
            apply_sql(self.writable(), text, self.step(node, "execute"), self.type_from_text)
        return Rows(text)

    def create(self, value: Built, method: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> None:
        """Run `.create()`, `.drop()`, `.create_all()` or `.drop_all()` of a type, a table or metadata."""
        if self.quiet:
            return
        world = self.writable()
        if value.last in ("Enum", "ENUM"):
            name, labels = self.enum_parts(value)
            if name is not None and self.dialect == "postgresql":
                if method == "create":
                    world.enums.setdefault(name, SimEnum(labels, self.step(node, f"create type {name}"), True))
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


class _Call:
    """The arguments of a directive."""

    def __init__(self, args: list[Any], keywords: dict[str, Any], node: e.Node | None, batch: Batch | None) -> None:
        self.args = args
        self.keywords = keywords
        self.node = node
        self.batch = batch

    def get(self, position: int, *names: str) -> Any:
        """Return an argument by position or by one of its names."""
        if position < len(self.args):
            return self.args[position]
        return next((self.keywords[name] for name in names if name in self.keywords), None)


def _action(keywords: dict[str, Any]) -> str | Unknown | None:
    given = keywords.get("ondelete")
    return given if given is None else text_of(given) or Unknown("`ondelete` is computed")


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def is_query(sql: str) -> bool:
    """Tell whether a statement only asks."""
    import re

    return re.match(r"\s*(select|show|pragma|with\b(?!.*\b(insert|update|delete)\b))", sql, re.I | re.S) is not None


def is_catalog(sql: str) -> bool:
    """Tell whether a statement asks about the schema."""
    import re

    pattern = r"information_schema|\bpg_(?!catalog\.set)|sqlite_master|pragma|^\s*show\b|current_setting|to_regclass"
    return re.search(pattern, sql, re.I) is not None
