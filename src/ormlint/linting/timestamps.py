"""What timestamp rules share: the configured pairs, overrides, and how a column is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ormlint.diagnostics import Fix
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.columns import Column, Default
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Value
from ormlint.index.vocabulary.sqlalchemy import DATETIMES, FUNC
from ormlint.linting import fixes
from ormlint.linting.context import Context, Place
from ormlint.semantic import clock
from ormlint.semantic import types as t

_NOW_FUNCTIONS = frozenset(
    {
        "now",
        "current_timestamp",
        "localtimestamp",
        "utcnow",
        "utc_timestamp",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "sysdate",
        "getdate",
        "sysutcdatetime",
    }
)
_NOW_TEXT = re.compile(
    r"\b(now|current_timestamp|localtimestamp|clock_timestamp|statement_timestamp|sysdate|getdate|utc_timestamp)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Override:
    """A column that a class declares again over an inherited one."""

    own: ModelAttribute
    inherited: ModelAttribute
    owner: ClassSymbol

    @property
    def own_column(self) -> Column:
        """The column of the class itself."""
        assert self.own.column is not None
        return self.own.column

    @property
    def inherited_column(self) -> Column:
        """The column it replaces."""
        assert self.inherited.column is not None
        return self.inherited.column


def override(context: Context, mapped: MappedClass, name: str) -> Override | None:
    """Return the override of a column by the class's own body, or None."""
    own = mapped.attributes.get(name)
    if own is None or own.owner is not mapped.symbol or own.column is None or own.value is None:
        return None
    if own.column.unread or own.conditional:
        return None
    inherited = context.index.inherited(mapped, name)
    if inherited is None or inherited.column is None or inherited.column.unread or inherited.owner is None:
        return None
    return Override(own, inherited, inherited.owner)


def pairs(context: Context) -> tuple[tuple[str, str], ...]:
    """Return the configured pairs of created and updated columns."""
    return context.settings.timestamp_pairs


def names(context: Context) -> tuple[str, ...]:
    """Return every column name of the configured pairs, each once, in order."""
    return tuple(dict.fromkeys(name for pair in pairs(context) for name in pair))


def is_python(default: Default | None) -> bool:
    """Tell whether a default certainly runs in Python."""
    return default is not None and default.kind == "python"


def asks_database_for_now(default: Default | None) -> bool:
    """Tell whether a default is the database's present time: `func.now()`, `text("CURRENT_TIMESTAMP")`."""
    if default is None:
        return False
    expr = default.expr
    if isinstance(expr, e.Call):
        name = (e.dotted_name(expr.func) or "").rpartition(".")[2]
        if name in ("text", "literal_column", "DefaultClause", "TextClause"):
            return bool(expr.args) and isinstance(expr.args[0], e.Str) and bool(_NOW_TEXT.search(expr.args[0].value))
        if name in ("timezone", "timezone_", "utcnow") or name in _NOW_FUNCTIONS:
            return True
        return False
    if isinstance(expr, e.Str):
        return bool(_NOW_TEXT.search(expr.value))
    return False


def related_to(attribute: ModelAttribute, message: str) -> Place:
    """Return the place of an attribute's declaration, with what it is to the finding."""
    return Place(attribute.module.path, attribute.range, message)


def time_of(context: Context, default: Default | None) -> t.Now | t.Moment | None:
    """Return the date and time that a Python default gives, where it is surely naive or aware."""
    if default is None or default.kind == "sql":
        return None
    found = _time(context, default.module, default.expr)
    return found if found is not None and found.aware is not None else None


def _time(context: Context, module: Module, expr: e.Expr, depth: int = 0) -> t.Now | t.Moment | None:
    resolver = context.index.resolver
    if depth > 4:
        return None
    if isinstance(expr, e.Lambda):
        return _called(context, module, expr.body, depth)
    if isinstance(expr, e.Call):
        symbol = resolver.expr(module, expr.func)
        if isinstance(symbol, External) and symbol.name == "functools.partial" and expr.args:
            func = expr.args[0]
            return _called(context, module, e.Call(expr.start, expr.end, func, expr.args[1:], expr.keywords), depth)
        return _called(context, module, expr, depth)  # called at import: the same value for ever
    if isinstance(expr, (e.Name, e.Attribute)):
        return _called(context, module, e.Call(expr.start, expr.end, expr, (), ()), depth)
    return None


