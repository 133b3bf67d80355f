"""A reader of DDL in strings: the dozen statements that migrations use, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ormlint.schema.replay.simulated import Default, SimColumn, SimConstraint, SimEnum, SimSchema, SimTable, Step
from ormlint.schema.replay.values import Unknown

_TOKEN = re.compile(
    r"""\s+|--[^\n]*|/\*.*?\*/|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)|(?P<string>[eE]?'(?:[^']|'')*')"""
    r"""|(?P<word>[A-Za-z_][\w$]*)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>::|.)""",
    re.DOTALL,
)
_DDL = re.compile(
    r"\b(ALTER|CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+|TEMP(?:ORARY)?\s+|GLOBAL\s+|LOCAL\s+)*(TABLE|TYPE)\b",
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


class _Unread(ValueError):
    """A statement that is not understood."""


def looks_like_ddl(sql: str) -> bool:
    """Tell whether a string has a statement about tables or types."""
    return _DDL.search(sql) is not None


def statements(sql: str) -> Iterator[str]:
    """Yield the statements of a string; the body of `DO $$ … $$` gives those inside it."""
    start = depth = 0
    position = 0
    while position < len(sql):
        dollar = re.compile(r"\$\w*\$").match(sql, position)
        if dollar:
            end = sql.find(dollar.group(), dollar.end())
            position = len(sql) if end < 0 else end + len(dollar.group())
            continue
        token = _TOKEN.match(sql, position)
        assert token is not None
        position = token.end()
        if token.group() == ";" and not depth:
            yield sql[start : token.start()].strip()
            start = position
    if sql[start:].strip():
        yield sql[start:].strip()


def apply_sql(schema: SimSchema, sql: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]) -> None:
    """Apply the DDL of a string. What is not understood makes its table open, or the schema where it names none."""
    for statement in statements(sql):
        if re.match(r"DO\b", statement, re.IGNORECASE):
            _do_block(schema, statement, step, type_of)
        elif _DDL.match(_leading(statement)):
            _apply(schema, _leading(statement), step, type_of)
        elif re.match(r"RENAME\s+TABLE|CREATE\s+TABLE", statement, re.IGNORECASE):
            schema.open = schema.open or f"not understood: {statement[:60]}"


def _leading(statement: str) -> str:
    return re.sub(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", "", statement, flags=re.DOTALL)


def _do_block(schema: SimSchema, statement: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]) -> None:
    """Run the plain statements of a block: it asks whether a thing exists, and acts when it does not."""
    pattern = r"\b(?:ALTER\s+TABLE|(?:CREATE|ALTER|DROP)\s+TYPE|(?:CREATE|DROP)\s+TABLE)\b[^;]*"
    for found in re.finditer(pattern, statement, re.IGNORECASE):
        inner = found.group().strip()
        before = statement[: found.start()].rstrip()
        if before.endswith("'") or "||" in inner or re.search(r"%[IsL]", inner):
            schema.open = schema.open or f"a DO block builds its statements ({step.path})"
        else:
            _apply(schema, inner, step, type_of)


def _apply(schema: SimSchema, statement: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]) -> None:
    reader = _Reader(schema, statement, step, type_of)
    try:
        reader.run()
    except (_Unread, IndexError):
        reason = f"SQL that is not understood in revision {step.revision}: {' '.join(statement.split())[:80]}"
        table = schema.tables.get(reader.target) if reader.target else None
        if table is not None:
            table.open = table.open or reason
        else:
            schema.open = schema.open or reason


