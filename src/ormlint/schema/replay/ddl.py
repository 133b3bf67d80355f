"""A reader of DDL in strings: the dozen statements that migrations use, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ormlint.schema.replay.conventions import database_name
from ormlint.schema.replay.simulated import Default, SimColumn, SimConstraint, SimEnum, SimSchema, SimTable, Step
from ormlint.schema.replay.tokens import Tokens, Unread, statements
from ormlint.schema.replay.values import Unknown

_DDL = re.compile(
    r"\b(ALTER|CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+|TEMP(?:ORARY)?\s+|GLOBAL\s+|LOCAL\s+)*"
    r"(TABLE|TYPE|(?:UNIQUE\s+|FULLTEXT\s+)?INDEX)\b",
    re.IGNORECASE,
)
_AFTER_TYPE = frozenset(
    [
        "NOT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "UNIQUE",
        "REFERENCES",
        "CHECK",
        "CONSTRAINT",
        "GENERATED",
        "COLLATE",
        "ON",
        "AUTO_INCREMENT",
        "AFTER",
        "FIRST",
        "COMMENT",
        "USING",
    ]
)
_CONSTRAINTS = frozenset(["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"])
_HARMLESS = frozenset(
    [
        "VALIDATE",
        "OWNER",
        "ENABLE",
        "DISABLE",
        "SET",
        "RESET",
        "CLUSTER",
        "REPLICA",
        "INHERIT",
        "ATTACH",
        "DETACH",
        "CONVERT",
        "CHARACTER",
        "DEFAULT",
        "COMMENT",
        "ENGINE",
        "FORCE",
        "NO",
        "ROW",
        "AUTO_INCREMENT",
    ]
)


def looks_like_ddl(sql: str) -> bool:
    """Tell whether a string has a statement about tables or types."""
    return _DDL.search(sql) is not None


def apply_sql(schema: SimSchema, sql: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]) -> None:
    """Apply the DDL of a string. What is not understood makes its table open, or the schema where it names none."""
    for statement in statements(sql):
        if re.match(r"DO\b", statement, re.IGNORECASE):
            _do_block(schema, statement, step, type_of)
        elif _DDL.match(_leading(statement)):
            _apply(schema, _leading(statement), step, type_of)
        elif re.match(r"RENAME\s+TABLE|CREATE\s+TABLE", statement, re.IGNORECASE):
            schema.open = schema.open or f"not understood: {statement[:60]}"


def unread_sql(schema: SimSchema, sql: str, step: Step) -> None:
    """Note DDL of which parts are computed (`?`): its table may become another one, any table where it names none."""
    for statement in statements(sql):
        found = _UNREAD.search(statement)
        if found is None:
            continue
        reason = f"SQL that is computed in revision {step.revision}: {' '.join(statement.split())[:80]}"
        name = found[2].replace('"', "").replace("`", "")
        if found[1].upper() == "INDEX":
            for table in schema.tables.values():
                table.unsure.setdefault("index", reason)
        elif "?" in name:
            schema.open = schema.open or reason
            for table in schema.tables.values():
                table.open = table.open or reason
        else:
            known = schema.tables.get(schema.key(name))
            if known is not None:
                known.open = known.open or reason


def _leading(statement: str) -> str:
    return re.sub(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", "", statement, flags=re.DOTALL)


def _do_block(schema: SimSchema, statement: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]) -> None:
    """Run the plain statements of a block: it asks whether a thing exists, and acts when it does not."""
    pattern = r"\b(?:ALTER\s+TABLE|(?:CREATE|ALTER|DROP)\s+TYPE|(?:CREATE|DROP)\s+TABLE"
    pattern += r"|(?:CREATE(?:\s+UNIQUE)?|DROP|ALTER)\s+INDEX)\b[^;]*"
    for found in re.finditer(pattern, statement, re.IGNORECASE):
        inner = found.group().strip()
        before = statement[: found.start()].rstrip()
        if before.endswith("'") or "||" in inner or re.search(r"%[IsL]", inner):
            schema.open = schema.open or f"a DO block builds its statements ({step.path})"
        else:
            known = set(schema.enums)
            _apply(schema, inner, step, type_of)
            for name in schema.enums.keys() - known:
                schema.enums[name].guarded = True


def _apply(schema: SimSchema, statement: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]) -> None:
    reader = _Reader(schema, statement, step, type_of)
    try:
        reader.run()
    except (Unread, IndexError):
        reason = f"SQL that is not understood in revision {step.revision}: {' '.join(statement.split())[:80]}"
        table = schema.tables.get(reader.target) if reader.target else None
        if reader.about_index:
            for one in schema.tables.values() if table is None else (table,):
                one.unsure.setdefault("index", reason)
        elif table is not None:
            table.open = table.open or reason
        else:
            schema.open = schema.open or reason


_UNREAD = re.compile(
    r"\b(?:ALTER|CREATE|DROP)\s+(?:UNLOGGED\s+|UNIQUE\s+)?(TABLE|INDEX)\s+"
    r"(?:CONCURRENTLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?([\w.?\"`]+)",
    re.IGNORECASE,
)


class _Reader(Tokens):
    """One statement."""

    def __init__(
        self, schema: SimSchema, sql: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]
    ) -> None:
        super().__init__(sql, schema.dialect)
        self.schema = schema
        self.step = replace(step, text=" ".join(sql.split())[:70])
        self.type_of = type_of
        self.target: str | None = None
        self.about_index = False

    # -- statements

    def run(self) -> None:
        if self.take("CREATE"):
            self.take("OR", "REPLACE")
            if any(self.take(word) for word in ("TEMPORARY", "TEMP")):
                return
            self.take("UNLOGGED")
            if self.take("TABLE"):
                self._create_table()
            elif self.word() in ("UNIQUE", "INDEX", "FULLTEXT"):
                self._create_index()
            else:
                self._create_type()
        elif self.take("DROP", "INDEX"):
            self._drop_index()
        elif self.take("ALTER", "INDEX"):
            self._rename_index()
        elif self.take("DROP", "TABLE"):
            self.take("IF", "EXISTS")
            while True:
                self.schema.drop_table(self.schema.key(self.name()))
                if not self.take(","):
                    return
        elif self.take("DROP", "TYPE"):
            self.take("IF", "EXISTS")
            self.schema.enums.pop(self.name().rpartition(".")[2], None)
        elif self.take("ALTER", "TYPE"):
            self._alter_type()
        elif self.take("ALTER", "TABLE"):
            self._alter_table()
        else:
            raise Unread(self.sql)

    def _add(self, table: SimTable, item: SimConstraint) -> None:
        """Add a constraint; the database names what has no name."""
        item.name = item.name or database_name(self.schema, table, item)
        if item.name is not None and self.dialect == "postgresql":
            item.name = item.name.encode()[:63].decode("utf-8", "ignore")
        table.add_constraint(item)

    def _create_index(self) -> None:
        self.about_index = True
        unique = self.take("UNIQUE")
        self.take("FULLTEXT")
        self.take("INDEX")
        self.take("CONCURRENTLY")
        exists = self.take("IF", "NOT", "EXISTS")
        name = None if self.word() == "ON" else self.identifier()
        if not self.take("ON"):
            raise Unread(self.sql)
        self.take("ONLY")
        self.target = self.schema.key(self.name())
        table = self.schema.tables.get(self.target)
        if self.take("USING"):
            self.identifier()
        columns = self.expressions()
        is_partial = "" in columns or "WHERE" in (self.word(ahead) for ahead in range(len(self.tokens) - self.at))
        if table is None or (exists and any(item.name == name for item in table.constraints)):
            return
        known = tuple(column for column in columns if column)
        uses = frozenset(re.findall(r"\w+", self.sql)) if is_partial else frozenset()
        item = SimConstraint("index", name, known, unique=unique, is_partial=is_partial, uses=uses, step=self.step)
        self._add(table, item)

    def _drop_index(self) -> None:
        self.about_index = True
        self.take("CONCURRENTLY")
        self.take("IF", "EXISTS")
        while True:
            name = self.name().rpartition(".")[2]
            for table in self.schema.tables.values():
                table.constraints = [item for item in table.constraints if item.kind != "index" or item.name != name]
            if not self.take(","):
                return

    def _rename_index(self) -> None:
        self.about_index = True
        self.take("IF", "EXISTS")
        old = self.name().rpartition(".")[2]
        if not self.take("RENAME", "TO"):
            return  # its storage
        new = self.identifier()
        for table in self.schema.tables.values():
            for item in table.constraints:
                item.name = new if item.name == old else item.name

    def _create_type(self) -> None:
        if not self.take("TYPE"):
            raise Unread(self.sql)
        name = self.name().rpartition(".")[2]
        if not self.take("AS", "ENUM", "("):
            return  # a composite type or a domain
        labels = []
        while not self.take(")"):
            labels.append(self.string())
            self.take(",")
        self.schema.enums.setdefault(name, SimEnum(labels, self.step, explicit=True))

    def _alter_type(self) -> None:
        name = self.name().rpartition(".")[2]
        enum = self.schema.enums.get(name)
        labels = enum.labels if enum is not None else None
        if self.take("ADD", "VALUE"):
            self.take("IF", "NOT", "EXISTS")
            label = self.string()
            if labels is None or label in labels:
                return
            before = self.take("BEFORE")
            if before or self.take("AFTER"):
                labels.insert(labels.index(self.string()) + (not before), label)
            else:
                labels.append(label)
        elif self.take("RENAME", "VALUE"):
            old = self.string()
            self.take("TO")
            if enum is not None and labels is not None:
                new = self.string()
                enum.labels = [new if label == old else label for label in labels]
        elif self.take("RENAME", "TO"):
            new = self.identifier()
            if enum is not None:
                self.schema.enums[new] = self.schema.enums.pop(name)
            for table in self.schema.tables.values():
                for column in table.columns.values():
                    if column.enum == name:
                        column.enum = new

    def _create_table(self) -> None:
        exists = self.take("IF", "NOT", "EXISTS")
        name = self.name()
        key = self.target = self.schema.key(name)
        if exists and key in self.schema.tables and not self.schema.tables[key].maybe:
            return
        prefix, _, last = name.rpartition(".")
        table = SimTable(last, prefix or None, steps=(self.step,))
        self.schema.tables[key] = table
        if not self.take("("):
            table.open = f"revision {self.step.revision} creates it from a query"
            return
        while self.at < len(self.tokens) and not self.take(")"):
            if self.word() in _CONSTRAINTS:
                self._constraint(table)
            elif self.take("LIKE"):
                source = self.schema.table(self.name())
                if source is None:
                    table.open = "it is made like a table that is not known"
                else:
                    table.columns.update(source.copied().columns)
                self.until()
            elif self.word() in ("KEY", "INDEX") and self.schema.dialect == "mysql":
                self.until()
            else:
                self._column(table)
            self.take(",")

    def _column(self, table: SimTable) -> None:
        name = self.identifier()
        text = self.until(_AFTER_TYPE).strip()
        kind, enum = self.type_of(text)
        column = SimColumn(name, kind, enum=enum, steps=(self.step,))
        if "SERIAL" in text.upper():
            column.nullable, column.default = False, Default("nextval", True, True)
        table.columns[name] = column
        label: str | None = None
        while self.at < len(self.tokens) and self.word() not in (",", ")"):
            if self.take("NOT", "NULL"):
                column.nullable = False
            elif self.take("NULL"):
                continue
            elif self.take("DEFAULT"):
                value = self.until(_AFTER_TYPE - {"NULL", "NOT"} if self.word() == "NULL" else _AFTER_TYPE)
                column.default = None if value.upper() == "NULL" else Default(value, True)
            elif self.take("PRIMARY", "KEY"):
                self._add(table, SimConstraint("primary", label, (name,), step=self.step))
            elif self.take("UNIQUE"):
                self._add(table, SimConstraint("unique", label, (name,), step=self.step))
            elif self.take("CONSTRAINT"):
                label = self.identifier()
                continue
            elif self.take("REFERENCES"):
                self._reference(table, label, (name,))
            elif self.take("GENERATED"):
                self.until(frozenset({"NOT", "NULL", "PRIMARY", "UNIQUE", "REFERENCES"}))
                column.default = Default("generated", True, True)
                if "IDENTITY" in self.sql.upper():
                    column.nullable = False
            elif self.word() == "(":
                self.at += 1
                while not self.take(")"):
                    self.until()
                    self.take(",")
            else:
                self.at += 1
                continue
            label = None

    def _reference(self, table: SimTable, name: str | None, columns: tuple[str, ...]) -> None:
        target = self.schema.key(self.name())
        remote = self.names() if self.word() == "(" else ("id",)
        ondelete: str | None = None
        while self.word() in ("ON", "MATCH"):
            is_delete = self.take("ON", "DELETE")
            if not is_delete and not self.take("ON", "UPDATE") and not self.take("MATCH"):
                break
            action = self.word()
            self.at += 1
            if action in ("SET", "NO"):
                action = f"{action} {self.word()}"
                self.at += 1
            ondelete = action if is_delete else ondelete
        self._add(table, SimConstraint("foreign", name, columns, target, remote, ondelete=ondelete, step=self.step))

    def _constraint(self, table: SimTable) -> None:
        name = self.identifier() if self.take("CONSTRAINT") else None
        if self.take("PRIMARY", "KEY"):
            if self.word() == "(":
                self._add(table, SimConstraint("primary", name, self.names(), step=self.step))
        elif self.take("UNIQUE"):
            self.take("KEY")
            if self.word() == "(":
                self._add(table, SimConstraint("unique", name, self.names(), step=self.step))
        elif self.take("FOREIGN", "KEY"):
            columns = self.names()
            self.take("REFERENCES")
            self._reference(table, name, columns)
        else:
            self._add(table, SimConstraint("check", name, (), step=self.step))
        self.until()

    def _alter_table(self) -> None:
        exists = self.take("IF", "EXISTS")
        self.take("ONLY")
        name = self.name()
        self.target = self.schema.key(name)
        if exists and self.target not in self.schema.tables:
            return
        table = self.schema.table_or_baseline(name, None, self.step)
        while self.at < len(self.tokens):
            self._action(table, name)
            self.until()
            if not self.take(","):
                return

    def _action(self, table: SimTable, name: str) -> None:
        if self.take("ADD"):
            if self.word() in _CONSTRAINTS:
                self._constraint(table)
            elif self.word() in ("INDEX", "KEY", "FULLTEXT"):
                self.until()
            else:
                self.take("COLUMN")
                exists = self.take("IF", "NOT", "EXISTS")
                if exists and self.tokens[self.at].group().strip('"').lower() in table.columns:
                    self.until()
                else:
                    self._column(table)
        elif self.take("DROP", "CONSTRAINT") or self.take("DROP", "FOREIGN", "KEY"):
            self.take("IF", "EXISTS")
            dropped = self.identifier()
            gone = [item for item in table.constraints if item.name == dropped]
            table.constraints = [item for item in table.constraints if item.name != dropped]
            if self.take("CASCADE"):
                for item in gone:
                    self.schema.drop_references(self.target or "", item.columns)
        elif self.take("DROP", "PRIMARY", "KEY"):
            table.constraints = [item for item in table.constraints if item.kind != "primary"]
        elif self.take("DROP", "INDEX"):
            self.until()
        elif self.take("DROP"):
            self.take("COLUMN")
            self.take("IF", "EXISTS")
            table.drop_column(self.identifier())
        elif self.take("RENAME", "TO"):
            self.schema.rename_table(name, self.identifier())
        elif self.take("RENAME", "CONSTRAINT"):
            old = self.identifier()
            self.take("TO")
            new = self.identifier()
            for item in table.constraints:
                item.name = new if item.name == old else item.name
        elif self.take("RENAME"):
            self.take("COLUMN")
            old = self.identifier()
            self.take("TO")
            table.rename_column(old, self.identifier())
        elif self.take("ALTER", "CONSTRAINT"):
            self.until()
        elif self.take("ALTER"):
            self.take("COLUMN")
            self._alter_column(table)
        elif self.take("MODIFY") or self.word() == "CHANGE":
            raise Unread(self.sql)
        elif self.word() in _HARMLESS:
            self.until()
        else:
            raise Unread(self.sql)

    def _alter_column(self, table: SimTable) -> None:
        name = self.identifier()
        column = table.columns.get(name) or SimColumn(name, Unknown("no revision says"), Unknown("no revision says"))
        column.steps = (*column.steps, self.step)
        if table.baseline:
            table.columns.setdefault(name, column)
        if self.take("SET", "NOT", "NULL"):
            column.nullable = False
        elif self.take("DROP", "NOT", "NULL"):
            column.nullable = True
        elif self.take("SET", "DEFAULT"):
            column.default = Default(self.until(), True)
        elif self.take("DROP", "DEFAULT"):
            column.default = None
        elif self.take("TYPE") or self.take("SET", "DATA", "TYPE"):
            column.type, column.enum = self.type_of(self.until(frozenset({"USING", "COLLATE"})).strip())
            self.until()
        else:
            self.until()
