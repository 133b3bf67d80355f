"""Rule invalid-server-default. Its documentation and tests: invalid_server_default.md."""

from __future__ import annotations

import re

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.columns import Column, Default
from ormlint.index.symbols import External, FunctionSymbol, Value
from ormlint.index.vocabulary.sqlalchemy import BOOLEANS, DATETIMES, FUNC, FUNCTIONS, PREFIX, SERVER_DEFAULTS
from ormlint.linting import fixes, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context
from ormlint.linting.dialects import uses
from ormlint.linting.rule import Fixes, Rule

rule = Rule(
    __name__,
    code="ORM406",
    summary="A `server_default` that SQLAlchemy refuses or that the database takes for a text",
    since="0.1.0",
    severity=Severity.ERROR,
    fixes=Fixes.SOMETIMES,
)

_NOW = re.compile(r"^\s*(?:now|now\s*\(\s*\)|current_timestamp(?:\s*\(\s*\))?)\s*$", re.IGNORECASE)
_FLAG = re.compile(r"^(?:true|false|t|f)$", re.IGNORECASE)
_VALUE_MODULES = ("builtins.", "datetime.", "uuid.", "time.", "decimal.")


@rule.on(subjects.Model)
def invalid(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        default = column.server_default
        if default is None or ("server_default" not in column.arguments and subject.mapped.style != "sqlmodel"):
            continue
        name = f"{owner}.{attribute.name}"
        what = _refused(context, default)
        message = ""
        if what is not None:
            message = (
                f"`server_default` of `{name}` is {what}, where SQLAlchemy takes a string or a SQL expression: "
                "defining the class raises ArgumentError"
            )
        elif isinstance(default.expr, e.Str):
            effects = _as_text(context, column, default.expr.value)
            if effects:
                message = (
                    f'`server_default` of `{name}` is the quoted text "{default.expr.value}", not an expression: '
                    + ", ".join(effects)
                )
        if message:
            context.report_at(default.module, default.range, message, symbol=name, fix=_fix(context, column, default))


def _fix(context: Context, column: Column, default: Default) -> Fix | None:
    """Give the SQL expression that is meant: the present time, a flag, a number as text."""
    expr = default.expr
    value = expr.value if isinstance(expr, (e.Constant, e.Str)) else None
    if column.type in BOOLEANS:
        flags = {"true": "true", "t": "true", "false": "false", "f": "false"}
        flag = flags.get(str(value).strip().lower())
        found = fixes.reference(context, default.module, f"{PREFIX}{flag}", expr) if flag else None
        code = f"{found.code}()" if found is not None else ""
    elif isinstance(expr, e.Constant) and type(value) in (int, float):
        return fixes.fix(f'Use `"{value}"`', fixes.replace(expr, f'"{value}"'), safe=False)
    elif column.type in DATETIMES and _asks_for_now(context, default):
        found = fixes.reference(context, default.module, FUNC, expr)
        code = f"{found.code}.now()" if found is not None else ""
    else:
        return None
    if found is None:
        return None
    return fixes.fix(f"Use `{code}`", fixes.replace(expr, code), *found.steps, safe=False)


def _asks_for_now(context: Context, default: Default) -> bool:
    expr = default.expr
    if isinstance(expr, e.Str):
        return True  # it is reported for that
    func = expr.func if isinstance(expr, e.Call) else expr
    if isinstance(func, e.Lambda):
        func = func.body.func if isinstance(func.body, e.Call) else func.body
    symbol = context.index.resolver.expr(default.module, func)
    return isinstance(symbol, External) and symbol.name.rpartition(".")[2] in ("utcnow", "now", "today")


def _refused(context: Context, default: Default) -> str | None:
    """Return what a default is that raises at class definition, or None for what may be right."""
    expr = default.expr
    if isinstance(expr, e.Constant):
        return None if expr.value is None else f"`{expr.value}`"
    if isinstance(expr, (e.Display, e.DictDisplay)):
        return f"a {expr.kind if isinstance(expr, e.Display) else 'dict'}"
    if isinstance(expr, e.Bytes):
        return "bytes"
    if isinstance(expr, e.Lambda):
        return "a Python function"
    if isinstance(expr, e.Call):
        symbol = context.index.resolver.expr(default.module, expr.func)
        if isinstance(symbol, External) and symbol.name.startswith(_VALUE_MODULES):
            return None if symbol.name == "builtins.str" else f"the value of `{e.dotted_name(expr.func)}()`"
        return None
    if isinstance(expr, e.Attribute):
        enum = context.index.enum_of(context.index.resolver.expr(default.module, expr.value))
        if enum is not None and expr.attr in enum.members:
            return None if enum.is_str else "an Enum member"
    if not isinstance(expr, (e.Name, e.Attribute)):
        return None
    symbol = context.index.resolver.expr(default.module, expr)
    if isinstance(symbol, FunctionSymbol):
        return None if symbol.facts.decorators else f"the function `{symbol.name}`"
    if isinstance(symbol, External):
        if symbol.name.startswith(FUNCTIONS):
            return f"`{e.dotted_name(expr)}`, which is not called"
        if symbol.name in SERVER_DEFAULTS:
            return f"`{e.dotted_name(expr)}`, which is not called"
        return f"`{e.dotted_name(expr)}`" if symbol.name.startswith(_VALUE_MODULES) else None
    if isinstance(symbol, Value) and symbol.owner is None and isinstance(symbol.value, e.Constant):
        return f"`{symbol.value.value}`" if symbol.value.value is not None else None
    return None


def _as_text(context: Context, column: Column, text: str) -> list[str]:
    """Return what each database makes of a text that was meant as an expression; none where it is right."""
    settings = context.settings
    effects: list[str] = []
    if column.type in DATETIMES and _NOW.match(text):
        if uses(settings, "postgresql"):
            effects.append(
                "PostgreSQL turns it into the time the table was created, for every row"
                if text.strip().lower().startswith("now")
                else "PostgreSQL refuses the table"
            )
        if uses(settings, "sqlite"):
            effects.append("SQLite stores the text and loading the row raises ValueError")
        if uses(settings, "mysql") or uses(settings, "mariadb"):
            effects.append("MySQL and MariaDB refuse the table")
    elif column.type in BOOLEANS and _FLAG.match(text):
        if not settings.dialects and _is_for_postgresql(context):
            return []
        if uses(settings, "sqlite"):
            effects.append("SQLite stores the text, which loads as True and which no filter on the column finds")
        if uses(settings, "mysql") or uses(settings, "mariadb"):
            effects.append("MySQL and MariaDB refuse the table")
    return effects


def _is_for_postgresql(context: Context) -> bool:
    """Tell whether the project names PostgreSQL by its dialect, which takes such texts for flags."""
    return any(
        binding.module.startswith("sqlalchemy.dialects.postgresql") or binding.module.startswith(("psycopg", "asyncpg"))
        for module in context.index.modules.values()
        if not module.is_installed
        for statement in module.interface.body
        if isinstance(statement, s.Import)
        for binding in statement.bindings
    )
