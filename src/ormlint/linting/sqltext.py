"""SQL in strings, read by sqlglot: which tables and columns a statement names, and what meets a column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

# SQLAlchemy's names of databases, and sqlglot's.
_DIALECTS = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "oracle": "oracle",
    "mssql": "tsql",
}
_USUAL = ("postgresql", "mysql", "sqlite")
_STATEMENT = re.compile(r"\b(?:from|into|update|join)\b", re.IGNORECASE)
# Columns that databases add to every table, and words that some of them take for functions.
_PSEUDO = frozenset(
    word
    for words in (
        "ctid xmin xmax cmin cmax tableoid oid rowid _rowid_ rownum rowscn level sysdate systimestamp",
        "user current_user session_user current_date current_time current_timestamp localtime localtimestamp",
        "utc_timestamp default excluded new old inserted deleted true false null value",
    )
    for word in words.split()
)


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table named in a statement. `start` and `end` count code points of the text; -1 where not known."""

    name: str
    schema: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column named in a statement, and the only tables it can be of. All of them are tables, none a subquery."""

    name: str
    tables: tuple[TableUse, ...]
    start: int
    end: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A value that a column is given or compared with: a string literal, or a bound parameter's name."""

    column: ColumnUse
    literal: str | None
    parameter: str | None
    is_write: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Insert:
    """An INSERT with a list of columns.

    `values` holds, per column of the only row, `now`, the name of a function, `:parameter`, or a `'literal'`.
    """

    table: TableUse
    columns: tuple[ColumnUse, ...]
    values: tuple[str, ...] = ()


@dataclass(slots=True)
class SqlReading:
    """What the statements of one text name."""

    tables: list[TableUse] = field(default_factory=list)
    columns: list[ColumnUse] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    inserts: list[Insert] = field(default_factory=list)


def read_sql(text: str, dialects: tuple[str, ...]) -> list[SqlReading]:
    """Read a text as the configured databases would, without a configuration as the usual ones would.

    What only some of them read in a way is not certain: a rule speaks when all readings agree. A text that none
    can parse gives an empty list.
    """
    if not _STATEMENT.search(text):
        return []
    readings = [_read(text, _DIALECTS[name]) for name in dialects or _USUAL if name in _DIALECTS]
    return [reading for reading in readings if reading is not None]


@lru_cache(maxsize=512)
def _read(text: str, dialect: str) -> SqlReading | None:
    import logging

    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of commands it passes over
    try:
        statements = sqlglot.parse(text, read=dialect)
    except (SqlglotError, RecursionError, ValueError):
        return None
    if any(isinstance(statement, exp.Command) for statement in statements):
        return None
    reader = _Reader(exp)
    try:
        for statement in statements:
            if statement is not None:
                reader.statement(statement)
    except RecursionError:
        return None
    return reader.reading


@dataclass
class _Scope:
    """The tables a column can be of. `sources`: alias → table, or None for what has columns of its own."""

    sources: dict[str, TableUse | None]
    names: set[str]  # output names, which ORDER BY may use
    parent: _Scope | None
    ctes: frozenset[str]
    target: TableUse | None = None  # the table that a statement writes


