"""SQL expressions over the columns of one table: checks, and the elements of indexes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.facts.operators import COMPARISONS
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, External, Module
from ormlint.schema.replay.values import Member, Unknown
from ormlint.schema.static import StaticMachine

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    **COMPARISONS,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "&": operator.and_,
    "|": operator.or_,
}
_METHODS = frozenset(
    [
        *("in_", "not_in", "notin_", "is_", "is_not", "isnot", "between", "like", "ilike", "op", "label"),
        *("asc", "desc", "nulls_first", "nulls_last", "collate"),
    ]
)
_FUNCTIONS = frozenset(
    [
        *("and_", "or_", "not_", "text", "cast", "desc", "asc"),
        *("literal", "literal_column", "null", "column", "true", "false"),
    ]
)


class NotRead(LookupError):
    """An expression that could not be built."""


class ExpressionReader:
    """Builds the expressions of one table with SQLAlchemy's own operators."""

    def __init__(self, table: sa.Table, mapped: MappedClass, machine: StaticMachine) -> None:
        self.table = table
        self.mapped = mapped
        self.machine = machine
        self.module: Module = mapped.symbol.module

    def build(self, expr: e.Expr) -> Any:
        """Return an expression built anew.

        Raises:
            NotRead: some part of it is not known.
        """
        if isinstance(expr, (e.Str, e.Constant)):
            return expr.value
        if isinstance(expr, e.Name) and (column := self._column(expr.id)) is not None:
            return column
        if isinstance(expr, e.Attribute) and (column := self._column(expr.attr)) is not None:
            owner = (e.dotted_name(expr.value) or "").rpartition(".")[2]
            if owner in ("c", "columns", "cls", "self", self.mapped.name):
                return column
        if isinstance(expr, e.Compare) and len(expr.rest) == 1 and expr.rest[0].op in _OPERATORS:
            left = self.build(expr.left)
            return _OPERATORS[expr.rest[0].op](left, self._compared(left, expr.rest[0].right))
        if isinstance(expr, e.Binary) and expr.op in _OPERATORS:
            return _OPERATORS[expr.op](self.build(expr.left), self.build(expr.right))
        if isinstance(expr, e.Unary) and expr.op in ("~", "-"):
            inner = self.build(expr.operand)
            return ~inner if expr.op == "~" else -inner
        if isinstance(expr, e.Call):
            return self._call(expr)
        return self._literal(expr)

    def _compared(self, left: Any, expr: e.Expr) -> Any:
        """Return what a column is compared with; a member of an enum as the label its type stores."""
        is_asked = isinstance(left, sa.Column) and not isinstance(expr, (e.Str, e.Constant))
        value = self._evaluated(expr) if is_asked else None
        if isinstance(value, Member):
            return self._bound(left, value)
        if isinstance(value, (list, tuple)) and any(isinstance(item, Member) for item in value):
            return [self._bound(left, item) if isinstance(item, Member) else item for item in value]
        return self.build(expr)

    def _bound(self, column: sa.Column[Any], member: Member) -> Any:
        """Return what a column stores for a member of an enum: its label, or what its type makes of it."""
        if isinstance(column.type, sa.Enum):
            labels = [label for label in dict.fromkeys((member.name, member.value)) if label in column.type.enums]
            if len(labels) != 1:
                raise NotRead("which label a member of an enum has is not known")
            return labels[0]
        for attribute in self.mapped.columns():
            if attribute.column is not None and attribute.column.name == column.name:
                kind = attribute.column.python_type
                if isinstance(kind, ClassSymbol) and (attribute.column.type or "").startswith("project."):
                    stored = self.machine.stored(kind, member)
                    if not isinstance(stored, (str, int, float)):
                        raise NotRead(f"what `{kind.name}` stores for a member of an enum is not known")
                    return stored
        return member.value

    def _evaluated(self, expr: e.Expr) -> Any:
        return self.machine.value(expr, self.module, self.mapped.symbol)

    def _column(self, name: str) -> Any:
        attribute = self.mapped.attributes.get(name)
        real = attribute.column.name if attribute is not None and attribute.column is not None else name
        return self.table.c.get(real)

    def _call(self, call: e.Call) -> Any:
        symbol = self.machine.index.resolver.expr(self.module, call.func)
        name = symbol.name if isinstance(symbol, External) else ""
        last = name.rpartition(".")[2]
        if name.startswith("sqlalchemy.") and (".func." in name or last in _FUNCTIONS):
            args = [self._type(item) if last == "cast" and i else self.build(item) for i, item in enumerate(call.args)]
            return getattr(sa.func if ".func." in name else sa, last)(*args)
        if name.startswith("sqlalchemy.") and isinstance(kind := getattr(sa.sql.functions, last, None), type):
            if issubclass(kind, sa.sql.functions.FunctionElement):  # `coalesce` of `sqlalchemy.sql.functions`
                return kind(*(self.build(item) for item in call.args))
        if isinstance(call.func, e.Attribute) and call.func.attr in _METHODS:
            owner = self.build(call.func.value)
            return getattr(owner, call.func.attr)(*(self._compared(owner, item) for item in call.args))
        if isinstance(call.func, e.Call):  # `column.op("->>")("name")`
            return self.build(call.func)(*(self.build(item) for item in call.args))
        return self._literal(call)

    def _type(self, expr: e.Expr) -> Any:
        found, reason = self.machine.type_of_expr(expr, self.module, self.mapped.symbol)
        if found is None:
            raise NotRead(reason)
        return found

    def _literal(self, expr: e.Expr) -> Any:
        value = self._evaluated(expr)
        items = value if isinstance(value, (list, tuple)) else [value]
        plain = [item.value if isinstance(item, Member) else item for item in items]
        if any(not isinstance(item, (str, int, float, bool, type(None))) for item in plain):
            raise NotRead(value.reason if isinstance(value, Unknown) else "an expression is not known")
        return plain if isinstance(value, (list, tuple)) else plain[0]
