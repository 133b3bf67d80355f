"""The operations that take what the revisions make to what the models declare, and back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import render
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from mako.pygen import PythonPrinter  # type: ignore[import-untyped]

from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.schema.coretables import core_tables
from ormlint.schema.coverage import is_test
from ormlint.schema.difference import CoreDifference, SchemaDifference, TableWithoutModel
from ormlint.schema.drafting.backfill import old_rows_value
from ormlint.schema.drafting.constraints import Change, constraint_changes
from ormlint.schema.drafting.target import Target, native_enums, render_item, with_known_enums
from ormlint.schema.drift import compare
from ormlint.schema.metadata import build_tables, indexes_in_order
from ormlint.schema.modeltypes import ModelTypes
from ormlint.schema.render import dialect_named
from ormlint.schema.replay.run import Replay
from ormlint.schema.replay.simulated import SimColumn, SimEnum
from ormlint.schema.replay.tables import migrated_tables
from ormlint.schema.replay.values import Unknown

_KINDS = {"index": "indexes", "unique": "unique constraints", "foreign": "foreign keys"}


@dataclass
class Draft:
    """The bodies of a revision, what it has to import, and what was left out of it."""

    upgrade: str = ""
    downgrade: str = ""
    imports: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.upgrade


@dataclass
class _Step:
    """Lines of `upgrade()` with those that undo them; an operation of Alembic, or lines of ours."""

    forward: Any  # an operation, or lines
    backward: Any = None
    table: str | None = None  # the table an operation in a batch is about
    schema: str | None = None


def draft_revision(
    index: ProjectIndex, replay: Replay, folders: tuple[str, ...] = (), *, batch: bool, drop: bool
) -> Draft:
    """Return the revision for one environment of those in `folders`.

    `batch`: changes to tables are written as `batch_alter_table`, which SQLite needs. `drop`: what no model has is
    dropped.
    """
    return _Drafting(index, replay, batch, drop).run(folders)


class _Drafting:
    def __init__(self, index: ProjectIndex, replay: Replay, batch: bool, drop: bool) -> None:
        self.index = index
        self.replay = replay
        self.batch = batch
        self.drop = drop
        self.is_postgresql = replay.dialect == "postgresql"
        self.dialect = dialect_named(replay.dialect)
        self.context = MigrationContext.configure(dialect=self.dialect)
        options = {
            "sqlalchemy_module_prefix": "sa.",
            "alembic_module_prefix": "op.",
            "render_item": render_item,
            "render_as_batch": batch,
            "user_module_prefix": None,
        }
        self.rendering = AutogenContext(self.context, opts=options)
        self.types = ModelTypes(index, replay.dialect)
        revisions = {module.path for module in replay.environment.modules}
        static = build_tables(index, lambda mapped: mapped.symbol.module.path not in revisions, replay.dialect)
        core = core_tables(index, replay.dialect, lambda path: path not in revisions and not is_test(path))
        self.core = [name for name in core if name not in static]
        static |= {name: core[name] for name in self.core}
        self.target = Target(static, replay.convention)
        for mapped in index.mapped.values():
            name = self._name_of(mapped)
            for attribute in mapped.columns() if name is not None and mapped.style != "sqlmodel" else ():
                column = attribute.column
                if name is not None and column is not None and column.foreign_keys and column.written is None:
                    self.target.take_over(name, column.name)
        self.made = migrated_tables([replay])
        self.draft = Draft()
        self.steps: list[_Step] = []
        self.types_made: dict[str, Any] = {}  # enum types that this revision makes

    def run(self, folders: tuple[str, ...]) -> Draft:
        """Find the steps, in an order that works, and render them."""
        found = list(compare(self.index, [self.replay], folders, grouped=False))
        differences = [item for item in found if isinstance(item, SchemaDifference)]
        by_kind: dict[str, list[SchemaDifference]] = {}
        for item in differences:
            by_kind.setdefault(item.kind, []).append(item)
        self._labels(by_kind.get("enum-labels", []))
        tables = [name for item in by_kind.get("table", []) if (name := self._static_name(item)) is not None]
        if self.replay.schema.open is None:
            tables += [name for name in self.core if name not in self.replay.schema.tables]
        added = by_kind.get("column", [])
        self._enum_types(added, by_kind.get("type", []))
        self._create_tables(tables)
        for item in added:
            self._add_column(item)
        for other in found:
            if isinstance(other, CoreDifference) and other.column is not None:
                self._add_core_column(other.table, other.column)
        for item in differences:
            self._change_column(item)
        self._change_types(differences)
        for change in self._constraint_changes(tables):
            if change.left_over and not self.drop:
                self.draft.notes.append(
                    f"{change.table}: {change.left_over} stays though no model has it; --drop drops it"
                )
                continue
            self.steps.append(_Step(change.forward, change.backward, change.table, change.schema))
        self._leftovers(
            by_kind.get("extra-column", []), [item for item in found if isinstance(item, TableWithoutModel)]
        )
        self._say_what_is_unread()
        self.draft.upgrade = self._rendered([(step.forward, step) for step in self.steps])
        backwards = [(step.backward, step) for step in reversed(self.steps) if step.backward is not None]
        self.draft.downgrade = self._rendered(backwards)
        self.draft.imports = sorted(self.rendering.imports)
        return self.draft

    # -- names

    def _static_name(self, item: SchemaDifference) -> str | None:
        """Return the name, among the static tables, of the table a difference is about."""
        return self._name_of(item.mapped)

    def _name_of(self, mapped: MappedClass) -> str | None:
        for name, static in self.target.static.items():
            if mapped.name in static.classes and static.table.name == mapped.table:
                return name
        return None

    def _column_of(self, item: SchemaDifference) -> sa.Column[Any] | None:
        name = self._static_name(item)
        if name is None or item.attribute is None or item.attribute.column is None:
            return None
        column = self.target.table(name).c.get(item.attribute.column.name)
        if column is None:
            return None
        reason = self.target.unknown(name).get(column.name)
        if reason is not None:
            self.draft.notes.append(f"{item.table}.{column.name} is left out: {reason}")
            return None
        return column

    def _place(self, item: SchemaDifference) -> tuple[str, str | None]:
        schema, _, name = item.table.rpartition(".")
        return name, schema or None

    # -- enum types

    def _labels(self, found: list[SchemaDifference]) -> None:
        """Add the labels that existing types lack; each statement commits by itself."""
        if not self.is_postgresql:
            return
        done: set[str] = set()
        for item in found:
            column = self._column_of(item)
            enum = self.replay.schema.enums.get(item.theirs)
            if item.theirs in done or column is None or enum is None or enum.labels is None:
                continue
            done.add(item.theirs)
            kinds = native_enums(column.type)
            wanted = list(kinds[0].enums) if kinds else list(item.labels)
            name = self.dialect.identifier_preparer.quote(item.theirs)
            lines = ["with op.get_context().autocommit_block():"]
            lines += [f"op.execute({sql!r})" for sql in _added_labels(name, enum, wanted)]
            lines.append("")
            note = f"# PostgreSQL cannot take labels from {item.theirs} again: they stay."
            self.steps.append(_Step(lines, [note]))

    def _enum_types(self, added: list[SchemaDifference], changed: list[SchemaDifference]) -> None:
        """Make the types that new columns of existing tables need: `add_column` does not."""
        if not self.is_postgresql:
            return
        for item in (*added, *changed):
            column = self._column_of(item)
            for kind in native_enums(column.type) if column is not None else ():
                if kind.name in self.replay.schema.enums or kind.name in self.types_made:
                    continue
                self.types_made[str(kind.name)] = kind
                shown = render._repr_type(kind, self.rendering)
                self.steps.append(
                    _Step(
                        [f"{shown}.create(op.get_bind(), checkfirst=True)"],
                        [f"sa.Enum(name={kind.name!r}).drop(op.get_bind(), checkfirst=True)"],
                    )
                )

    # -- tables

    def _create_tables(self, names: list[str]) -> None:
        whole = []
        for name in dict.fromkeys(names):
            unknown = self.target.unknown(name)
            if self.target.static[name].open is not None:
                self.draft.notes.append(f"{name} is left out: {self.target.static[name].open}")
            elif unknown:
                reasons = "; ".join(f"{column}: {reason}" for column, reason in unknown.items())
                self.draft.notes.append(f"{name} is left out: {reasons}")
            else:
                whole.append(self.target.table(name))
        known = {*self.replay.schema.enums, *self.types_made}
        types_here: dict[str, None] = {}
        in_order: list[Any] = sa.schema.sort_tables_and_constraints(whole)  # type: ignore[no-untyped-call]
        later = [key for table, keys in in_order if table is None for key in keys]  # keys that lead in a circle
        for table in (table for table, _ in in_order if table is not None):
            if self.is_postgresql:
                for column in table.columns:
                    types_here.update(dict.fromkeys(str(kind.name) for kind in native_enums(column.type)))
                    column.type = with_known_enums(column.type, known)
            made = ops.CreateTableOp.from_table(table)
            made.columns = [item for item in made.columns if not any(item is key for key in later)]
            self.steps.append(_Step(made, ops.DropTableOp.from_table(table)))
            for own in indexes_in_order(table):
                create = ops.CreateIndexOp.from_index(own)
                self.steps.append(_Step(create, ops.DropIndexOp.from_index(own), table.name, table.schema))
        for key in sorted(later, key=lambda item: (item.table.name, item.column_keys)):
            create_key = ops.CreateForeignKeyOp.from_constraint(key)
            drop_key = ops.DropConstraintOp.from_constraint(key)
            self.steps.append(_Step(create_key, drop_key, key.table.name, key.table.schema))
        gone = [name for name in types_here if name not in known]
        if gone:  # a table's types stay behind when it is dropped
            lines = [f"sa.Enum(name={name!r}).drop(op.get_bind(), checkfirst=True)" for name in gone]
            at = next(place for place, step in enumerate(self.steps) if isinstance(step.forward, ops.CreateTableOp))
            self.steps.insert(at, _Step([], lines))

    # -- columns

    def _add_column(self, item: SchemaDifference) -> None:
        column = self._column_of(item)
        if column is None or item.attribute is None or item.attribute.column is None:
            return
        name, schema = self._place(item)
        shown = sa.Column(
            column.name,
            column.type,
            nullable=column.nullable,
            server_default=_default_of(column),
        )
        needs_rows = not column.nullable and column.server_default is None
        if needs_rows:
            shown.nullable = True
        add = ops.AddColumnOp(name, shown, schema=schema)
        self.steps.append(_Step(add, ops.DropColumnOp(name, column.name, schema=schema), name, schema))
        if needs_rows:
            self._fill(item, column)
            self._nullable(item, column.type, False, undo=False)

    def _add_core_column(self, key: str, name: str) -> None:
        """Add a column to a Core table. Nothing tells what old rows hold, so that is left to the reader."""
        static = next((one for one in self.core if one.rpartition(".")[2] == key.rpartition(".")[2]), None)
        column = self.target.table(static).c.get(name) if static is not None else None
        if static is None or column is None or name in self.target.unknown(static):
            self.draft.notes.append(f"{key}.{name} is left out: it is not known whole")
            return
        table, schema = key.rpartition(".")[2], key.rpartition(".")[0] or None
        shown = sa.Column(name, column.type, nullable=column.nullable, server_default=_default_of(column))
        if not column.nullable and column.server_default is None:
            shown.nullable = True
            self.draft.notes.append(f"{key}.{name} stays nullable: give old rows a value, then alter it")
        add = ops.AddColumnOp(table, shown, schema=schema)
        self.steps.append(_Step(add, ops.DropColumnOp(table, name, schema=schema), table, schema))

    def _fill(self, item: SchemaDifference, column: sa.Column[Any]) -> None:
        """Give old rows a value before a column becomes NOT NULL."""
        assert item.attribute is not None and item.attribute.column is not None
        name, schema = self._place(item)
        value = old_rows_value(self.types, item.attribute.column, column.type)
        if value is None and column.server_default is not None:
            value = _default_of(column)
            value = sa.literal(value) if isinstance(value, str) else value
        if value is None:
            reason = f"{item.table}.{column.name} becomes NOT NULL and the model gives no default that SQL can say"
            self.draft.notes.append(f"{reason}: give old rows a value in the revision, if there are any")
            lines = [f"# Old rows of {item.table} need a value in {column.name} here, if there are any."]
            self.steps.append(_Step(lines))
            return
        shown = sa.table(name, sa.column(column.name, column.type), schema=schema)
        own = shown.c[column.name]
        update = sa.update(shown).values({own: value}).where(own.is_(None))
        compiled = update.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
        text = " ".join(str(compiled).split())
        self.steps.append(_Step([f"op.execute({text.replace('%%', '%')!r})"]))

    def _nullable(self, item: SchemaDifference, kind: Any, nullable: bool, undo: bool = True) -> None:
        assert item.attribute is not None and item.attribute.column is not None
        name, schema = self._place(item)
        column = item.attribute.column.name

        def alter(value: bool) -> ops.AlterColumnOp:
            return ops.AlterColumnOp(name, column, schema=schema, existing_type=kind, modify_nullable=value)

        self.steps.append(_Step(alter(nullable), alter(not nullable) if undo else None, name, schema))

    def _change_column(self, item: SchemaDifference) -> None:
        if item.kind not in ("nullable", "default-missing", "default-other"):
            return
        column = self._column_of(item)
        if column is None or item.column is None:
            return
        name, schema = self._place(item)
        existing = self._made_type(item.table, item.column) or column.type
        if item.kind == "nullable":
            if not column.nullable:
                self._fill(item, column)
            self._nullable(item, existing, bool(column.nullable))
            return
        before = self.made[item.table].table.c[item.column.name]

        def alter(default: Any) -> ops.AlterColumnOp:
            return ops.AlterColumnOp(
                name, column.name, schema=schema, existing_type=existing, modify_server_default=default
            )

        self.steps.append(_Step(alter(column.server_default), alter(before.server_default), name, schema))

    def _change_types(self, differences: list[SchemaDifference]) -> None:
        """Change the types that Alembic, or a rule about drift, tells apart."""
        by_rule = {
            (item.table, item.attribute.column.name): item
            for item in differences
            if item.kind in ("type", "narrow") and item.attribute is not None and item.attribute.column is not None
        }
        for name, static in self.target.static.items():
            key = self._made_key(name)
            if key is None:
                continue
            unknown = self.target.unknown(name)
            for column in self.target.table(name).columns:
                before = self.made[key].table.c.get(column.name)
                if before is None or column.name in unknown or column.name in self.made[key].unknown_types:
                    continue
                if column.name in self._doubtful(static.classes, column.name):
                    continue
                if (key, column.name) in by_rule or self._differ(before, column):
                    self._change_type(key, before, column)

    def _doubtful(self, classes: list[str], name: str) -> set[str]:
        return {
            attribute.column.name
            for mapped in self.index.mapped.values()
            if mapped.name in classes
            for attribute in mapped.columns()
            if attribute.column is not None and (attribute.column.unread or attribute.conditional)
        }

    def _differ(self, before: sa.Column[Any], after: sa.Column[Any]) -> bool:
        """Ask Alembic whether two types differ; enum types are told apart by their name alone."""
        if native_enums(before.type) and native_enums(after.type) and self.is_postgresql:
            return native_enums(before.type)[0].name != native_enums(after.type)[0].name
        return bool(self.context.impl.compare_type(before, after))

    def _change_type(self, key: str, before: sa.Column[Any], after: sa.Column[Any]) -> None:
        schema, _, name = key.rpartition(".")

        def alter(old: Any, new: Any) -> Any:
            if self.is_postgresql and _family(old) is not _family(new):
                # Rows have to be converted: there is no cast that PostgreSQL takes by itself.
                preparer = self.dialect.identifier_preparer
                table = preparer.format_table(before.table)
                column = preparer.quote(after.name)
                kind = new.compile(dialect=self.dialect)
                text = f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {column}::text::{kind}"
                return [f"op.execute({text!r})"]
            return ops.AlterColumnOp(name, after.name, schema=schema or None, existing_type=old, modify_type=new)

        known = {*self.replay.schema.enums, *self.types_made}
        old, new = with_known_enums(before.type, known), with_known_enums(after.type, known)
        self.steps.append(_Step(alter(old, new), alter(new, old), name, schema or None))

    def _made_key(self, name: str) -> str | None:
        """Return the key of a model's table that the revisions make, when both are known whole."""
        table = self.replay.schema.tables.get(name)
        if table is None or table.open or table.maybe or table.baseline or self.target.static[name].open:
            return None
        return name

    def _made_type(self, key: str, column: SimColumn) -> Any:
        return (
            None
            if isinstance(column.type, Unknown) or column.type is None
            else self.made[key].table.c[column.name].type
        )

    # -- constraints, and what is left over

    def _constraint_changes(self, created: list[str]) -> Iterator[Change]:
        for name, static in self.target.static.items():
            key = self._made_key(name)
            if key is not None and name not in created:
                yield from constraint_changes(
                    self.target.table(name), self.replay.schema, self.replay.schema.tables[key], static
                )

    def _say_what_is_unread(self) -> None:
        """Tell of constraints and indexes that are left out because one of the sides does not say them plainly."""
        for name, static in self.target.static.items():
            reasons = [f"an argument of its table: {reason}" for reason in static.unread_arguments]
            key = self._made_key(name)
            unsure = self.replay.schema.tables[key].unsure if key is not None else {}
            reasons += [f"{_KINDS[kind]}: {reason}" for kind, reason in unsure.items() if kind in _KINDS]
            self.draft.notes += [f"{name}: not compared, {reason}" for reason in dict.fromkeys(reasons)]

    def _leftovers(self, columns: list[SchemaDifference], tables: list[TableWithoutModel]) -> None:
        for item in columns:
            before = self.made[item.table].table.c.get(item.theirs)
            name, schema = self._place(item)
            if before is None:
                continue
            if not self.drop:
                self.draft.notes.append(f"{item.table}.{item.theirs} stays though no model has it; --drop drops it")
                continue
            undo = ops.AddColumnOp(name, before._copy(), schema=schema)
            self.steps.append(_Step(ops.DropColumnOp(name, item.theirs, schema=schema), undo, name, schema))
        for left in tables:
            if not self.drop:
                self.draft.notes.append(f"{left.table} stays though no model has it; --drop drops it")
                continue
            table = self.made[left.table].table
            self.steps.append(_Step(ops.DropTableOp.from_table(table), ops.CreateTableOp.from_table(table)))

    # -- rendering

    def _rendered(self, steps: list[tuple[Any, _Step]]) -> str:
        """Return the lines of a function's body; neighbours of one table share a batch."""
        lines: list[str] = []
        position = 0
        while position < len(steps):
            operation, step = steps[position]
            position += 1
            if isinstance(operation, list):
                lines += operation
                continue
            if step.table is None:
                lines += render.render_op(self.rendering, operation)
                continue
            together = [operation]
            while position < len(steps) and self.batch:
                following, other = steps[position]
                if isinstance(following, list) or (other.table, other.schema) != (step.table, step.schema):
                    break
                together.append(following)
                position += 1
            modify = ops.ModifyTableOps(step.table, together, schema=step.schema)
            lines += render.render_op(self.rendering, modify)
        return _indented(lines)


