"""The tables of a project by name: those of mapped classes, and Core `Table` objects of modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.reads import READS
from ormlint.index.symbols import ClassSymbol, External, Module, Value
from ormlint.index.vocabulary.sqlalchemy import BASE_ATTRIBUTES, COLUMN_CALLS, TABLE
from ormlint.text import Range

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex


@dataclass(eq=False, slots=True)
class KnownColumn:
    """A column by its database name.

    A Core table's has no attribute, and a place of its own. `is_old`: a revision says it, of its own day.
    """

    name: str
    model: MappedClass | None = None
    attribute: ModelAttribute | None = None
    is_old: bool = False
    range: Range | None = None


@dataclass(eq=False, slots=True)
class KnownTable:
    """A table. Columns are keyed by their database name in small letters; `open` says why there may be others."""

    name: str
    columns: dict[str, list[KnownColumn]] = field(default_factory=dict)
    models: list[MappedClass] = field(default_factory=list)
    core: list[tuple[Module, Range]] = field(default_factory=list)  # calls of `Table`
    open: str | None = None

    def add(self, column: KnownColumn) -> None:
        """Add a column; a name may be declared by several classes."""
        self.columns.setdefault(column.name.lower(), []).append(column)


@dataclass(eq=False, slots=True)
class Tables:
    """Tables by name in small letters, without schema. `unknown` says why there may be others."""

    by_name: dict[str, KnownTable] = field(default_factory=dict)
    unknown: str | None = None


class NotedTables:
    """The tables as they are handed out: what is looked up is noted, names apart from what is in a table."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.by_name: Mapping[str, KnownTable] = _NotedNames(tables.by_name)

    @property
    def unknown(self) -> str | None:
        """Why there may be other tables."""
        READS.seen.add(("table names",))
        return self._tables.unknown


class _NotedNames(Mapping[str, KnownTable]):
    def __init__(self, by_name: dict[str, KnownTable]) -> None:
        self._by_name = by_name

    def __getitem__(self, name: str) -> KnownTable:
        READS.seen.add(("table", name))
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        READS.seen.add(("table names",))
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        READS.seen.add(("table names",))
        return iter(self._by_name)

    def __len__(self) -> int:
        READS.seen.add(("table names",))
        return len(self._by_name)


def read_tables(index: ProjectIndex) -> Tables:
    """Return the tables that the project's modules declare."""
    tables = Tables()
    for mapped in index.mapped.values():
        if mapped.table is None:
            tables.unknown = tables.unknown or f"the table of `{mapped.name}` is not known"
            continue
        table = _table(tables.by_name, mapped.table)
        table.models.append(mapped)
        table.open = table.open or mapped.open_reason
        parent = _parent(index, mapped)
        inherited = set(parent.mro) if parent is not None and parent.table != mapped.table else set()
        for attribute in mapped.columns():
            if attribute.column is not None and (attribute.owner is mapped.symbol or attribute.owner not in inherited):
                table.add(KnownColumn(attribute.column.name, mapped, attribute))
        for attribute in mapped.attributes.values():
            # What a decorated function makes is no column, and these names never are.
            if attribute.kind == "unknown" and attribute.function is None and attribute.name not in BASE_ATTRIBUTES:
                table.open = table.open or f"`{mapped.name}.{attribute.name}` was not read"
    for module in index.modules.values():
        for bindings in module.scope.values():
            for binding in bindings:
                if isinstance(binding.target, Value) and isinstance(binding.target.value, e.Call):
                    _core_table(index, module, binding.target.value, tables)
    return tables


def _table(tables: dict[str, KnownTable], name: str) -> KnownTable:
    last = name.rpartition(".")[2]
    return tables.setdefault(last.lower(), KnownTable(last))


def _parent(index: ProjectIndex, mapped: MappedClass) -> MappedClass | None:
    found = (index.mapped_of(base) for base in mapped.mro[1:] if isinstance(base, ClassSymbol))
    return next((parent for parent in found if parent is not None), None)


def _core_table(index: ProjectIndex, module: Module, call: e.Call, tables: Tables) -> None:
    if not _is_external(index, module, call.func, frozenset({TABLE})) or not call.args:
        return
    name = index.constants.string(call.args[0], module)
    if name is None:
        tables.unknown = tables.unknown or f"a `Table` of {module.path} has a computed name"
        return
    table = _table(tables.by_name, name)
    table.core.append((module, call.range))
    for position, argument in enumerate(call.args[1:]):
        is_metadata = position == 0 and not (
            isinstance(argument, e.Call) and _is_external(index, module, argument.func, COLUMN_CALLS)
        )
        if is_metadata:  # Flask-SQLAlchemy's `db.Table` needs none
            continue
        if not isinstance(argument, e.Call):
            table.open = table.open or "its columns are computed"
            continue
        if _is_external(index, module, argument.func, COLUMN_CALLS):
            column = index.constants.string(argument.args[0], module) if argument.args else None
            if column is None:
                table.open = table.open or "a column has a computed name"
            else:
                is_old = module.has("down_revision")
                table.add(KnownColumn(column, is_old=is_old, range=argument.range))
    if any(keyword.name in ("autoload_with", "autoload", "") for keyword in call.keywords):
        table.open = table.open or "it is reflected"


def _is_external(index: ProjectIndex, module: Module, expr: e.Expr, names: frozenset[str]) -> bool:
    symbol = index.resolver.expr(module, expr)
    return isinstance(symbol, External) and symbol.name in names
