"""Alembic's directives on the simulated schema: tables and columns, plain or in a batch."""

from __future__ import annotations

from typing import Any

from ormlint.facts import expressions as e
from ormlint.schema.replay.clauses import NEUTRAL
from ormlint.schema.replay.constraints import Constraints
from ormlint.schema.replay.simulated import Default, SimColumn, SimConstraint, SimEnum, SimTable, Step
from ormlint.schema.replay.targets import Arguments, items_of
from ormlint.schema.replay.values import (
    BIND,
    CONTEXT,
    Batch,
    Built,
    ClassValue,
    Instance,
    Ref,
    ReflectedType,
    Unknown,
    text_of,
)

_COLUMNS = ("Column", "mapped_column")
_NOT_TYPES = (*NEUTRAL, "CheckConstraint", "DefaultClause")
# Directives of Alembic and of plugins that change no table's columns.
_SILENT = frozenset(
    [
        *("bulk_insert", "create_table_comment", "drop_table_comment", "create_exclude_constraint"),
        *("register_operation", "implementation_for", "register_comparator"),
        *("create_entity", "drop_entity", "replace_entity", "create_view", "replace_view", "drop_view"),
        *("create_function", "drop_function", "create_trigger", "drop_trigger", "create_extension", "drop_extension"),
        *("create_sp", "drop_sp", "replace_sp", "grant_table", "revoke_table", "create_comment", "drop_comment"),
    ]
)


def is_column(value: Any) -> bool:
    """Tell whether a value is `Column(...)`."""
    return isinstance(value, Built) and value.last in _COLUMNS


