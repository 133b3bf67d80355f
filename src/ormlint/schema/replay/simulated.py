"""The simulated schema: tables, columns, constraints and enum types as the revisions replayed so far make them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from ormlint.facts.expressions import Node
from ormlint.schema.replay.values import Unknown
from ormlint.text import Range


@dataclass(frozen=True, slots=True)
class Step:
    """A place in a revision that did something."""

    revision: str
    path: str
    range: Range
    text: str


@dataclass(frozen=True, slots=True)
class Default:
    """A server default; `is_sql` for an expression. Neutral ones (identity, computed) are never compared."""

    text: str
    is_sql: bool = False
    is_neutral: bool = False


@dataclass(slots=True)
class SimColumn:
    """A column. What is not known is `Unknown`; `maybe` says why it may not be there."""

    name: str
    type: Any = None  # a SQLAlchemy type, or Unknown
    nullable: bool | Unknown = True
    default: Default | Unknown | None = None
    primary_key: bool = False
    enum: str | None = None  # the native enum type it has
    maybe: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(slots=True)
class SimConstraint:
    """A constraint. `kind`: "primary", "foreign", "unique", "check" or "index"."""

    kind: str
    name: str | None
    columns: tuple[str, ...]
    target: str | None = None  # the table a foreign key refers to
    target_columns: tuple[str, ...] = ()
    unique: bool = False
    ondelete: str | Unknown | None = None
    is_partial: bool = False  # for some rows only, or over expressions
    uses: frozenset[str] = frozenset()  # the words of its expressions, columns among them
    step: Step | None = None


@dataclass(slots=True)
class SimTable:
    """A table. `open` says why it may have other columns, `maybe` why it may not be there."""

    name: str
    schema: str | None = None
    columns: dict[str, SimColumn] = field(default_factory=dict)
    constraints: list[SimConstraint] = field(default_factory=list)
    open: str | None = None
    maybe: str | None = None
    baseline: bool = False  # no revision creates it
    unsure: dict[str, str] = field(default_factory=dict)  # kinds of constraints that may be others, and why
    steps: tuple[Step, ...] = ()
    history: str = ""  # the base of the revision that makes it

    def copied(self) -> SimTable:
        """Return a copy that can be changed apart."""
        columns = {name: replace(column) for name, column in self.columns.items()}
        constraints = [replace(item) for item in self.constraints]
        return replace(self, columns=columns, constraints=constraints, unsure=dict(self.unsure))

    def drop_column(self, name: str) -> None:
        """Drop a column with what is built on it."""
        self.columns.pop(name, None)
        self.constraints = [item for item in self.constraints if name not in item.columns and name not in item.uses]

    def rename_column(self, old: str, new: str) -> None:
        """Rename a column, in constraints too."""
        if old in self.columns:
            self.columns = {new if name == old else name: column for name, column in self.columns.items()}
            self.columns[new].name = new
        for item in self.constraints:
            item.columns = tuple(new if name == old else name for name in item.columns)

    def add_constraint(self, item: SimConstraint) -> None:
        """Add a constraint; a primary key makes its columns NOT NULL."""
        if item.kind == "primary":
            self.constraints = [
                other
                for other in self.constraints
                if other.kind != "primary" and not (other.kind == "unique" and _is_twin(item, other))
            ]
            for name in item.columns:
                if name in self.columns:
                    self.columns[name].primary_key = True
                    self.columns[name].nullable = False
        elif item.kind == "unique" and any(_is_twin(item, other) for other in self.constraints):
            return  # the database keeps one
        self.constraints.append(item)


def _is_twin(item: SimConstraint, other: SimConstraint) -> bool:
    """Tell whether a unique constraint says what a key or another one made by the same step says already."""
    return other.kind in ("primary", "unique") and other.columns == item.columns and other.step == item.step is not None


@dataclass(slots=True)
class SimEnum:
    """A native enum type; labels are None where they are not known."""

    labels: list[str] | None
    step: Step | None = None
    explicit: bool = False
    guarded: bool = False  # it is made only where it is not there yet


class SimSchema:
    """All tables by name (with its schema, when it has one that is not the default)."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.tables: dict[str, SimTable] = {}
        self.enums: dict[str, SimEnum] = {}
        self.open: str | None = None  # why there may be other tables

    def copied(self) -> SimSchema:
        """Return a copy that can be changed apart."""
        other = SimSchema(self.dialect)
        other.tables = {key: table.copied() for key, table in self.tables.items()}
        other.enums = {key: copy.deepcopy(enum) for key, enum in self.enums.items()}
        other.open = self.open
        return other

    def key(self, name: str, schema: str | None = None) -> str:
        """Return the key of a table."""
        if not schema and "." in name:
            schema, _, name = name.rpartition(".")
        return f"{schema}.{name}" if schema and schema not in ("public", "main") else name

    def table(self, name: str, schema: str | None = None) -> SimTable | None:
        """Return a table, or None."""
        return self.tables.get(self.key(name, schema))

    def table_or_baseline(self, name: str, schema: str | None, step: Step) -> SimTable:
        """Return a table; one that no revision creates is made, with what it has left open."""
        key = self.key(name, schema)
        if key not in self.tables:
            reason = f"no revision creates it ({step.path}: {step.text})"
            self.tables[key] = SimTable(name, schema, open=reason, baseline=True, steps=(step,))
        return self.tables[key]

    def drop_table(self, key: str) -> None:
        """Drop a table, and the foreign keys that lead to it."""
        self.tables.pop(key, None)
        for table in self.tables.values():
            table.constraints = [item for item in table.constraints if item.target != key]

    def drop_references(self, key: str, columns: tuple[str, ...]) -> None:
        """Drop the foreign keys that lead to a key which is gone."""
        for table in self.tables.values():
            table.constraints = [
                item for item in table.constraints if item.target != key or set(item.target_columns) != set(columns)
            ]

    def rename_table(self, old: str, new: str, schema: str | None = None) -> bool:
        """Rename a table; tell whether there was one."""
        key = self.key(old, schema)
        table = self.tables.pop(key, None)
        if table is None:
            return False
        table.name = new.rpartition(".")[2]
        renamed = self.key(new, schema)
        self.tables[renamed] = table
        for other in self.tables.values():
            for item in other.constraints:
                if item.target == key:
                    item.target = renamed
        return True


