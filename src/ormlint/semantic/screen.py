"""Which bodies need not be followed: those that give nothing but what they return, and that only when asked for it.

Most modules hold imports, definitions and constants, and in a project with migrations hundreds of functions are calls
of Alembic's operations. Followed, such a body emits no event, calls nothing of the project, hands nothing on and
stores nothing, so neither rules nor summaries nor call sites miss it; its record is made when somebody asks what it
returns. What the decision looks up in other files is noted like all that is read for the bodies of a file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.symbols import External, FunctionSymbol, Module
from ormlint.index.vocabulary.sqlalchemy import PREFIX

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

_OPERATIONS = frozenset(
    f"alembic.op.{name}"
    for name in (
        *("add_column", "alter_column", "drop_column", "create_table", "drop_table", "rename_table", "create_index"),
        *("drop_index", "create_foreign_key", "create_unique_constraint", "create_primary_key", "drop_constraint"),
        *("create_check_constraint", "create_table_comment", "drop_table_comment", "f"),
    )
)
# What makes parts of tables. Not `text`, whose SQL is an event; nor what gives sessions, statements or conditions.
_SCHEMA = frozenset(
    f"{PREFIX}{name}"
    for name in (
        *("Column", "Table", "Index", "ForeignKey", "ForeignKeyConstraint", "PrimaryKeyConstraint"),
        *("UniqueConstraint", "CheckConstraint", "Computed", "Identity", "Sequence", "Enum", "Boolean", "Integer"),
        *("SmallInteger", "BigInteger", "Numeric", "Float", "Double", "String", "Text", "Unicode", "UnicodeText"),
        *("DateTime", "Date", "Time", "Interval", "LargeBinary", "JSON", "ARRAY", "Uuid", "UUID", "VARCHAR", "INTEGER"),
        *("TIMESTAMP", "BOOLEAN", "TEXT", "DATETIME", "BIGINT", "NUMERIC", "FLOAT", "CHAR", "DATE"),
    )
)
_OTHERS = frozenset({"logging.getLogger", "structlog.get_logger"})
_HARMLESS = _OPERATIONS | _SCHEMA | _OTHERS
_RAISED = frozenset({"NotImplementedError", "ValueError", "TypeError", "RuntimeError", "KeyError"})
_CONSTANTS = frozenset({e.Constant, e.Bytes, e.EllipsisLiteral})


# A body that spans more bytes than this is not interpreted.
MAX_BODY_BYTES = 400_000


def is_too_large(body: tuple[s.Stmt, ...]) -> bool:
    """Tell whether a body has too many bytes of statements; definitions in it have bodies of their own."""
    if not body or body[-1].end - body[0].start <= MAX_BODY_BYTES:
        return False
    bytes_ = sum(item.end - item.start for item in body if not isinstance(item, (s.FunctionStmt, s.ClassStmt)))
    return bytes_ > MAX_BODY_BYTES


class Screen:
    """Tells which bodies of a model's project are silent."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index

    def is_silent(self, module: Module, symbol: FunctionSymbol | None) -> bool:
        """Tell whether a function, or a module's top level, gives nothing but what it returns."""
        if symbol is None:
            body, local = module.own_interface.body, frozenset[str]()
        else:
            body, local = self.index.body(symbol), frozenset(param.name for param in symbol.own_facts.params)
        if is_too_large(body) or not _Body(self, module, symbol is None, local).block(body):
            return False
        # Names of a function around it would be looked up there first.
        return symbol is None or self.model.parent(symbol) is None


