"""The `type_annotation_map` of a registry, wherever the registry is made."""

from __future__ import annotations

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.annotations import TypeMap, split_optional, type_key
from ormlint.index.inlining import BodyOf
from ormlint.index.symbols import External, FunctionSymbol, Module, Resolver, Value
from ormlint.index.vocabulary.sqlalchemy import REGISTRY


def map_of_registry(
    expr: e.Expr, module: Module, resolver: Resolver, body_of: BodyOf
) -> tuple[e.Expr, Module, bool] | None:
    """Return the type map that a registry is given, its module, and whether there may be more in it; None for none.

    A function that makes the registry may put anything into it.
    """
    symbol = resolver.expr(module, expr) if isinstance(expr, (e.Name, e.Attribute)) else None
    if isinstance(symbol, Value) and symbol.value is not None:
        expr, module = symbol.value, symbol.module
    called = resolver.expr(module, expr.func) if isinstance(expr, e.Call) else None
    if isinstance(expr, e.Call) and called == External(REGISTRY):
        given = expr.keyword("type_annotation_map")
        return (given, module, False) if given is not None else None
    if isinstance(called, FunctionSymbol):
        found = _given_in(body_of(called), {param.name for param in called.facts.params})
        if found is not None and isinstance(expr, e.Call):
            return found[0], called.module, found[1] or bool(expr.args or expr.keywords)
    return e.DictDisplay(expr.start, expr.end, ()), module, True


def _given_in(body: tuple[s.Stmt, ...], params: set[str]) -> tuple[e.Expr, bool] | None:
    """Return the map of the registry that a function returns, and whether it may hold more.

    The map starts as a dict, and gets what `.update({...})` adds. A parameter that adds to it is taken to be None.
    """
    statements = list(walk_statements(body))
    for item in statements:
        made = item.value if isinstance(item, s.Return) else None
        given = made.keyword("type_annotation_map") if isinstance(made, e.Call) else None
        if isinstance(given, e.Name):
            return _filled(given, statements, params)
        if given is not None:
            return given, True
    return None


def _filled(name: e.Name, statements: list[s.Stmt], params: set[str]) -> tuple[e.Expr, bool]:
    items: list[e.DictItem] = []
    is_open = False
    for item in statements:
        if isinstance(item, s.Assign) and name.id in map(e.dotted_name, item.targets):
            is_open = is_open or not isinstance(item.value, e.DictDisplay)
            items += item.value.items if isinstance(item.value, e.DictDisplay) else ()
        elif isinstance(item, s.Assign) and any(
            isinstance(target, e.Subscript) and e.dotted_name(target.value) == name.id for target in item.targets
        ):
            is_open = True
        elif isinstance(item, s.ExprStmt) and isinstance(item.value, e.Call):
            call = item.value
            if e.dotted_name(call.func) == f"{name.id}.update" and len(call.args) == 1:
                added = call.args[0]
                items += added.items if isinstance(added, e.DictDisplay) else ()
                is_parameter = isinstance(added, e.Name) and added.id in params
                is_open = is_open or not (is_parameter or isinstance(added, e.DictDisplay))
    return e.DictDisplay(name.start, name.end, tuple(items)), is_open


def read_type_map(expr: e.Expr, module: Module, resolver: Resolver, is_open: bool) -> TypeMap:
    """Read a type map; what is no dict of literal keys, or is said to be open, may have other keys."""
    entries: dict[str, tuple[e.Expr, Module]] = {}
    is_open = is_open or not isinstance(expr, e.DictDisplay)
    for item in expr.items if isinstance(expr, e.DictDisplay) else ():
        if item.key is None:
            is_open = True
            continue
        _, wanted = split_optional(item.key, resolver, module)
        entries[type_key(wanted, module, resolver)] = (item.value, module)
    return TypeMap(entries, is_open)
