"""Server defaults as SQLAlchemy clauses."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.index.columns import Default

_CONSTANTS = {"true": sa.true, "false": sa.false, "null": sa.null}


def server_default(default: Default | None) -> Any:
    """Return what `server_default=` was given, built anew; None where there is none, or it is not understood."""
    if default is None:
        return None
    return _clause(default.expr)


def _clause(expr: e.Expr) -> Any:
    if isinstance(expr, e.Str):
        return expr.value
    if not isinstance(expr, e.Call):
        return None
    dotted = e.dotted_name(expr.func) or ""
    owner, _, name = dotted.rpartition(".")
    if name in ("text", "literal_column", "DefaultClause") and len(expr.args) == 1:
        return sa.text(expr.args[0].value) if isinstance(expr.args[0], e.Str) else _clause(expr.args[0])
    if name in _CONSTANTS and not expr.args:
        return _CONSTANTS[name]()
    if name == "FetchedValue":
        return sa.FetchedValue()
    if name == "Identity" and not expr.args and not expr.keywords:
        return sa.Identity()
    if owner.rpartition(".")[2] == "func":
        arguments = [_literal(argument) for argument in expr.args]
        if None not in arguments:
            return getattr(sa.func, name)(*arguments)
    return None


def _literal(expr: e.Expr) -> Any:
    if isinstance(expr, (e.Str, e.Constant)):
        return expr.value
    return _clause(expr)
