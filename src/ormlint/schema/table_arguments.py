"""`__table_args__` and the arguments of `Table(...)`: constraints, indexes and options, built anew."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, Module
from ormlint.schema.expressions import ExpressionReader
from ormlint.schema.replay.values import Bound, Built, Ref, Unknown, text_of
from ormlint.schema.static import StaticMachine, clause, plain

_CONSTRAINTS = ("UniqueConstraint", "PrimaryKeyConstraint", "CheckConstraint", "ForeignKeyConstraint", "Index")


class ConstraintReader:
    """Reads the table arguments of mapped classes."""

    def __init__(self, index: ProjectIndex, machine: StaticMachine) -> None:
        self.index = index
        self.machine = machine
        self._made = 0
        self._memo: dict[str, tuple[list[Any], dict[str, Any], list[str]]] = {}

    def table_args(self, mapped: MappedClass) -> tuple[list[Any], dict[str, Any], list[str]]:
        """Return the constraints of a class's table, its options, and what was not read of both."""
        key = mapped.symbol.key
        if key not in self._memo:
            self._memo[key] = self._table_args(mapped)
        return self._memo[key]

    def _table_args(self, mapped: MappedClass) -> tuple[list[Any], dict[str, Any], list[str]]:
        found: list[Any] = []
        options: dict[str, Any] = {}
        unread: list[str] = []
        if mapped.table_call is not None:
            call, module = mapped.table_call
            for argument in call.args[2:]:
                self._take(self.machine.value(argument, module, None), found, options, unread)
            for keyword in call.keywords:
                options[keyword.name] = self.machine.value(keyword.value, module, None)
            return found, options, unread
        member = self.index.mapper.nearest(mapped.mro, "__table_args__")
        if member is None:
            return found, options, unread
        base = member.owner
        if member.function is not None:
            value = self.machine.returned(member.function, mapped.symbol)
            simple, _ = self.index.mapper.members.returned(member.function)
            if isinstance(value, Unknown) and simple is not None:
                value = self.machine.value(simple, base.module, base)
        else:
            value = self._in_body(member.value, base.module, base, mapped) if member.value is not None else None
        self._take(value, found, options, unread)
        return found, options, unread

    def _in_body(self, expr: e.Expr, module: Module, base: ClassSymbol, mapped: MappedClass) -> Any:
        """Evaluate in a class body, whose columns are known by their attribute."""
        scope = self.machine.body_scope(base)
        for attribute in mapped.columns():
            if attribute.name not in scope.names and attribute.column is not None:
                scope.names[attribute.name] = Built(Ref("column"), [attribute.column.name], {})
        return self.machine.value(expr, module, base)

    def _take(self, value: Any, found: list[Any], options: dict[str, Any], unread: list[str]) -> None:
        if isinstance(value, (list, tuple)):
            for item in value:
                self._take(item, found, options, unread)
        elif isinstance(value, dict):
            options.update((name, given) for name, given in value.items() if isinstance(name, str))
        elif isinstance(value, Built) and value.last in ("Column", "mapped_column"):
            pass  # a column of `Table(...)`
        elif isinstance(value, Built) and isinstance(value.func, Bound) and value.func.name == "ddl_if":
            is_there = self._is_there(value)
            if is_there:
                self._take(value.func.owner, found, options, unread)
            elif is_there is None:
                unread.append("`.ddl_if()` decides whether it is there")
        elif isinstance(value, Built):
            found.append(value)
        elif value is not None:
            unread.append(value.reason if isinstance(value, Unknown) else type(value).__name__)

    def _is_there(self, value: Built) -> bool | None:
        """Tell whether `.ddl_if(...)` makes a constraint or index on the database; None when it is not known."""
        wanted = value.keywords.get("dialect", value.args[0] if value.args else None)
        if isinstance(wanted, (str, tuple, list)):
            if self.machine.dialect not in ((wanted,) if isinstance(wanted, str) else wanted):
                return False
        elif wanted is not None:
            return None
        chosen = value.keywords.get("callable_", value.args[1] if len(value.args) > 1 else None)
        return True if chosen is None else self.machine.asked(chosen)

    def add(self, table: sa.Table, built: Built, mapped: MappedClass) -> str | None:
        """Add a constraint or index to a table; return why it could not be, or None."""
        name = built.last
        if name not in _CONSTRAINTS or not built.name.startswith("sqlalchemy."):
            return f"`{name or '?'}` is not known"
        options = {
            key: given
            for key, value in built.keywords.items()
            if key != "info" and not key.endswith("_where") and (given := _option(value)) is not None
        }
        label = built.keywords.get("name")
        place = {"CheckConstraint": 1, "ForeignKeyConstraint": 2}.get(name)
        if place is not None and len(built.args) > place:
            label = built.args[place]
            options.update({"name": given} if (given := plain(label)) is not None else {})
        if name != "Index" and isinstance(label, Unknown):
            return f"the name of `{name}`"
        try:
            if name == "CheckConstraint":
                text = clause(built.args[0] if built.args else built.keywords.get("sqltext"))
                if text is None and isinstance(built.node, e.Call) and built.node.args:
                    text = ExpressionReader(table, mapped, self.machine).build(built.node.args[0])
                if text is None:
                    return "the text of `CheckConstraint`"
                options.pop("sqltext", None)
                self._append(table, sa.CheckConstraint(text, **options))
            elif name == "ForeignKeyConstraint":
                self._foreign_key(table, built, mapped, options)
            elif name == "Index":
                self._index(table, built, mapped, options)
            else:
                columns = [self._column_at(place, built, table, mapped) for place in range(len(built.args))]
                if not columns and name == "UniqueConstraint":
                    return f"the columns of `{name}`"
                kind = sa.UniqueConstraint if name == "UniqueConstraint" else sa.PrimaryKeyConstraint
                self._append(table, kind(*columns, **options))
        except (LookupError, TypeError) as problem:
            return f"{name}: {problem}"
        except Exception as problem:  # whatever SQLAlchemy refuses when the class is defined
            return f"SQLAlchemy refuses `{name}`: {problem}"
        return None

    def _index(self, table: sa.Table, built: Built, mapped: MappedClass, options: dict[str, Any]) -> None:
        label = text_of(built.args[0]) if built.args else None
        if built.args and label is None and built.args[0] is not None:
            raise LookupError("its name is not known")
        elements: list[Any] = []
        nodes = built.node.args if isinstance(built.node, e.Call) else ()
        is_plain = len(nodes) == len(built.args) and not any(isinstance(node, e.Starred) for node in nodes)
        for position, item in enumerate(built.args[1:], 1):
            try:
                found: Any = self._column(item, table, mapped)
            except LookupError:
                found = clause(item)
                if (found is None or isinstance(found, str)) and is_plain:
                    found = ExpressionReader(table, mapped, self.machine).build(nodes[position])
                if found is None or isinstance(found, str):
                    raise
            elements.append(table.c[found] if isinstance(found, str) and found in table.c else found)
        partial = [key for key in built.keywords if key.endswith("_where")]
        options |= {key: self._condition(key, built, table, mapped) for key in partial}
        info = {"is_partial": bool(partial)}
        sa.Index(label, *elements, unique=options.pop("unique", None) is True, info=info, _table=table, **options)

    def _condition(self, key: str, built: Built, table: sa.Table, mapped: MappedClass) -> Any:
        """Return the rows a partial index is over: without them it would be another index, so it is not read at all."""
        found = clause(built.keywords[key])
        node = built.node.keyword(key) if isinstance(built.node, e.Call) else None
        if found is None and node is not None:
            found = ExpressionReader(table, mapped, self.machine).build(node)
        if not isinstance(found, (str, sa.ClauseElement)):
            raise LookupError(f"its `{key}` is not known")
        return sa.text(found) if isinstance(found, str) else found

    def _foreign_key(self, table: sa.Table, built: Built, mapped: MappedClass, options: dict[str, Any]) -> None:
        given = [built.args[i] if len(built.args) > i else None for i in (0, 1)]
        local = given[0] if given[0] is not None else built.keywords.get("columns")
        remote = given[1] if given[1] is not None else built.keywords.get("refcolumns")
        if not isinstance(local, (list, tuple)) or not isinstance(remote, (list, tuple)):
            raise LookupError("its columns are not known")
        columns = [self._column(item, table, mapped) for item in local]
        targets = [self._target(item) for item in remote]
        self._append(table, sa.ForeignKeyConstraint(columns, targets, **options))

    def _append(self, table: sa.Table, constraint: sa.Constraint) -> None:
        """Add a constraint. It is made before the table is, so it comes before those that columns make."""
        self._made += 1
        constraint._creation_order = self._made - 1_000_000
        table.append_constraint(constraint)

    def _target(self, item: Any) -> str:
        text = text_of(item)
        if text is not None:
            return text
        if isinstance(item, Built) and item.last in ("Column", "mapped_column"):
            for cls in self.machine.classes.values():
                mapped = self.index.mapped_of(cls.symbol)
                for name, held in (cls.attributes or {}).items():
                    attribute = mapped.attributes.get(name) if mapped is not None and held is item else None
                    if mapped is not None and attribute is not None and attribute.column is not None and mapped.table:
                        return f"{mapped.table}.{attribute.column.name}"
        raise LookupError("a column it refers to is not known")

    def _column_at(self, place: int, built: Built, table: sa.Table, mapped: MappedClass) -> str:
        """Return the column that an argument means by its value or, as `cls.name` of a mixin, by how it is written."""
        try:
            return self._column(built.args[place], table, mapped)
        except LookupError:
            nodes = built.node.args if isinstance(built.node, e.Call) else ()
            if len(nodes) != len(built.args) or any(isinstance(node, e.Starred) for node in nodes):
                raise
            found = ExpressionReader(table, mapped, self.machine).build(nodes[place])
            if not isinstance(found, sa.Column):
                raise
            return found.name

    def _column(self, item: Any, table: sa.Table, mapped: MappedClass) -> str:
        """Return the name of a column of the table that a string or a column of the class body means.

        Raises:
            LookupError: it means none.
        """
        text = text_of(item)
        if text is not None:
            if text in table.c:
                return text
            attribute = mapped.attributes.get(text)
            if attribute is not None and attribute.column is not None and attribute.column.extra.get("key") is not None:
                return attribute.column.name
        elif isinstance(item, Built) and item.last == "column" and item.args and item.args[0] in table.c:
            return str(item.args[0])
        raise LookupError(f"no column {text!r}" if text else "a column is not known")


def _option(value: Any) -> Any:
    """Return an option of a constraint or index: a literal, or a list or dict of them; None for anything else."""
    if isinstance(value, (list, tuple)):
        items = [plain(item) for item in value]
        return None if None in items else items
    if isinstance(value, dict):
        pairs = {plain(key): plain(item) for key, item in value.items()}
        return None if None in pairs or None in pairs.values() else pairs
    return plain(value)
