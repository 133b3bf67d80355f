"""The mapped classes of a project as `MetaData`: what `Base.metadata` would hold, as far as the source says."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes
from ormlint.index.bases import Base, DynamicBase
from ormlint.index.columns import Reference
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Value
from ormlint.index.vocabulary import sqlmodel
from ormlint.index.vocabulary.sqlalchemy import CONCRETE_BASES, DECLARATIVE_BASES
from ormlint.schema.coremodels import core_models
from ormlint.schema.naming import naming
from ormlint.schema.replay.values import Built
from ormlint.schema.static import StaticMachine, plain
from ormlint.schema.table_arguments import ConstraintReader
from ormlint.schema.types import TypeBuilder, UnknownType

# Options of `Table(...)` that are about Python, or said elsewhere.
_NO_OPTIONS = frozenset(
    {"schema", "info", "extend_existing", "keep_existing", "autoload", "autoload_with", "listeners"}
)


@dataclass
class StaticTable:
    """A table with what is not known of it. `open` says why it may have other columns."""

    name: str  # with its schema, as in `MetaData.tables`
    table: sa.Table
    classes: list[str]
    open: str | None = None
    unknown_types: dict[str, str] = field(default_factory=dict)  # column → reason
    unknown_defaults: list[str] = field(default_factory=list)
    unknown_nullable: dict[str, str] = field(default_factory=dict)  # column → reason
    unsure: dict[str, str] = field(default_factory=dict)  # kind of constraint → why there may be others
    unread_arguments: list[str] = field(default_factory=list)  # of `__table_args__`
    models: list[MappedClass] = field(default_factory=list)
    claims: list[MappedClass] = field(default_factory=list)  # all classes that name it, of other bases too


def indexes_in_order(table: sa.Table) -> list[sa.Index]:
    """Return the indexes of a table by name, and those of one name by what they are over: SQLAlchemy keeps a set."""
    return sorted(
        table.indexes,
        key=lambda item: (str(item.name), [str(part) for part in item.expressions], bool(item.unique)),
    )


def build_tables(
    index: ProjectIndex,
    wanted: Callable[[MappedClass], bool] = lambda mapped: True,
    dialect: str = "postgresql",
    core: Callable[[str], bool] = lambda path: False,
) -> dict[str, StaticTable]:
    """Return the tables of the wanted mapped classes, by name, in the order of their names.

    `core` tells by the path of a module whether its `Table` objects are wanted too.

    Classes of one table (single-table inheritance) are joined. Two classes that claim one name leave the first as it
    is and mark it open, unless each has a `MetaData` of its own: then the second one's key names its module too.
    `dialect` is the database that types are chosen for.
    """
    return _Builder(index, dialect).run(wanted, core)


class _Builder:
    def __init__(self, index: ProjectIndex, dialect: str) -> None:
        self.index = index
        self.machine = StaticMachine(index, dialect)
        self.types = TypeBuilder(index, self.machine)
        self.constraints = ConstraintReader(index, self.machine)
        self.metadata: dict[str, sa.MetaData] = {}
        self.tables: dict[str, StaticTable] = {}
        self.owners: dict[str, MappedClass] = {}
        self.keys: dict[tuple[int, str], str] = {}
        self.places: dict[str, list[tuple[int, int]]] = {}

    def models(self, wanted: Callable[[MappedClass], bool]) -> list[MappedClass]:
        """Return the wanted classes, parents first: single-table inheritance adds to the parent's table."""
        models = [mapped for mapped in self.index.mapped.values() if mapped.table and wanted(mapped)]
        return sorted(models, key=lambda item: sum(isinstance(base, ClassSymbol) for base in item.mro))

    def run(
        self, wanted: Callable[[MappedClass], bool], core: Callable[[str], bool] = lambda path: False
    ) -> dict[str, StaticTable]:
        for mapped in self.models(wanted):
            self._add(mapped)
        for mapped in core_models(self.index, core):
            metadata, name, _ = self.place(mapped)
            if (id(metadata), name) not in self.keys:  # else a class is mapped to it
                self._add(mapped)
        self._loose_indexes()
        return {name: self.tables[name] for name in sorted(self.tables)}

    def place(self, mapped: MappedClass) -> tuple[sa.MetaData, str, str | None]:
        """Return the metadata a class's table is in, the table's full name and its schema."""
        metadata = self._metadata(mapped)
        given = self.constraints.table_args(mapped)[1].get("schema")
        schema = given if isinstance(given, str) else metadata.schema
        return metadata, f"{schema}.{mapped.table}" if schema else str(mapped.table), schema

    def _add(self, mapped: MappedClass) -> None:
        metadata, name, schema = self.place(mapped)
        key = self.keys.get((id(metadata), name))
        parent = self._parent(mapped)
        if key is not None:
            known = self.tables[key]
            known.claims.append(mapped)
            if parent is not None and self.owners[key].symbol in mapped.mro:
                known.classes.append(mapped.name)
                known.models.append(mapped)
                self._columns(known, mapped, self.owners[key])
            else:
                known.open = known.open or f"`{mapped.name}` claims the same name"
            return
        key = name if name not in self.tables else f"{name} ({mapped.symbol.module.name})"
        if key in self.tables:
            return
        self.keys[id(metadata), name] = key
        arguments, options, unread = self.constraints.table_args(mapped)
        given = {name: value for name, value in options.items() if name not in _NO_OPTIONS and plain(value) is not None}
        try:
            table = sa.Table(str(mapped.table), metadata, schema=schema, **given)
        except Exception:  # an option that SQLAlchemy refuses, as it does when the class is defined
            table = sa.Table(str(mapped.table), metadata, schema=schema)
        static = StaticTable(name, table, [mapped.name], mapped.open_reason, models=[mapped], claims=[mapped])
        if key != name:
            self.tables[name].claims.append(mapped)
        self.tables[key] = static
        self.owners[key] = mapped
        self._columns(static, mapped, parent if parent is not None and parent.table != mapped.table else None)
        for argument in arguments:
            problem = self.constraints.add(table, argument, mapped)
            if problem is not None:
                static.unread_arguments.append(problem)
        static.unread_arguments.extend(unread)

    def _loose_indexes(self) -> None:
        """Add `Index("name", Model.column)` that stands at the top of a module: the columns say whose it is."""
        for module in self.index.modules.values():
            for statement in module.interface.body:
                call = statement.value if isinstance(statement, (s.ExprStmt, s.Assign)) else None
                if not isinstance(call, e.Call) or len(call.args) < 2:
                    continue
                if self.index.resolver.expr(module, call.func) != External("sqlalchemy.Index"):
                    continue
                found = [self._owner(argument, module) for argument in call.args[1:]]
                mapped = next((item for item in found if item is not None), None)
                static = self._table_of(mapped) if mapped is not None else None
                built = self.machine.value(call, module)
                if mapped is None or static is None or not isinstance(built, Built):
                    continue
                problem = self.constraints.add(static.table, built, mapped)
                static.unread_arguments.extend([problem] if problem is not None else [])

    def _owner(self, expr: e.Expr, module: Module) -> MappedClass | None:
        """Return the class whose column is meant somewhere in an element of an index."""
        for node in walk_nodes(expr):
            if isinstance(node, e.Attribute):
                found = self.index.mapped_of(self.index.resolver.expr(module, node.value))
                if found is not None:
                    return found
        return None

    def _table_of(self, mapped: MappedClass) -> StaticTable | None:
        return next((static for static in self.tables.values() if mapped in static.models), None)

    def _parent(self, mapped: MappedClass) -> MappedClass | None:
        for base in mapped.mro[1:]:
            if isinstance(base, External) and base.name in CONCRETE_BASES:
                return None
            found = self.index.mapped_of(base) if isinstance(base, ClassSymbol) else None
            if found is not None and not found.is_union:
                return found
        return None

    # -- metadata

    def _metadata(self, mapped: MappedClass) -> sa.MetaData:
        """Return the `MetaData` of a class: that of its base, with its schema and naming convention."""
        key, expr, module = self._metadata_of(mapped)
        if key not in self.metadata:
            value = self.machine.value(expr, module) if expr is not None and module is not None else None
            self.metadata[key] = self._built_metadata(value, key)
        return self.metadata[key]

    def _built_metadata(self, value: Any, key: str) -> sa.MetaData:
        if isinstance(value, Built) and value.last == "registry":
            value = value.keywords.get("metadata")
        given: dict[str, Any] = value.keywords if isinstance(value, Built) and value.last == "MetaData" else {}
        convention = given.get("naming_convention")
        if not isinstance(convention, dict) and key in self.conventions:
            convention = self.machine.value(*self.conventions[key])
        schema = given.get("schema")
        made = sa.MetaData(schema=schema if isinstance(schema, str) else None)
        names = naming(self.machine, convention) if isinstance(convention, dict) else {}
        if names:
            made.naming_convention = names
        return made

    @cached_property
    def conventions(self) -> dict[str, tuple[e.Expr, Module]]:
        """The dicts of `SQLModel.metadata.naming_convention = {...}`, wherever they are written, by metadata."""
        found: dict[str, tuple[e.Expr, Module]] = {}
        for module in self.index.modules.values():
            for statement in module.interface.body:
                if not isinstance(statement, s.Assign) or statement.value is None:
                    continue
                for target in statement.targets:
                    if isinstance(target, e.Attribute) and target.attr == "naming_convention":
                        found[self._of_expr(target.value, module)[0]] = (statement.value, module)
        return found

    def _metadata_of(self, mapped: MappedClass) -> tuple[str, e.Expr | None, Module | None]:
        """Return a key for the metadata of a class, and the expression that makes it."""
        found = self._of_bases(mapped.mro, mapped.symbol.module)
        if found is not None:
            return found
        key = self.index.registry(mapped)
        for decorator in mapped.symbol.facts.decorators:
            func = decorator.func if isinstance(decorator, e.Call) else decorator
            if isinstance(func, e.Attribute):
                found = self._of_value(func.value, mapped.symbol.module)
                if found is not None:
                    return found
        if mapped.table_call is not None and len(mapped.table_call[0].args) > 1:
            call, module = mapped.table_call
            given = call.args[1]
            if not isinstance(given, e.Call):
                return self._of_expr(given, module)
            if isinstance(call.func, e.Attribute):  # Flask-SQLAlchemy's `db.Table` needs no metadata
                found = self._of_value(call.func.value, module)
                if found is not None:
                    return found
        return key or f"of {mapped.symbol.key}", None, None

    def _of_bases(self, mro: Sequence[Base], at: Module) -> tuple[str, e.Expr | None, Module | None] | None:
        for base in mro:
            if isinstance(base, ClassSymbol):
                members = self.index.mapper.body(base).members
                member = members.get("metadata")
                if member is not None and member.value is not None:
                    return self._of_expr(member.value, base.module)
                given = members.get("registry")
                found = self._of_value(given.value, base.module) if given is not None else None
                if found is not None:
                    return found
                if any(isinstance(item, External) and item.name in DECLARATIVE_BASES for item in mro):
                    direct = [self.index.bases.base(base.module, expr) for expr in base.facts.bases]
                    if any(isinstance(item, External) and item.name in DECLARATIVE_BASES for item in direct):
                        return f"{base.module.path}:{base.name}", None, None
            elif isinstance(base, DynamicBase) and base.value is not None:
                name = e.Name(0, 0, base.value.name)
                return self._of_value(name, base.value.module) or (f"{base.value.module.path}:{name.id}", None, None)
            elif isinstance(base, External) and base.name == sqlmodel.BASE:
                return "sqlmodel", None, None
        return None

    def _of_value(self, expr: e.Expr | None, module: Module) -> tuple[str, e.Expr | None, Module | None] | None:
        """Return the metadata of a registry, a base that a call makes, or Flask-SQLAlchemy's extension object."""
        name = ""
        if isinstance(expr, e.Attribute) and expr.attr == "Model":
            owner = self.index.resolver.expr(module, expr.value)
            if isinstance(owner, Value) and self.index.bases.is_flask(owner):
                expr = expr.value
        if isinstance(expr, (e.Name, e.Attribute)):
            symbol = self.index.resolver.expr(module, expr)
            if symbol == External(sqlmodel.BASE):
                return "sqlmodel", None, None
            if isinstance(symbol, ClassSymbol):
                return self._of_bases(self.index.bases.mro(symbol), module)
            if isinstance(symbol, Value) and isinstance(symbol.value, e.Call):
                expr, module, name = symbol.value, symbol.module, symbol.name
        if not isinstance(expr, e.Call):
            return None
        if name and (set_later := self._set_metadata(name, module)) is not None:
            return self._of_expr(set_later, module)
        given = expr.keyword("metadata")
        if given is not None:
            return self._of_expr(given, module)
        if isinstance(expr.func, e.Attribute) and expr.func.attr == "generate_base":
            return self._of_value(expr.func.value, module)
        made = isinstance(self.index.resolver.expr(module, expr.func), FunctionSymbol)
        # What a function makes is evaluated: it may return a registry with a metadata.
        return (f"{module.path}:{name}", *((expr, module) if made else (None, None))) if name else None

    def _set_metadata(self, name: str, module: Module) -> e.Expr | None:
        """Return what `name.metadata = …` sets in a module, in the body of a class of it too."""
        bodies = [module.interface.attached, *(symbol.facts.body for symbol in module.classes)]
        for statement in (statement for body in bodies for statement in body):
            if isinstance(statement, s.Assign) and statement.value is not None:
                for target in statement.targets:
                    if e.dotted_name(target) == f"{name}.metadata":
                        return self._bound_in_class(statement.value, statement, module)
        return None

    def _bound_in_class(self, value: e.Expr, at: s.Stmt, module: Module) -> e.Expr:
        """Return a value that stands in a class body, its name replaced by what that body binds it to."""
        for symbol in module.classes:
            if at in symbol.facts.body and isinstance(value, e.Name):
                member = self.index.mapper.body(symbol).members.get(value.id)
                return member.value if member is not None and member.value is not None else value
        return value

    def _of_expr(self, expr: e.Expr, module: Module) -> tuple[str, e.Expr | None, Module | None]:
        """Return the metadata that an expression is: a name, `Base.metadata`, or the call itself."""
        if isinstance(expr, e.Attribute) and expr.attr == "metadata":
            found = self._of_value(expr.value, module)
            if found is not None:
                return found
        symbol = self.index.resolver.expr(module, expr) if isinstance(expr, (e.Name, e.Attribute)) else None
        if isinstance(symbol, Value) and symbol.value is not None:
            if isinstance(symbol.value, e.Attribute):
                return self._of_expr(symbol.value, symbol.module)
            return f"{symbol.module.path}:{symbol.name}", expr, module
        return f"{module.path}:{e.dotted_name(expr) or expr.start}", expr, module

    # -- columns

    def _columns(self, static: StaticTable, mapped: MappedClass, parent: MappedClass | None) -> None:
        inherited = set(parent.mro) if parent is not None else set()
        own = [
            attribute
            for attribute in (*mapped.columns(), *mapped.left_out)
            if attribute.owner is None
            or attribute.owner is mapped.symbol
            or attribute.owner not in inherited
            or (attribute.cascading and parent is not None)
        ]
        ranks = {base: rank for rank, base in enumerate(mapped.mro)}

        def order(attribute: ModelAttribute) -> tuple[int, int, bool, tuple[int, int]]:
            given = attribute.column.extra.get("sort_order") if attribute.column is not None else None
            value = self.machine.value(given, attribute.module, attribute.owner) if given is not None else 0
            owner = attribute.owner
            rank = ranks.get(owner, 0) if owner else 0
            if owner and not owner.facts.start <= attribute.range.start < owner.facts.end:
                rank = len(ranks)  # `Model.name = Column(...)`, when the table was there
            # Own columns come before those of mixins; Pydantic has the fields of its bases first.
            value = value if isinstance(value, int) else 0
            if mapped.style == "sqlmodel" or owner is None:
                return value, -rank if mapped.style == "sqlmodel" else rank, False, (attribute.range.start, 0)
            # What a `declared_attr` of a mixin returns comes behind the columns that are copied from it.
            is_late = attribute.function is not None and owner is not mapped.symbol
            return value, rank, is_late, self._place(owner, attribute.range.start)

        for attribute in sorted(own, key=order):
            column = attribute.column
            if column is None or column.name in static.table.c:
                continue
            static.table.append_column(self._column(static, mapped, attribute))

    def _place(self, owner: ClassSymbol, start: int) -> tuple[int, int]:
        """Return the rank of what stands at an offset of a class body, as SQLAlchemy merges values and annotations."""
        if owner.key not in self.places:
            members = self.index.mapper.body(owner).members
            valued = [name for name, item in members.items() if item.value is not None or item.function is not None]
            annotated = [name for name, item in members.items() if item.annotation is not None]
            merged = sa.util.merge_lists_w_ordering(valued, annotated)
            ranks = {name: rank for rank, name in enumerate(merged)}
            self.places[owner.key] = sorted((item.range.start, ranks.get(name, 0)) for name, item in members.items())
        places = self.places[owner.key]
        before = bisect(places, (start, len(places)))
        return places[before - 1][1] if before else -1, start

    def _target(self, key: str, reference: Reference | None) -> str:
        """Return the target of a foreign key by its name in the database, with its schema where a class is meant."""
        if reference is not None and isinstance(reference.expr, e.Attribute):
            symbol = self.index.resolver.expr(reference.module, reference.expr.value)
            found = self.index.mapped_of(symbol)
            if found is not None and found.table and key.startswith(f"{found.table}."):
                return f"{self.place(found)[1]}.{key.rpartition('.')[2]}"
        table, _, name = key.rpartition(".")
        return f"{table}.{self.names.get((table.rpartition('.')[2], name), name)}"

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """The names of columns that have another key, by table and key: foreign keys go by the key."""
        found: dict[tuple[str, str], str] = {}
        for mapped in self.index.mapped.values():
            for attribute in mapped.columns():
                column = attribute.column
                given = column.extra.get("key") if column is not None else None
                if column is not None and given is not None and mapped.table:
                    key = self.machine.value(given, attribute.module, attribute.owner)
                    if isinstance(key, str):
                        found[mapped.table, key] = column.name
        return found

    def _column(self, static: StaticTable, mapped: MappedClass, attribute: ModelAttribute) -> sa.Column[Any]:
        column = attribute.column
        assert column is not None
        kind = self.types.build(mapped, attribute)
        if isinstance(kind, UnknownType):
            static.unknown_types[column.name] = kind.reason
            kind = sa.types.NullType()
        default = self.machine.server_default(column.server_default, attribute.owner)
        if column.server_default is not None and default is None:
            static.unknown_defaults.append(column.name)
        # A constraint of the table gives its keys itself, perhaps several columns together.
        written = [not reference.of_table for reference in column.references]
        written += [True] * (len(column.foreign_keys) - len(written))
        options: dict[str, Any] = column.foreign_key_options if sum(written) == 1 else {}
        references = [*column.references, *[None] * (len(column.foreign_keys) - len(column.references))]
        keys = [
            sa.ForeignKey(self._target(target, reference), **options)
            for target, is_own, reference in zip(column.foreign_keys, written, references, strict=False)
            if is_own and "." in target and "?" not in target
        ]
        extras: dict[str, Any] = {}
        for name in ("autoincrement", "comment"):
            if name in column.extra:
                value = self.machine.value(column.extra[name], attribute.module, attribute.owner)
                if isinstance(value, (bool, str)):
                    extras[name] = value
        if column.default is not None and not column.is_field_default:
            extras["default"] = self._default(column.default.expr, column.default.module)
        if isinstance(kind, sa.types.NullType) and keys and column.type is not None:
            extras["info"] = {"annotated": self.types.annotated(mapped, attribute)}
        return sa.Column(
            column.name,
            kind,
            *keys,
            primary_key=column.primary_key,
            nullable=column.nullable if column.nullable is not None else not column.primary_key,
            server_default=default,
            unique=column.unique or None,
            index=column.index or None,
            **extras,
        )

    def _default(self, expr: e.Expr, module: Module) -> Any:
        """Return a stand-in for a Python default: a key that has one is not counted up by the database."""
        if isinstance(expr, e.Call) and (e.dotted_name(expr.func) or "").rpartition(".")[2] == "Sequence":
            name = self.machine.value(expr.args[0], module) if expr.args else None
            optional = expr.keyword("optional")
            is_optional = isinstance(optional, e.Constant) and optional.value is True
            return sa.Sequence(name if isinstance(name, str) else "sequence", optional=is_optional)
        return sa.ColumnDefault(0)