class _Body:
    """One body: `local` are the names that do not mean what they mean at the top level of its module."""

    def __init__(self, screen: Screen, module: Module, is_top: bool, local: frozenset[str]) -> None:
        self.screen = screen
        self.module = module
        self.is_top = is_top
        self.local = local

    def block(self, block: tuple[s.Stmt, ...]) -> bool:
        return all(map(self.statement, block))

    def statement(self, statement: s.Stmt) -> bool:
        check = _STATEMENTS.get(type(statement))
        return check is not None and check(self, statement)

    def expr(self, expr: e.Expr | None) -> bool:
        if expr is None or type(expr) in _CONSTANTS:
            return True
        check = _EXPRESSIONS.get(type(expr))
        return check is not None and check(self, expr)

    # -- expressions

    def _str(self, expr: e.Str) -> bool:
        return expr.value not in self.screen.model.call_sites.names  # else a function may be asked for by it

    def _display(self, expr: e.Display) -> bool:
        return all(map(self.expr, expr.elements))

    def _dict(self, expr: e.DictDisplay) -> bool:
        return all(item.key is not None and self.expr(item.key) and self.expr(item.value) for item in expr.items)

    def _outside(self, expr: e.Expr) -> bool:
        return bool(self._external(expr))

    def _call(self, expr: e.Call) -> bool:
        if self._external(expr.func) not in _HARMLESS:
            return False
        return all(map(self.expr, expr.args)) and all(item.name and self.expr(item.value) for item in expr.keywords)

    def _external(self, expr: e.Expr) -> str:
        """Return the canonical name of something outside the project that one import binds, else nothing."""
        root = expr
        while isinstance(root, e.Attribute):
            root = root.value
        if not isinstance(root, e.Name) or root.id in self.local:
            return ""
        bindings = self.module.bindings(root.id)
        if len(bindings) != 1 or not isinstance(bindings[0].target, s.ImportBinding):
            return ""
        resolver = self.screen.index.resolver
        if not isinstance(resolver.name(self.module, root.id), External):
            return ""  # `db` of the project, whose `Column` is followed as an attribute of a value
        found = resolver.expr(self.module, expr)
        return found.name if isinstance(found, External) else ""

    # -- statements

    def _expression(self, statement: s.ExprStmt) -> bool:
        return self.expr(statement.value)

    def _assign(self, statement: s.Assign) -> bool:
        if statement.annotation is not None or statement.value is None:
            return False
        names = {target.id for target in statement.targets if isinstance(target, e.Name)}
        if len(names) < len(statement.targets) or not self.expr(statement.value):
            return False
        self.local |= names
        return True

    def _return(self, statement: s.Return) -> bool:
        return self.expr(statement.value)

    def _raise(self, statement: s.Raise) -> bool:
        value = statement.value
        made = value.func if isinstance(value, e.Call) else value
        if not isinstance(made, e.Name) or made.id not in _RAISED or made.id in self.local:
            return False
        if self.module.has(made.id) or self.module.stars:
            return False
        return not isinstance(value, e.Call) or (not value.keywords and all(map(self.expr, value.args)))

    def _if(self, statement: s.If) -> bool:
        """`if TYPE_CHECKING:`, which is all that is met."""
        is_name = type(statement.test) is e.Name and self._external(statement.test) == "typing.TYPE_CHECKING"
        return is_name and self.block(statement.body) and self.block(statement.orelse)

    def _definition(self, statement: s.FunctionStmt | s.ClassStmt) -> bool:
        self.local |= {statement.name}
        return self.is_top  # one inside a function is followed with it

    def _import(self, statement: s.Import) -> bool:
        return self.is_top  # the names of one inside a function are looked up where it stands

    def _jump(self, statement: s.Jump) -> bool:
        return statement.kind == "pass"


_EXPRESSIONS: dict[type, Callable[..., bool]] = {
    e.Str: _Body._str,
    e.Display: _Body._display,
    e.DictDisplay: _Body._dict,
    e.Name: _Body._outside,
    e.Attribute: _Body._outside,
    e.Call: _Body._call,
}
_STATEMENTS: dict[type, Callable[..., bool]] = {
    s.ExprStmt: _Body._expression,
    s.Assign: _Body._assign,
    s.Return: _Body._return,
    s.Raise: _Body._raise,
    s.If: _Body._if,
    s.FunctionStmt: _Body._definition,
    s.ClassStmt: _Body._definition,
    s.Import: _Body._import,
    s.Jump: _Body._jump,
}
