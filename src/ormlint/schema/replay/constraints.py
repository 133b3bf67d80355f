"""Constraints and indexes: directives, and items of a `create_table`."""

from __future__ import annotations

import re
from typing import Any

from ormlint.schema.replay.clauses import Clauses
from ormlint.schema.replay.conventions import database_name, given_name
from ormlint.schema.replay.simulated import SimConstraint, SimTable, Step
from ormlint.schema.replay.targets import Arguments, Targets, items_of, texts_of
from ormlint.schema.replay.values import Bound, Built, Unknown, text_of

_REQUIRED = re.compile(r"""\s*\(?\s*["`]?(\w+)["`]?\s+IS\s+NOT\s+NULL\s*\)?\s*""", re.IGNORECASE)
_KINDS = {"foreignkey": "foreign", "unique": "unique", "primary": "primary", "check": "check"}
_ORDERS = ("desc", "asc", "nulls_last", "nulls_first", "nullslast", "nullsfirst")
_ORDERED = re.compile(r'"?(\w+)"?(?:\s+(?:ASC|DESC))?(?:\s+NULLS\s+(?:FIRST|LAST))?', re.IGNORECASE)


def action_of(keywords: dict[str, Any]) -> str | Unknown | None:
    """Return what `ondelete=` says."""
    given = keywords.get("ondelete")
    return given if given is None else text_of(given) or Unknown("`ondelete` is computed")


def indexed_column(value: Any) -> str:
    """Return the column that an item of an index is about; an empty string for an expression."""
    text = text_of(value)
    if text is not None:
        return text
    if not isinstance(value, Built):
        return ""
    if isinstance(value.func, Bound) and value.func.name in _ORDERS:
        return indexed_column(value.func.owner)
    if value.last in ("text", "literal_column", "column") and value.args:
        match = _ORDERED.fullmatch((text_of(value.args[0]) or "").strip())
        return match[1] if match is not None else ""
    if value.last in _ORDERS and value.args:
        return indexed_column(value.args[0])
    if value.last in ("Column", "mapped_column") and value.args:
        return text_of(value.args[0]) or ""
    return ""


