"""Rule default-called-at-import. Its documentation and tests: default_called_at_import.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Default
from ormlint.index.symbols import External
from ormlint.linting import fixes, subjects
from ormlint.linting.columns import declared_columns, per_row
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM402",
    summary="A default is called once, at import, and gives every row the same value",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

# Functions whose value is another one at every call; nothing else is surely meant to be called per row.
_CHANGING = frozenset(
    {
        "datetime.datetime.utcnow",
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "uuid.uuid1",
        "uuid.uuid4",
        "uuid.uuid7",
        "os.urandom",
    }
)
_CHANGING_MODULES = ("random.", "secrets.")
_WRAPPERS = frozenset({"builtins.str", "builtins.int", "builtins.float"})


@rule.on(subjects.Model)
def called_once(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        for argument, default in (("default", column.default), ("onupdate", column.onupdate)):
            if default is None or default.kind == "sql":
                continue
            called = _changing_call(context, default, default.expr)
            if called is None:
                continue
            context.report_at(
                default.module,
                default.range,
                f"`{called}()` is called once, when the module is imported: every row that takes this `{argument}` of "
                f"`{owner}.{attribute.name}` gets the same value",
                symbol=f"{owner}.{attribute.name}",
                fix=_fix(context, attribute, default),
            )


def _fix(context: Context, attribute: subjects.ModelAttribute, default: Default) -> Fix | None:
    """Drop the call where it stands alone without arguments, else let a function make it for each row."""
    expr = default.expr
    if isinstance(expr, e.Call) and not expr.args and not expr.keywords and e.dotted_name(expr.func):
        code = context.source(expr.func, default.module)
        return fixes.fix(f"Give `{code}` itself", fixes.replace(expr, code), safe=True)
    made = per_row(context, attribute, default)
    if made is None:
        return None
    return fixes.fix("Use a function that is called for each row", fixes.replace(expr, made), safe=True)


def _changing_call(context: Context, default: Default, expr: e.Expr) -> str | None:
    """Return the name of the function that is called, through `str(…)` and attributes of its value."""
    if isinstance(expr, e.Attribute) and isinstance(expr.value, e.Call):
        return _changing_call(context, default, expr.value)
    if not isinstance(expr, e.Call):
        return None
    symbol = context.index.resolver.expr(default.module, expr.func)
    if isinstance(symbol, External):
        if symbol.name in _CHANGING or symbol.name.startswith(_CHANGING_MODULES):
            return e.dotted_name(expr.func)
        if symbol.name in _WRAPPERS and len(expr.args) == 1:
            return _changing_call(context, default, expr.args[0])
        return None
    if isinstance(expr.func, e.Attribute) and isinstance(expr.func.value, e.Call):  # `datetime.now().date()`
        return _changing_call(context, default, expr.func.value)
    return None
