"""What a diagram shows, as plain data: tables and their foreign keys, or revisions and their parents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import CompileError

from ormlint.facts import expressions as e
from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Value
from ormlint.schema.metadata import StaticTable


@dataclass(frozen=True)
class Row:
    """A column of a table. `keys` are "PK", "FK" and "UK"; the type is None where it is not known."""

    name: str
    type: str | None
    keys: tuple[str, ...] = ()
    nullable: bool = False


@dataclass(frozen=True)
class Node:
    """A table with its classes and columns, or a revision with its file. `group` is a revision's environment."""

    name: str
    title: str = ""
    rows: tuple[Row, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Edge:
    """From the table with the foreign key to the one it names, or from a revision to its child.

    `start` and `end` say how many rows stand there: "0..1", "1" or "*"; empty between revisions. `is_dotted`: a
    revision that only has to run before.
    """

    source: str
    target: str
    label: str = ""
    start: str = ""
    end: str = ""
    is_dotted: bool = False


@dataclass
class Diagram:
    """Nodes and edges, in the order in which they are drawn. `kind`: "tables" or "revisions"."""

    kind: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def around(self, names: Collection[str]) -> Diagram:
        """Return the part that shows some nodes and their neighbours."""
        edges = [edge for edge in self.edges if edge.source in names or edge.target in names]
        kept = {*names, *(edge.source for edge in edges), *(edge.target for edge in edges)}
        return Diagram(self.kind, [node for node in self.nodes if node.name in kept], edges)

    def with_columns(self, which: str) -> Diagram:
        """Return a diagram that shows "all" columns of its tables, only "keys", or "none"."""
        if which == "all":
            return self
        nodes = [
            replace(node, rows=tuple(row for row in node.rows if which == "keys" and row.keys)) for node in self.nodes
        ]
        return Diagram(self.kind, nodes, self.edges)


def table_diagram(index: ProjectIndex, tables: dict[str, StaticTable], dialect: Dialect) -> Diagram:
    """Return the tables with their foreign keys, and the many-to-many relationships between their classes.

    A table that a key names and that is not among the tables is a node without columns.
    """
    diagram = Diagram("tables")
    for name, static in tables.items():
        rows = tuple(_row(column, dialect) for column in static.table.columns)
        diagram.nodes.append(Node(name, ", ".join(static.classes), rows))
    for name, static in tables.items():
        diagram.edges.extend(_keys(name, static.table, tables))
    diagram.edges.extend(_many_to_many(index, tables))
    known = set(tables)
    for edge in diagram.edges:
        if edge.target not in known:
            known.add(edge.target)
            diagram.nodes.append(Node(edge.target))
    return diagram


def _row(column: sa.Column[Any], dialect: Dialect) -> Row:
    keys = []
    if column.primary_key:
        keys.append("PK")
    if column.foreign_keys:
        keys.append("FK")
    if column.unique and not column.primary_key:
        keys.append("UK")
    try:
        kind = None if isinstance(column.type, sa.types.NullType) else column.type.compile(dialect=dialect)
    except CompileError:  # a type of another database
        kind = type(column.type).__name__
    return Row(column.name, kind, tuple(keys), bool(column.nullable))


def _keys(name: str, table: sa.Table, tables: dict[str, StaticTable]) -> Iterator[Edge]:
    found = []
    for constraint in table.foreign_key_constraints:
        target = constraint.elements[0].target_fullname.rpartition(".")[0]
        columns = [column.name for column in constraint.columns]
        own = [table.c[column] for column in columns]
        one = set(columns) == {column.name for column in table.primary_key} or _is_unique(table, columns)
        optional = any(column.nullable for column in own)
        label = ", ".join(columns)
        found.append(Edge(name, target, label, "0..1" if one else "*", "0..1" if optional else "1"))
    yield from sorted(found, key=lambda edge: (edge.label, edge.target))


def _is_unique(table: sa.Table, columns: list[str]) -> bool:
    if len(columns) == 1 and table.c[columns[0]].unique:
        return True
    constraints = (item for item in table.constraints if isinstance(item, sa.UniqueConstraint))
    return any({column.name for column in item.columns} == set(columns) for item in constraints)


def _many_to_many(index: ProjectIndex, tables: dict[str, StaticTable]) -> Iterator[Edge]:
    """Yield the relationships over a table that no class is mapped to, each pair of sides once."""
    names = {class_name: name for name, static in tables.items() for class_name in static.classes}
    seen: set[tuple[str, ...]] = set()
    for mapped in index.mapped.values():
        source = _table_of(mapped, names, tables)
        for attribute in mapped.attributes.values():
            relationship = attribute.relationship
            through = relationship.call.keyword("secondary") if relationship and relationship.call else None
            target = index.target(relationship)
            if through is None or target is None or source is None or attribute.owner is not mapped.symbol:
                continue
            end = _table_of(target, names, tables)
            over = _secondary(index, through, mapped)
            key = (*sorted((source, end or "")), over or attribute.name)
            if end is None or key in seen or over in tables:
                continue
            seen.add(key)
            yield Edge(source, end, over or attribute.name, "*", "*")


def _table_of(mapped: MappedClass, names: dict[str, str], tables: dict[str, StaticTable]) -> str | None:
    name = names.get(mapped.name)
    return name if name is not None and tables[name].table.name == mapped.table else None


def _secondary(index: ProjectIndex, through: e.Expr, mapped: MappedClass) -> str | None:
    if isinstance(through, e.Str):
        return through.value
    symbol = index.resolver.expr(mapped.symbol.module, through.body if isinstance(through, e.Lambda) else through)
    if isinstance(symbol, Value) and isinstance(symbol.value, e.Call) and symbol.value.args:
        return index.constants.string(symbol.value.args[0], symbol.module)
    return None


def revision_diagram(environments: Iterable[Environment]) -> Diagram:
    """Return the revisions, each after its parents; ids of several environments are kept apart by their groups."""
    diagram = Diagram("revisions")
    found = list(environments)
    for environment in found:
        group = environment.name if len(found) > 1 else ""
        prefix = f"{group}/" if group else ""
        heads = {revision.id for revision in environment.graph.heads}
        for revision in environment.graph.ordered():
            marks = [*revision.labels, *(["head"] if revision.id in heads else [])]
            title = revision.path.rpartition("/")[2] + (f" ({', '.join(marks)})" if marks else "")
            diagram.nodes.append(Node(f"{prefix}{revision.id}", title, group=group))
            for parent in revision.parents:
                diagram.edges.append(Edge(f"{prefix}{parent}", f"{prefix}{revision.id}"))
            for before in revision.depends_on:
                diagram.edges.append(Edge(f"{prefix}{before}", f"{prefix}{revision.id}", is_dotted=True))
    known = {node.name for node in diagram.nodes}
    lost = dict.fromkeys(edge.source for edge in diagram.edges if edge.source not in known)
    diagram.nodes.extend(Node(name, "no such revision") for name in lost)
    return diagram
