"""What old rows get in a column that becomes NOT NULL: the model's own default, where the database can say it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.schema.modeltypes import ModelTypes
from ormlint.schema.replay.values import Member, Ref, text_of

_CLOCKS = frozenset({"now", "utcnow", "today", "utc_now", "current_timestamp"})


def old_rows_value(types: ModelTypes, column: Column, kind: Any) -> Any:
    """Return a literal or an expression of SQL, or None where the model gives no default that SQL can say."""
    default = column.default
    if default is None:
        return None
    expr = default.expr
    if isinstance(expr, e.Lambda):
        expr = expr.body
    last = (e.dotted_name(expr.func if isinstance(expr, e.Call) else expr) or "").rpartition(".")[2]
    if last in _CLOCKS and isinstance(kind, (sa.DateTime, sa.Date, sa.Time)):
        return sa.func.current_date() if isinstance(kind, sa.Date) else sa.func.current_timestamp()
    if last == "uuid4" and types.dialect == "postgresql" and isinstance(kind, sa.Uuid):
        return sa.func.gen_random_uuid()
    if isinstance(kind, sa.JSON):
        empty = {"dict": "{}", "list": "[]"}.get(last) or _empty(expr)
        return sa.literal_column(f"'{empty}'") if empty is not None else None
    return _constant(types.value_of(expr, default.module), kind)


def _empty(expr: e.Expr) -> str | None:
    if isinstance(expr, e.DictDisplay) and not expr.items:
        return "{}"
    return "[]" if isinstance(expr, e.Display) and not expr.elements else None


def _constant(value: Any, kind: Any) -> Any:
    if isinstance(kind, sa.Enum):
        label = value.name if isinstance(value, Member) and value.name in kind.enums else text_of(value)
        return label if label in kind.enums else None
    if isinstance(value, Member):
        value = value.value
    if isinstance(value, Ref):
        return None
    if isinstance(kind, sa.Boolean):
        return value if isinstance(value, bool) else None
    if isinstance(kind, (sa.Integer, sa.Numeric)):
        return value if isinstance(value, (int, float)) else None
    return value if isinstance(kind, sa.String) and isinstance(value, str) else None