class Constraints(Clauses, Targets):
    """Keeps the constraints of tables. Their names are what the database has."""

    def add_constraint(self, table: SimTable, item: SimConstraint, name: Any) -> None:
        """Add a constraint under the name it gets."""
        if isinstance(name, Unknown):
            item.name = None
            table.unsure.setdefault(item.kind, f"a name is computed in revision {self.revision}")
        else:
            is_final = isinstance(name, Built) and name.last == "conv"
            item.name = given_name(self.convention, table, item, text_of(name), is_final, self.dialect)
            if item.name is None:
                item.name = database_name(self.schema, table, item)
        if item.name is not None and self.dialect == "postgresql":
            item.name = item.name.encode()[:63].decode("utf-8", "ignore")
        table.add_constraint(item)

    def add_foreign_key(
        self, table: SimTable, columns: tuple[str, ...], targets: list[Any], keywords: dict[str, Any], step: Step
    ) -> None:
        """Add a foreign key that is given by `table.column` strings."""
        texts = [_target_text(target) for target in targets]
        item = SimConstraint("foreign", None, columns, ondelete=action_of(keywords), step=step)
        if texts and all(text is not None and "." in text for text in texts):
            places = [str(text).rpartition(".") for text in texts]
            item.target = self.schema.key(places[0][0])
            item.target_columns = tuple(place[2] for place in places)
        elif texts and None not in texts:  # "table" alone: its column of the same name
            item.target, item.target_columns = self.schema.key(str(texts[0])), columns
        self.add_constraint(table, item, keywords.get("name"))
        referred = self.schema.tables.get(item.target or "")
        for column, other in zip(columns, item.target_columns, strict=False):
            mine = table.columns.get(column)
            if mine is not None and mine.type == Unknown("it has no type") and referred is not None:
                if other in referred.columns:
                    mine.type = referred.columns[other].type

    def add_index(self, table: SimTable, name: Any, given: list[Any], keywords: dict[str, Any], step: Step) -> None:
        """Add an index."""
        columns = tuple(indexed_column(value) for value in given)
        is_partial = "" in columns or any(key.endswith("_where") for key in keywords)
        unique = keywords.get("unique") is True
        known = tuple(column for column in columns if column)
        written = " ".join(text for value in given for text in _texts(value)) if "" in columns else ""
        uses = frozenset(re.findall(r"\w+", written))
        item = SimConstraint("index", None, known, unique=unique, is_partial=is_partial, uses=uses, step=step)
        if not known and text_of(name) is None:
            table.unsure.setdefault("index", f"an index of revision {self.revision} was not understood")
            return
        self.add_constraint(table, item, name)

    def table_item(self, table: SimTable, item: Built, step: Step) -> None:
        """Add what stands beside the columns of a `create_table`."""
        name = item.keywords.get("name")
        columns = texts_of(item.args)
        if item.last == "PrimaryKeyConstraint":
            self.add_constraint(table, SimConstraint("primary", None, columns, step=step), name)
        elif item.last == "UniqueConstraint":
            self.add_constraint(table, SimConstraint("unique", None, columns, step=step), name)
        elif item.last == "ForeignKeyConstraint":
            local = item.args[0] if item.args else item.keywords.get("columns")
            remote = item.args[1] if len(item.args) > 1 else item.keywords.get("refcolumns")
            if item.keywords.get("use_alter") is True and self.dialect != "sqlite":
                return  # `create_table` leaves it to an ALTER of its own
            if isinstance(local, (list, tuple)) and isinstance(remote, (list, tuple)):
                self.add_foreign_key(table, texts_of(list(local)), list(remote), item.keywords, step)
        elif item.last == "Index" and item.args:
            self.add_index(table, item.args[0], item.args[1:], item.keywords, step)
        elif item.last == "CheckConstraint":
            required = required_by(text_of(item.args[0] if item.args else item.keywords.get("sqltext")))
            self.add_constraint(table, SimConstraint("check", None, required, step=step), name)

    # -- directives

    def _create(self, call: Arguments, kind: str, *names: str) -> None:
        name = call.get(0, "constraint_name", "index_name", "name")
        step = self.step(call.node, f"create {kind} {text_of(name) or ''}".rstrip())
        table = self.table_of(call, 1, step, "table_name", "source")
        if table is None:
            return
        given = items_of(call.after_table(2, *(names or ("columns",))))
        if kind == "index":
            if call.is_true("if_not_exists") and any(item.name == text_of(name) for item in table.constraints):
                return
            self.add_index(table, name, given, call.keywords, step)
            return
        nullable = {column: found.nullable for column, found in table.columns.items()}
        item = SimConstraint(kind, None, texts_of(given), step=step)
        self.add_constraint(table, item, name)
        if kind == "primary" and self.dialect == "sqlite":
            for column, before in nullable.items():  # SQLite does not make them NOT NULL
                table.columns[column].nullable = before

    def _op_create_index(self, call: Arguments) -> None:
        self._create(call, "index")

    def _op_create_unique_constraint(self, call: Arguments) -> None:
        self._create(call, "unique")

    def _op_create_primary_key(self, call: Arguments) -> None:
        self._create(call, "primary")

    def _op_create_check_constraint(self, call: Arguments) -> None:
        name = call.get(0, "constraint_name", "name")
        step = self.step(call.node, f"create check {text_of(name) or ''}".rstrip())
        table = self.table_of(call, 1, step, "table_name", "source")
        if table is not None:
            required = required_by(text_of(call.after_table(2, "condition")))
            self.add_constraint(table, SimConstraint("check", None, required, step=step), name)

    def _op_create_foreign_key(self, call: Arguments) -> None:
        name = call.get(0, "constraint_name", "name")
        step = self.step(call.node, f"create_foreign_key {text_of(name) or ''}".rstrip())
        table = self.table_of(call, 1, step, "source_table", "source")
        if table is None:
            return
        target = text_of(call.after_table(2, "referent_table", "referent"))
        local, remote = call.after_table(3, "local_cols"), call.after_table(4, "remote_cols")
        key = self.schema.key(target, text_of(call.keywords.get("referent_schema"))) if target is not None else None
        columns, others = texts_of(items_of(local)), texts_of(items_of(remote))
        item = SimConstraint("foreign", None, columns, key, others, ondelete=action_of(call.keywords), step=step)
        self.add_constraint(table, item, name)

    def _op_drop_index(self, call: Arguments) -> None:
        given = call.get(0, "index_name")
        name = text_of(given)
        kinds = ("index", "unique") if self.dialect == "mysql" else ("index",)
        wanted = call.batch.table if call.batch is not None else call.get(1, "table_name")
        table = self.schema.table(text_of(wanted) or "") if wanted is not None else None
        for one in self.schema.tables.values() if table is None or self.dialect == "postgresql" else (table,):
            if name is None:
                one.unsure.setdefault("index", f"revision {self.revision} drops an index whose name is computed")
            one.constraints = [item for item in one.constraints if item.kind not in kinds or item.name != name]

    def _op_drop_constraint(self, call: Arguments) -> None:
        given = call.get(0, "constraint_name", "name")
        name = text_of(given)
        step = self.step(call.node, f"drop_constraint {name}")
        table = self.table_of(call, 1, step)
        if table is None:
            return
        kind = _KINDS.get(text_of(call.after_table(2, "type_", "type")) or "")
        gone = [item for item in table.constraints if item.name is not None and item.name == name]
        if not gone and name is not None and not (isinstance(given, Built) and given.last == "conv"):
            # A name that the convention makes of the one that is written.
            gone = [item for item in table.constraints if self._conventional(table, item, name) == item.name]
        if not gone:
            gone = self._resembling(table, kind, name)
        # One that is dropped only where it is there: none of this table is called so.
        is_guarded = self.guarded and name is not None and all(item.name is not None for item in table.constraints)
        if not gone and not call.is_true("if_exists") and not (is_guarded and not table.open):
            for unsure in (kind,) if kind is not None else ("foreign", "unique", "check", "primary"):
                table.unsure.setdefault(unsure, f"revision {self.revision} drops `{name}`, which none is called")
        table.constraints = [item for item in table.constraints if not any(item is other for other in gone)]

    def _conventional(self, table: SimTable, item: SimConstraint, name: str) -> str | None:
        if item.name is None or not self.convention or item.kind == "index":
            return "\0"
        return given_name(self.convention, table, item, name, False, self.dialect)

    def _resembling(self, table: SimTable, kind: str | None, name: str | None) -> list[SimConstraint]:
        """Return the constraint meant by a name that something else gave it: its kind and its columns tell."""
        same = [item for item in table.constraints if item.kind == kind and (item.name is None or kind == "primary")]
        named = [item for item in same if name and item.columns and all(column in name for column in item.columns)]
        named.sort(key=lambda item: -len(item.columns))
        return (named or (same if kind == "primary" else []))[:1]


def _texts(value: Any) -> list[str]:
    """Return the strings in an expression: the columns it uses are among their words."""
    text = text_of(value)
    if text is not None:
        return [text]
    return [found for argument in value.args for found in _texts(argument)] if isinstance(value, Built) else []


def _target_text(value: Any) -> str | None:
    """Return `table.column` of a foreign key's target, which may be a column of another table."""
    text = text_of(value)
    if text is None and isinstance(value, Built) and value.last in ("Column", "mapped_column"):
        owner = value.extra.get("table")
        return f"{owner}.{text_of(value.args[0])}" if owner and value.args else None
    return text


def required_by(condition: str | None) -> tuple[str, ...]:
    """Return the column that a CHECK of this condition refuses NULL for, as `column IS NOT NULL` does."""
    match = _REQUIRED.fullmatch(condition) if condition is not None else None
    return (match[1],) if match is not None else ()