def _indented(lines: list[str]) -> str:
    """Return the lines of a function's body as Alembic's templates want them; an empty line ends a block."""
    buffer = io.StringIO()
    printer = PythonPrinter(buffer)
    for line in lines:
        printer.writeline(line)
    text = re.sub(r"\n{3,}", "\n\n", buffer.getvalue().strip("\n"))
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n")).strip()


def _family(kind: Any) -> type:
    """Return the kind of a type for casts: PostgreSQL converts within one by itself."""
    for family in (sa.Enum, sa.String, sa.Boolean, sa.JSON, sa.DateTime, sa.Date, sa.Uuid, sa.ARRAY):
        if isinstance(kind, family):
            return family
    return sa.Numeric if isinstance(kind, (sa.Integer, sa.Numeric)) else type(kind)


def _default_of(column: sa.Column[Any]) -> Any:
    return column.server_default.arg if isinstance(column.server_default, sa.DefaultClause) else column.server_default


def _added_labels(name: str, enum: SimEnum, wanted: list[str]) -> Iterator[str]:
    """Yield a statement for each label that a type lacks, which puts it where the model has it."""
    present = list(enum.labels or ())
    for position, label in enumerate(wanted):
        if label in present:
            continue
        quoted = label.replace("'", "''")
        earlier = next((other for other in reversed(wanted[:position]) if other in present), None)
        later = next((other for other in wanted[position + 1 :] if other in present), None)
        place = ""
        if earlier is not None and present[-1] != earlier:
            place = " AFTER '{}'".format(earlier.replace("'", "''"))
        elif earlier is None and later is not None:
            place = " BEFORE '{}'".format(later.replace("'", "''"))
        at = present.index(earlier) + 1 if earlier is not None else 0 if later is not None else len(present)
        present.insert(at, label)
        yield f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS '{quoted}'{place}"