class Operations(Constraints):
    """Directives. What cannot be followed makes its table open, or the schema where the table is not known."""

    def operation(
        self, name: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None, batch: Batch | None
    ) -> Any:
        """Run one directive."""
        if name == "f":
            return Built(Ref("sqlalchemy.sql.elements.conv"), args[:1], {}) if args else Unknown("op.f")
        if name in ("get_bind", "connection"):
            return BIND
        if name in ("get_context", "migration_context"):
            return CONTEXT
        if name == "inline_literal":
            return args[0] if args else None
        if self.quiet:
            return Unknown("an operation outside of a migration")
        if name == "execute":
            return self.execute_sql(args[0] if args else keywords.get("sqltext"), node)
        if name in _SILENT:
            return None
        if name == "run_async" and args:
            return self.call(args[0], [BIND, *args[1:]], keywords, node)
        if name == "invoke" and args and isinstance(args[0], Built):
            return self._invoked(args[0], node)
        if name == "batch_alter_table":
            return Batch(args[0] if args else keywords.get("table_name"), text_of(keywords.get("schema")))
        method = getattr(self, f"_op_{name}", None)
        if method is None:
            return self._foreign_operation(name, args)
        self.writable()
        return method(Arguments(args, keywords, node, batch))

    def execute_sql(self, value: Any, node: e.Node | None) -> Any:
        """Run a statement."""
        raise NotImplementedError

    def _invoked(self, made: Built, node: e.Node | None) -> Any:
        """Run `op.invoke(AddColumnOp(…))`, whose arguments are those of the directive."""
        directive = {
            "AddColumnOp": "add_column",
            "DropColumnOp": "drop_column",
            "DropTableOp": "drop_table",
            "CreateTableOp": "create_table",
            "RenameTableOp": "rename_table",
            "CreateIndexOp": "create_index",
            "DropIndexOp": "drop_index",
            "ExecuteSQLOp": "execute",
        }.get(made.last)
        if directive is None:
            return self._foreign_operation(made.last or "invoke", made.args)
        args = (
            [made.args[0], *items_of(made.args[1])] if directive == "create_table" and len(made.args) > 1 else made.args
        )
        return self.operation(directive, args, made.keywords, node, None)

    def _foreign_operation(self, name: str, args: list[Any]) -> Unknown:
        """Note a directive that neither Alembic nor a plugin known here has: the tables it names may change."""
        for table in self.writable().tables.values():
            if any(text_of(argument) == table.name for argument in args):
                table.open = table.open or f"`op.{name}` of revision {self.revision} is not known"
        return Unknown(f"`op.{name}`")

    # -- tables

    def _op_create_table(self, call: Arguments) -> Any:
        name = text_of(call.get(0, "table_name"))
        if name is None:
            self.open_schema("a table is created whose name is computed")
            return Unknown("a table whose name is computed")
        schema = text_of(call.keywords.get("schema"))
        self.create_table(name, schema, call.args[1:], call.node, call.is_true("if_not_exists"), True)
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
        table = SimTable(name, schema, steps=(step,), history=self.history)
        if known is not None and not known.baseline and known.history != self.history:
            table.open = "revisions of histories that nothing links make it, and only one of them runs"
        world.tables[key] = table
        for item in items:
            if is_column(item):
                self.add_column(table, item, step, True, is_directive)
            elif not isinstance(item, Built) and item is not None:
                table.open = (
                    table.open or f"an item of its `create_table` was not understood (revision {self.revision})"
                )
        primary = tuple(name for name, column in table.columns.items() if column.primary_key)
        if primary:
            self.add_constraint(table, SimConstraint("primary", None, primary, step=step), None)
        for item in items:
            if isinstance(item, Built) and not is_column(item):
                self.table_item(table, item, step)

    def _op_drop_table(self, call: Arguments) -> None:
        name = text_of(call.get(0, "table_name"))
        if name is None:
            self.unknown_target()
            return
        key = self.schema.key(name, text_of(call.keywords.get("schema")))
        known = self.schema.tables.get(key)
        if known is None and not call.is_true("if_exists"):
            table = SimTable(name, baseline=True)
            self.missing_targets.append((self.step(call.node, f"drop_table {name}"), table, ""))
        self.schema.drop_table(key)

    def _op_rename_table(self, call: Arguments) -> None:
        old, new = text_of(call.get(0, "old_table_name")), text_of(call.get(1, "new_table_name"))
        if old is None or new is None:
            self.unknown_target()
            return
        step = self.step(call.node, f"rename_table {old} to {new}")
        schema = text_of(call.keywords.get("schema"))
        table = self.schema.table(old, schema)
        if self.schema.rename_table(old, new, schema) and table is not None:
            table.steps = (*table.steps, step)
        else:
            self.schema.table_or_baseline(new, schema, step)

    # -- columns

    def _op_add_column(self, call: Arguments) -> None:
        value = call.after_table(1, "column")
        table = self.table_of(call, 0, self.step(call.node, "add_column"))
        if table is None:
            return
        if not is_column(value):
            table.open = table.open or f"revision {self.revision} adds a column that was not understood"
            return
        name = text_of(self._column_name(value))
        if name is not None and call.is_true("if_not_exists") and name in table.columns:
            return
        step = self.step(call.node, f"add_column {table.name}.{name}")
        if name is not None:
            self.hazards.required_column(self.schema, table, value, name, step)
        self.add_column(table, value, step, call.is_true("inline_primary_key"))

    def _op_drop_column(self, call: Arguments) -> None:
        found = self.column_of(call, "drop")
        if found is None:
            return
        table, name = found
        if name is not None:
            table.drop_column(name)
            return
        for column in table.columns.values():
            column.maybe = column.maybe or table.open

    def _op_alter_column(self, call: Arguments) -> None:
        found = self.column_of(call, "alter")
        if found is None:
            return
        table, name = found
        if name is None:
            for column in table.columns.values():
                column.type = column.nullable = column.default = Unknown(table.open or "")
            return
        step = self.step(call.node, f"alter_column {table.name}.{name}")
        column = self.known_column(table, name, step)
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
        if "**" in keywords:
            column.type = column.nullable = column.default = Unknown("some arguments are not known")
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
        """Add a column as `Column(...)` says it; `is_directive` for a column of `op.create_table`.

        In a table that is being created its key is left to the caller, who knows the other columns.
        """
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
            elif isinstance(argument, Built) and argument.last in NEUTRAL:
                column.default = Default(argument.last, True, True)
                if argument.last == "Identity":
                    column.nullable = False
            elif isinstance(argument, Built) and argument.last in _NOT_TYPES:
                continue
            elif kind is None and isinstance(argument, (Ref, Built, ClassValue, Instance, ReflectedType, Unknown)):
                kind = argument
        primary = value.keywords.get("primary_key", False) is True
        nullable = value.keywords.get("nullable", column.nullable and not primary)
        column.nullable = nullable if isinstance(nullable, bool) else Unknown("computed")
        column.primary_key = primary and in_table  # a column that is added later is no key by itself
        if primary:
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
        for key in keys:
            self.add_foreign_key(table, (name,), key.args[:1], key.keywords, step)
        unique, index = value.keywords.get("unique") is True, value.keywords.get("index") is True
        if unique and not index:
            self.add_constraint(table, SimConstraint("unique", None, (name,), step=step), None)
        if index:
            self.add_constraint(table, SimConstraint("index", None, (name,), unique=unique, step=step), None)

    # -- enums

    def _note_enum(self, value: Any, name: str | None, step: Step) -> None:
        if name is None or name in self.schema.enums:
            return
        while isinstance(value, Built) and value.last == "ARRAY" and value.args:
            value = value.args[0]
        labels = self.enum_parts(value)[1] if isinstance(value, Built) else None
        self.schema.enums[name] = SimEnum(labels, step)

    def _op_sync_enum_values(self, call: Arguments) -> None:
        name = text_of(call.keywords.get("enum_name", call.get(1, "enum_name")))
        values = call.keywords.get("new_values", call.get(2, "new_values"))
        if name is not None:
            texts = [text_of(value) for value in items_of(values)] or [None]
            known = [text for text in texts if text is not None]
            self.schema.enums[name] = SimEnum(known if len(known) == len(texts) else None, self.step(call.node, name))