def join(first: SimSchema, second: SimSchema, reason: str) -> SimSchema:
    """Join two worlds that are both possible."""
    joined = first.copied()
    joined.open = first.open or second.open
    for key, theirs in second.tables.items():
        mine = joined.tables.get(key)
        if mine is None:
            joined.tables[key] = added = theirs.copied()
            added.maybe = added.maybe or reason
            continue
        mine.maybe = mine.maybe or theirs.maybe
        mine.open = mine.open or theirs.open
        mine.unsure.update(theirs.unsure)
        for kind in ("primary", "foreign", "unique", "check", "index"):
            if _of_kind(mine, kind) != _of_kind(theirs, kind):
                mine.unsure.setdefault(kind, reason)
        for name, column in theirs.columns.items():
            own = mine.columns.get(name)
            if own is None:
                mine.columns[name] = replace(column, maybe=column.maybe or reason)
                continue
            own.maybe = own.maybe or column.maybe
            for attribute in ("type", "nullable", "default"):
                if repr(getattr(own, attribute)) != repr(getattr(column, attribute)):
                    setattr(own, attribute, Unknown(reason))
        for name, own in mine.columns.items():
            if name not in theirs.columns:
                own.maybe = own.maybe or reason
    for key, table in joined.tables.items():
        if key not in second.tables:
            table.maybe = table.maybe or reason
    for name, enum in second.enums.items():
        known = joined.enums.get(name)
        if known is None or known.labels != enum.labels:
            joined.enums[name] = SimEnum(None, enum.step)
    return joined


def _of_kind(table: SimTable, kind: str) -> set[tuple[object, ...]]:
    found = (item for item in table.constraints if item.kind == kind)
    return {(item.name, item.columns, item.target, item.target_columns, item.unique) for item in found}


def step_at(revision: str, path: str, node: Node | None, text: str) -> Step:
    """Return a step at a node."""
    return Step(revision, path, node.range if node is not None else Range(0, 0), text)