class _Reader:
    """One statement."""

    def __init__(
        self, schema: SimSchema, sql: str, step: Step, type_of: Callable[[str], tuple[Any, str | None]]
    ) -> None:
        self.schema = schema
        self.sql = sql
        self.step = replace(step, text=" ".join(sql.split())[:70])
        self.type_of = type_of
        self.tokens = [item for item in _TOKEN.finditer(sql) if item.lastgroup]
        self.at = 0
        self.target: str | None = None

    # -- tokens

    def word(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.tokens[position].group().upper() if position < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        if all(self.word(offset) == word for offset, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def identifier(self) -> str:
        token = self.tokens[self.at]
        if token.lastgroup not in ("word", "quoted"):
            raise _Unread(token.group())
        self.at += 1
        if token.lastgroup == "quoted":
            return token.group()[1:-1].replace('""', '"')
        return token.group().lower() if self.schema.dialect == "postgresql" else token.group()

    def name(self) -> str:
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        return ".".join(parts)

    def string(self) -> str:
        token = self.tokens[self.at]
        if token.lastgroup != "string":
            raise _Unread(token.group())
        self.at += 1
        return token.group().lstrip("eE")[1:-1].replace("''", "'")

    def until(self, stops: frozenset[str] = frozenset()) -> str:
        """Return the text up to a comma, a closing parenthesis or a stop word, outside parentheses."""
        depth, first = 0, self.at
        while self.at < len(self.tokens):
            word = self.word()
            if not depth and (word in (",", ")") or (word in stops and self.at > first)):
                break
            depth += (word in "([") - (word in ")]")
            self.at += 1
        if self.at == first:
            return ""
        return self.sql[self.tokens[first].start() : self.tokens[self.at - 1].end()]

    def names(self) -> tuple[str, ...]:
        """Return the columns of `(a, b DESC, …)`."""
        if not self.take("("):
            raise _Unread("columns")
        found = []
        while not self.take(")"):
            found.append(self.identifier())
            self.until()
            self.take(",")
        return tuple(found)

    # -- statements

    def run(self) -> None:
        if self.take("CREATE"):
            self.take("OR", "REPLACE")
            if any(self.take(word) for word in ("TEMPORARY", "TEMP")):
                return
            self.take("UNLOGGED")
            self._create_table() if self.take("TABLE") else self._create_type()
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
            raise _Unread(self.sql)

    def _create_type(self) -> None:
        if not self.take("TYPE"):
            raise _Unread(self.sql)
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
        while self.at < len(self.tokens) and self.word() not in (",", ")"):
            if self.take("NOT", "NULL"):
                column.nullable = False
            elif self.take("NULL"):
                continue
            elif self.take("DEFAULT"):
                value = self.until(_AFTER_TYPE - {"NULL", "NOT"} if self.word() == "NULL" else _AFTER_TYPE)
                column.default = None if value.upper() == "NULL" else Default(value, True)
            elif self.take("PRIMARY", "KEY"):
                table.add_constraint(SimConstraint("primary", None, (name,), step=self.step))
            elif self.take("UNIQUE"):
                table.add_constraint(SimConstraint("unique", None, (name,), step=self.step))
            elif self.take("CONSTRAINT"):
                self.identifier()
            elif self.take("REFERENCES"):
                self._reference(table, None, (name,))
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
        table.add_constraint(SimConstraint("foreign", name, columns, target, remote, ondelete=ondelete, step=self.step))

    def _constraint(self, table: SimTable) -> None:
        name = self.identifier() if self.take("CONSTRAINT") else None
        if self.take("PRIMARY", "KEY"):
            if self.word() == "(":
                table.add_constraint(SimConstraint("primary", name, self.names(), step=self.step))
        elif self.take("UNIQUE"):
            self.take("KEY")
            if self.word() == "(":
                table.add_constraint(SimConstraint("unique", name, self.names(), step=self.step))
        elif self.take("FOREIGN", "KEY"):
            columns = self.names()
            self.take("REFERENCES")
            self._reference(table, name, columns)
        else:
            table.add_constraint(SimConstraint("check", name, (), step=self.step))
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
            table.constraints = [item for item in table.constraints if item.name != dropped]
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
            raise _Unread(self.sql)
        elif self.word() in _HARMLESS:
            self.until()
        else:
            raise _Unread(self.sql)

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