def _called(context: Context, module: Module, expr: e.Expr, depth: int) -> t.Now | t.Moment | None:
    """Return the time that a call gives: of `datetime`, of a method of its value, of a function of the project."""
    resolver = context.index.resolver

    def is_zone(zone: e.Expr) -> bool:
        return isinstance(resolver.expr(module, zone.func if isinstance(zone, e.Call) else zone), External)

    if not isinstance(expr, e.Call):
        return None
    if isinstance(expr.func, e.Attribute) and isinstance(expr.func.value, e.Call):
        inner = _called(context, module, expr.func.value, depth + 1)
        return clock.after_method(inner, expr.func.attr, expr, is_zone) if inner is not None else None
    symbol = resolver.expr(module, expr.func)
    if isinstance(symbol, External):
        return clock.now_of(symbol.name, expr, is_zone) or clock.moment_of(symbol.name, expr, is_zone)
    if isinstance(symbol, FunctionSymbol) and not symbol.facts.decorators and not symbol.facts.is_async:
        returned = context.model.asked(symbol).returned
        return returned if isinstance(returned, (t.Now, t.Moment)) else None
    if isinstance(symbol, Value) and isinstance(symbol.value, e.Lambda) and symbol.owner is None:
        return _time(context, symbol.module, symbol.value, depth + 1)
    return None


def zone_is_known(mapped: MappedClass, column: Column) -> bool:
    """Tell whether it is certain that a column keeps a time zone, or that it keeps none."""
    if column.type not in DATETIMES or column.timezone is None or column.unread:
        return False
    # What a SQLModel field without a type becomes depends on SQLModel's release.
    return mapped.style != "sqlmodel" or column.type_expr is not None


# Arguments that keep a timestamp, or say what the inherited column says too: an override with others is there for them.
_USUAL = frozenset({"default", "insert_default", "server_default", "onupdate", "server_onupdate", "nullable", "init"})


def repair(context: Context, found: Override) -> Fix | None:
    """Return the fix of an override: to take it away, or `func.now()` where it is there for more than its default."""
    own, inherited = found.own_column, found.inherited_column
    is_for_more = (
        bool(set(own.arguments) - _USUAL)
        or own.name != inherited.name
        or (None not in (own.timezone, inherited.timezone) and own.timezone != inherited.timezone)
    )
    return _on_server(context, found) if is_for_more else removal(found)


def _on_server(context: Context, found: Override) -> Fix | None:
    call = found.own.value
    if not isinstance(call, e.Call) or found.own_column.server_default is not None:
        return None
    func = fixes.reference(context, found.own.module, FUNC, call)
    if func is None:
        return None
    now = f"{func.code}.now()"
    default = next((keyword for keyword in call.keywords if keyword.name == "default"), None)
    if default is not None:
        steps = [fixes.rename(default.name_range, "server_default"), fixes.replace(default.value, now)]
    else:
        steps = [fixes.add_argument(call, f"server_default={now}")]
    if found.inherited_column.onupdate is not None and found.own_column.onupdate is None:
        steps.append(fixes.add_argument(call, f"onupdate={now}"))
    return fixes.fix("Let the database set it, as it does in the base", *steps, *func.steps, safe=False)


def removal(found: Override) -> Fix | None:
    """Return the fix that takes an override away, which leaves the inherited column; None for unusual statements."""
    owner = found.own.owner
    for statement in owner.facts.body if owner is not None else ():
        if isinstance(statement, s.Assign) and len(statement.targets) == 1 and statement.value is not None:
            target = statement.targets[0]
            if isinstance(target, e.Name) and target.id == found.own.name:
                title = f"Remove the override; `{found.owner.name}.{found.own.name}` is left"
                return fixes.fix(title, fixes.remove_statement(statement), safe=False)
    return None