class _Reader:
    """Walks statements, keeping the tables in scope."""

    def __init__(self, exp: Any) -> None:
        self.exp = exp
        self.reading = SqlReading()

    def statement(self, node: Any) -> None:
        exp = self.exp
        if isinstance(node, (exp.Query, exp.Subquery)):
            self._query(node, None, frozenset())
        elif isinstance(node, exp.Insert):
            self._insert(node)
        elif isinstance(node, (exp.Update, exp.Delete)):
            self._update(node)

    # -- statements

    def _with(self, node: Any, parent: _Scope | None, ctes: frozenset[str]) -> frozenset[str]:
        given = node.args.get("with_") or node.args.get("with")
        if given is None:
            return ctes
        ctes = ctes | {cte.alias.lower() for cte in given.expressions}
        for cte in given.expressions:
            if isinstance(cte.this, (self.exp.Insert, self.exp.Update, self.exp.Delete)):
                continue  # a writing CTE
            self._query(cte.this, parent, ctes)
        return ctes

    def _query(self, node: Any, parent: _Scope | None, ctes: frozenset[str]) -> None:
        exp = self.exp
        ctes = self._with(node, parent, ctes)
        if isinstance(node, exp.Subquery):
            self._query(node.this, parent, ctes)
        elif isinstance(node, exp.SetOperation):
            self._query(node.left, parent, ctes)
            self._query(node.right, parent, ctes)
        elif isinstance(node, exp.Select):
            scope = _Scope({}, {item.alias.lower() for item in node.expressions if item.alias}, parent, ctes)
            start = node.args.get("from_") or node.args.get("from")
            if start is not None:
                self._source(start.this, scope)
            for join in node.args.get("joins") or ():
                self._source(join.this, scope)
            for lateral in node.args.get("laterals") or ():
                self._source(lateral, scope)
            self._inside(node, scope)

    def _source(self, node: Any, scope: _Scope) -> None:
        exp = self.exp
        for join in node.args.get("joins") or ():
            self._source(join.this, scope)
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            alias = (node.alias or node.name).lower()
            if node.name.lower() in scope.ctes and not node.db:
                scope.sources[alias] = None
                return
            columns = node.args.get("alias") is not None and node.args["alias"].args.get("columns")
            use = self._table(node)
            scope.sources[alias] = None if columns else use
            return
        scope.sources[(node.alias or f"?{len(scope.sources)}").lower()] = None
        if isinstance(node, exp.Paren):
            self._source(node.this, scope)

    def _table(self, node: Any) -> TableUse:
        start, end = _place(node.this)
        use = TableUse(node.name, node.db, start, end)
        self.reading.tables.append(use)
        return use

    def _insert(self, node: Any) -> None:
        exp = self.exp
        ctes = self._with(node, None, frozenset())
        schema = node.this
        table = schema.this if isinstance(schema, exp.Schema) else schema
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            return
        use = self._table(table)
        columns: list[ColumnUse] = []
        for name in schema.expressions if isinstance(schema, exp.Schema) else ():
            if isinstance(name, exp.Identifier):
                columns.append(self._column(name, (use,)))
        value = node.expression
        values: tuple[str, ...] = ()
        if isinstance(value, exp.Values):
            rows = [row for row in value.expressions if isinstance(row, exp.Tuple)]
            for row in rows:
                for column, item in zip(columns, row.expressions, strict=False):
                    self._meet(column, item, is_write=True)
            if len(rows) == 1:
                values = tuple(self._value(item) for item in rows[0].expressions)
        elif isinstance(value, exp.Query):
            self._query(value, None, ctes)
        if columns:
            self.reading.inserts.append(Insert(use, tuple(columns), values))
        scope = _Scope({(table.alias or table.name).lower(): use, "excluded": use, "new": use}, set(), None, ctes, use)
        for key in ("conflict", "returning"):
            part = node.args.get(key)
            if part is not None:
                self._inside(part, scope)

    def _value(self, item: Any) -> str:
        exp = self.exp
        if isinstance(item, (exp.CurrentTimestamp, exp.CurrentDatetime)):
            return "now"
        if isinstance(item, exp.Anonymous):
            return str(item.name).lower()
        if isinstance(item, exp.Placeholder) and isinstance(item.this, str):
            return f":{item.this}"
        if isinstance(item, exp.Cast):
            return self._value(item.this)
        return f"'{item.name}'" if isinstance(item, exp.Literal) and item.is_string else ""

    def _update(self, node: Any) -> None:
        exp = self.exp
        ctes = self._with(node, None, frozenset())
        if not isinstance(node.this, exp.Table) or not isinstance(node.this.this, exp.Identifier):
            return
        scope = _Scope({}, set(), None, ctes)
        self._source(node.this, scope)
        scope.target = next(iter(scope.sources.values()), None)
        start = node.args.get("from_") or node.args.get("from")
        if start is not None:
            self._source(start.this, scope)
            for join in start.this.args.get("joins") or ():
                self._source(join.this, scope)
        using = node.args.get("using") or ()
        for item in using if isinstance(using, (list, tuple)) else [using]:
            if isinstance(item, exp.Expression):
                self._source(item, scope)
        if isinstance(node, exp.Update):
            for item in node.expressions:
                if isinstance(item, exp.EQ) and isinstance(item.this, exp.Column) and scope.target is not None:
                    if not item.this.table or len(scope.sources) == 1:
                        self._meet(self._column(item.this.this, (scope.target,)), item.expression, is_write=True)
                    self._walk(item.expression, scope)
        for key in ("where", "returning", "order", "limit"):
            part = node.args.get(key)
            if part is not None:
                self._inside(part, scope)

    # -- expressions

    def _inside(self, node: Any, scope: _Scope) -> None:
        for child in node.iter_expressions():
            if node.args.get("with_") is child or node.args.get("with") is child:
                continue
            self._walk(child, scope)

    def _walk(self, node: Any, scope: _Scope) -> None:
        exp = self.exp
        if isinstance(node, exp.Query):
            self._query(node, scope, scope.ctes)
            return
        if isinstance(node, exp.Table):
            return
        if isinstance(node, exp.Column):
            self._resolve(node, scope)
            return
        if isinstance(node, (exp.EQ, exp.NEQ)):
            for left, right in ((node.left, node.right), (node.right, node.left)):
                if isinstance(left, exp.Column):
                    column = self._resolved(left, scope)
                    if column is not None:
                        self._meet(column, right, is_write=False)
        elif isinstance(node, exp.In) and isinstance(node.this, exp.Column):
            column = self._resolved(node.this, scope)
            for item in node.expressions if column is not None else ():
                self._meet(column, item, is_write=False)  # type: ignore[arg-type]
        self._inside(node, scope)

    def _meet(self, column: ColumnUse, value: Any, *, is_write: bool) -> None:
        exp = self.exp
        if isinstance(value, exp.Cast):
            value = value.this
        if isinstance(value, exp.Literal) and value.is_string:
            start, end = _place(value)
            self.reading.meetings.append(Meeting(column, value.name, None, is_write, start, end))
        elif isinstance(value, exp.Placeholder) and isinstance(value.this, str) and value.this:
            self.reading.meetings.append(Meeting(column, None, value.this, is_write, -1, -1))

    def _column(self, name: Any, tables: tuple[TableUse, ...]) -> ColumnUse:
        start, end = _place(name)
        use = ColumnUse(name.name, tables, start, end, bool(name.args.get("quoted")))
        self.reading.columns.append(use)
        return use

    def _resolve(self, node: Any, scope: _Scope) -> None:
        found = self._resolved(node, scope)
        if found is not None:
            self.reading.columns.append(found)

    def _resolved(self, node: Any, scope: _Scope) -> ColumnUse | None:
        """Return the use of a column when it can only be of tables named here."""
        if not isinstance(node.this, self.exp.Identifier) or node.args.get("db"):
            return None
        start, end = _place(node.this)
        quoted = bool(node.this.args.get("quoted"))
        tables = _tables_of(node.table.lower(), scope) if node.table else _all_tables(node.name.lower(), scope)
        return ColumnUse(node.name, tables, start, end, quoted) if tables else None


def _tables_of(alias: str, scope: _Scope | None) -> tuple[TableUse, ...]:
    while scope is not None:
        if alias in scope.sources:
            source = scope.sources[alias]
            return (source,) if source is not None else ()
        scope = scope.parent
    return ()


def _all_tables(name: str, scope: _Scope | None) -> tuple[TableUse, ...]:
    """Return the tables an unqualified name may be a column of; none when it may be something else."""
    if name in _PSEUDO:
        return ()
    tables: dict[TableUse, None] = {}
    while scope is not None:
        if name in scope.names or name in scope.sources or None in scope.sources.values():
            return ()
        tables.update((source, None) for source in scope.sources.values() if source is not None)
        scope = scope.parent
    return tuple(tables)


def _place(node: Any) -> tuple[int, int]:
    """Return where a node stands in the text, in code points; -1 where sqlglot does not say."""
    meta = node.meta
    if "start" not in meta:
        return (-1, -1)
    return (meta["start"], meta["end"] + 1)
