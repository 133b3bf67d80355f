"""Core `Table` objects of modules in the shape of mapped classes, so that both are built in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import ClassFacts
from ormlint.index.linking import Linker
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, Module, Value
from ormlint.index.tablemapped import add_table_columns


def core_models(index: ProjectIndex, wanted: Callable[[str], bool]) -> Iterator[MappedClass]:
    """Yield what `Table(...)` at the top of a module declares; `wanted` is asked for the path of the module.

    Tables that classes are mapped to are among them. One whose name is not known is left out.
    """
    for path, module in sorted(index.modules.items()):
        for name, call in _table_calls(index, module) if wanted(path) else ():
            table = index.constants.string(call.args[0], module)
            if table is None:
                continue
            facts = ClassFacts(call.start, call.end, name, call.start, name, (), (), (), (), (), False, -1)
            symbol = ClassSymbol(module, facts, -1, is_made=True)
            mapped = MappedClass(symbol, "declarative", table, (symbol,), table_call=(call, module))
            mapped.open_reason = add_table_columns(mapped, call, module, index.mapper.members)
            Linker(index).resolve_foreign_keys(mapped)
            yield mapped


def _table_calls(index: ProjectIndex, module: Module) -> Iterator[tuple[str, e.Call]]:
    """Yield the calls with the names that they are bound to, in the order of the source."""
    found: list[tuple[str, e.Expr | None]] = []
    for name, bindings in module.scope.items():
        if isinstance(bindings[-1].target, Value):
            found.append((name, bindings[-1].target.value))
    found += [("table", item.value) for item in module.interface.body if isinstance(item, s.ExprStmt)]
    calls = [(name, value) for name, value in found if isinstance(value, e.Call) and value.args]
    for name, call in sorted(calls, key=lambda pair: pair[1].start):
        if index.resolver.expr(module, call.func) == External("sqlalchemy.Table"):
            yield name, call
