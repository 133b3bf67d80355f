"""Models against migrations: what a database made by the revisions lacks, or has otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.databases import dialect_of
from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, Module, Value
from ormlint.index.tables import KnownTable
from ormlint.schema.columns import ColumnComparison, decorator_of
from ormlint.schema.constraints import constraint_differences
from ormlint.schema.coverage import FLASK, Coverage, Metadatas, created_at_runtime, is_test
from ormlint.schema.difference import CoreDifference, SchemaDifference, TableWithoutModel
from ormlint.schema.metadata import StaticTable, build_tables
from ormlint.schema.modeltypes import ModelTypes
from ormlint.schema.replay.run import Replay, replay
from ormlint.schema.replay.simulated import SimColumn, SimTable
from ormlint.text import Range

# What `include_object` and `include_name` call a thing that only the database has.
_HIDDEN_AS = {"unique-extra": ("unique_constraint", "index"), "foreign-key-extra": ("foreign_key_constraint",)}


def replays(index: ProjectIndex, folders: tuple[str, ...], dialects: tuple[str, ...]) -> list[Replay]:
    """Replay the environments of a project; of those for one database each, that database's.

    Raises:
        MigrationPathError: a folder holds no revisions.
    """
    return replays_of(index, index.environments(folders), dialects)


def replays_of(index: ProjectIndex, environments: list[Environment], dialects: tuple[str, ...]) -> list[Replay]:
    """Replay environments as `replays` does."""
    wanted = dialects[0] if dialects else "postgresql"
    named = {item.dialect for item in environments if item.dialect}
    chosen = [item for item in environments if item.dialect in (None, wanted) or wanted not in named]
    done: list[Replay] = []
    for item in chosen:
        dialect, told_by = dialect_of(index, item, dialects)
        made = replay(index, item, dialect)
        made.told_by = told_by
        done.append(made)
    return done


def compare(
    index: ProjectIndex, done: list[Replay], folders: tuple[str, ...] = (), grouped: bool = True
) -> Iterator[SchemaDifference | CoreDifference | TableWithoutModel]:
    """Yield the differences between the models and what has been replayed of the environments in `folders`.

    `grouped`: of the columns of one type decorator that differ alike, only the first.
    """
    if done:
        yield from _Comparison(index, done, folders).run(grouped)


@dataclass(eq=False, slots=True)
class _Model:
    """A mapped class with the name of its table, schema included, and that of its `MetaData`."""

    name: str
    mapped: MappedClass
    metadata: str | None


class _Comparison:
    """One project's models and replays."""

    def __init__(self, index: ProjectIndex, done: list[Replay], folders: tuple[str, ...]) -> None:
        self.index = index
        self.replays = done
        self.metadatas = Metadatas(index)
        self.revisions = {module.path for item in done for module in item.environment.modules}
        self.coverage = {id(item): Coverage(index, self.metadatas, item.environment, item.dialect) for item in done}
        replayed = [item.environment for item in done]
        self.elsewhere: set[str] = set()  # what environments for other databases are for
        for environment in index.environments(folders):
            if environment not in replayed:
                self.elsewhere |= Coverage(index, self.metadatas, environment, done[0].dialect).targets or frozenset()
        types = {item.dialect: ModelTypes(index, item.dialect) for item in done}
        self.columns = {id(item): ColumnComparison(types[item.dialect], item) for item in done}
        self.keys: dict[str, list[str]] = {}  # a table's name without schema, in small letters → keys
        for item in done:
            for key in item.schema.tables:
                keys = self.keys.setdefault(key.rpartition(".")[2].lower(), [])
                if key not in keys:
                    keys.append(key)
        self.static: dict[str, StaticTable] = {}
        self.models: list[_Model] = []
        self.is_first = not any(item.environment.graph.revisions for item in done)
        self.created: set[str | None] | None = None
        self.proved: set[str | None] = set()  # the `MetaData` of tables that revisions make, and of no other one
        self.alike: dict[tuple[object, ...], list[SchemaDifference]] = {}  # what one place is the cause of

    def run(self, grouped: bool) -> Iterator[SchemaDifference | CoreDifference | TableWithoutModel]:
        """Yield all differences, each at the model it is about."""
        self._read_models()
        yield from self._missing_tables()
        for model in self.models:
            key = self._key(model.name)
            if key is not None:
                yield from self._columns(key, model)
        for cause, found in self.alike.items():
            one = replace(found[0], others=len(found) - 1, is_shared=cause[0] == "inherited" and len(found) > 1)
            yield from [one] if grouped else found
        yield from self._core_tables()
        yield from self._whole_tables()

    # -- the models

    def _read_models(self) -> None:
        self.static = build_tables(self.index, self._is_ours, self.replays[0].dialect)
        order = {key: position for position, key in enumerate(self.index.mapped)}
        for name, static in self.static.items():
            if name != static.name:
                continue  # a namesake in another `MetaData`, which the first one claims too
            for mapped in sorted(static.claims, key=lambda item: order[item.symbol.key]):
                self.models.append(_Model(name, mapped, self.metadatas.of(mapped)))

    def _is_ours(self, mapped: MappedClass) -> bool:
        path = mapped.symbol.module.path
        return path not in self.revisions and not is_test(path) and mapped.symbol.facts.function < 0

    # -- tables

    def _missing_tables(self) -> Iterator[SchemaDifference]:
        """Yield tables that no environment makes, though one of them is for their `MetaData`.

        Where `env.py` does not say which `MetaData` it is for, a table counts when revisions make another table of
        the same `MetaData`, and of no other one.
        """
        owners: dict[str, set[str | None]] = {}
        for model in self.models:
            if self._may_exist(model.name):
                owners.setdefault(model.name, set()).add(model.metadata)
        self.proved = {next(iter(found)) for found in owners.values() if len(found) == 1}
        missing: dict[str, _Model] = {}
        for model in self.models:
            if model.name in missing or self._may_exist(model.name):
                continue
            if self._is_missing(model.name, model.metadata):
                missing[model.name] = model
        for model in missing.values():
            if not self._is_created(model.metadata):
                yield SchemaDifference("table", model.name, model.mapped, None, ())

    def _is_missing(self, name: str, metadata: str | None) -> bool:
        """Tell whether an environment that is for a `MetaData` should make a table that none makes."""
        answers = {id(item): self.coverage[id(item)].has(metadata) for item in self.replays}
        relevant = [item for item in self.replays if answers[id(item)] is not False]
        is_for = any(answers.values()) or (bool(relevant) and (metadata in self.proved or self.is_first))
        return is_for and all(self._would_make(item, name) for item in relevant)

    def _is_created(self, metadata: str | None) -> bool:
        """Tell whether the application may create the tables of a `MetaData` when it runs."""
        if self.is_first:
            return False  # a history begins where the application created tables so far
        if self.created is None:  # it takes long
            self.created = created_at_runtime(self.index, self.metadatas, self.revisions)
        return bool(self.created) and (None in self.created or metadata is None or metadata in self.created)

    def _would_make(self, item: Replay, full_name: str) -> bool:
        """Tell whether a table that an environment does not make is surely not made, and not left out on purpose."""
        schema, _, name = full_name.rpartition(".")
        if item.schema.open is not None or item.environment.graph.problems or name.lower() in item.hazards.views:
            return False
        if item.starts_empty is False:
            return False  # the history starts on a database that is there, with tables that no revision names
        return self.coverage[id(item)].leaves_out("table", name, schema or None) is False

    def _key(self, name: str) -> str | None:
        """Return the key of a model's table among the migrated ones; a schema may be chosen when it runs."""
        keys = self.keys.get(name.rpartition(".")[2].lower(), [])
        if name in keys or len(keys) != 1:
            return name if name in keys else None
        return keys[0] if "." not in name or "." not in keys[0] else None

    def _may_exist(self, name: str) -> bool:
        return name.rpartition(".")[2].lower() in self.keys

    def _places(self, key: str, metadata: str | None) -> list[tuple[Replay, SimTable]]:
        """Return where a table is made by an environment that is, or may be, for its `MetaData`."""
        return [
            (item, item.schema.tables[key])
            for item in self.replays
            if key in item.schema.tables and self._is_for(item, key, metadata)
        ]

    def _is_for(self, item: Replay, key: str, metadata: str | None) -> bool:
        """Tell whether an environment is for a `MetaData`; where it does not say, no other one may have the table."""
        answer = self.coverage[id(item)].has(metadata)
        if answer is not None:
            return answer
        owners = {model.metadata for model in self.models if self._key(model.name) == key}
        return len(owners) == 1 and metadata not in self.elsewhere

    # -- columns

    def _columns(self, key: str, model: _Model) -> Iterator[SchemaDifference]:
        places = self._places(key, model.metadata)
        if not places or any(table.open or table.maybe or table.baseline for _, table in places):
            return
        mapped = model.mapped
        parent = self._parent(mapped)
        inherited = set(parent.mro) if parent is not None and parent.table != mapped.table else set()
        for attribute in mapped.columns():
            column = attribute.column
            if column is None or attribute.conditional or attribute.owner is None:
                continue
            if column.unread and mapped.style != "sqlmodel":  # a `*` may give it another name
                continue
            if self._may_be_absent(attribute):
                continue
            if attribute.value is None and _is_attached(mapped, attribute.name):  # `Video.size = column_property(…)`
                continue
            if attribute.owner is not mapped.symbol and (attribute.owner in inherited or parent is not None):
                continue
            wanted = _cut(column.name)
            found = [
                (item, own) for item, table in places for name, own in table.columns.items() if name.lower() == wanted
            ]
            if not found:
                steps = tuple(step for _, table in places for step in table.steps[-1:])
                yield SchemaDifference("column", key, mapped, attribute, steps)
            elif len(found) == 1 and found[0][1].maybe is None and not column.unread:
                yield from self._column(key, mapped, attribute, *found[0])

    def _column(
        self, key: str, mapped: MappedClass, attribute: ModelAttribute, item: Replay, own: SimColumn
    ) -> Iterator[SchemaDifference]:
        for difference in self.columns[id(item)].run(key, mapped, attribute, own):
            decorator = decorator_of(attribute) if difference.kind in ("type", "narrow") else None
            owner = attribute.owner
            if decorator is not None:
                self.alike.setdefault((decorator, difference.kind), []).append(difference)
            elif owner is not None and owner is not mapped.symbol and not owner.module.is_installed:
                said = (difference.kind, difference.ours, difference.theirs, difference.labels, own.nullable)
                self.alike.setdefault(("inherited", owner, attribute.name, *said), []).append(difference)
            else:
                yield difference

    def _parent(self, mapped: MappedClass) -> MappedClass | None:
        parents = (self.index.mapped_of(base) for base in mapped.mro[1:] if isinstance(base, ClassSymbol))
        return next((item for item in parents if item is not None), None)

    def _may_be_absent(self, attribute: ModelAttribute) -> bool:
        """Tell whether a `declared_attr` decides by the class whether there is a column."""
        if attribute.function is None:
            return False
        body = self.index.body(attribute.function)
        return any(isinstance(statement, (s.If, s.Try, s.Match)) for statement in walk_statements(body))

    # -- Core tables

    def _core_tables(self) -> Iterator[CoreDifference]:
        """Yield Core tables that no environment makes, and columns that revisions do not give them."""
        for known in sorted(self.index.tables.by_name.values(), key=lambda item: item.name):
            if known.models or len(known.core) != 1:
                continue
            module, where = known.core[0]
            if module.is_installed or module.path in self.revisions or is_test(module.path):
                continue
            call = _call_at(module, where)
            given = call.keyword("schema") if call is not None else None
            if call is None or not (given is None or isinstance(given, e.Str)):
                continue
            metadata = self._metadata_of(module, call)
            name = f"{given.value}.{known.name}" if isinstance(given, e.Str) else known.name
            if not self._may_exist(name):
                if metadata is not None and self._is_missing(name, metadata) and not self._is_created(metadata):
                    yield CoreDifference(name, None, module, call.args[0].range)
            elif not known.open:
                yield from self._core_columns(known, name, metadata, module)

    def _core_columns(
        self, known: KnownTable, name: str, metadata: str | None, module: Module
    ) -> Iterator[CoreDifference]:
        key = self._key(name)
        if key is None or metadata is None:
            return
        made: list[SimTable] = []
        for item in self.replays:
            answer = self.coverage[id(item)].has(metadata)
            if key in item.schema.tables and answer is not False and (answer or metadata in self.proved):
                made.append(item.schema.tables[key])
        if not made or any(table.open or table.maybe or table.baseline for table in made):
            return
        present = {column.lower() for table in made for column in table.columns}
        steps = tuple(step for table in made for step in table.steps[-1:])
        for columns in known.columns.values():
            if _cut(columns[0].name) not in present and columns[0].range is not None:
                yield CoreDifference(key, columns[0].name, module, columns[0].range, steps)

    def _metadata_of(self, module: Module, call: e.Call) -> str | None:
        """Return the name of the `MetaData` of a Core table; Flask-SQLAlchemy's `db.Table` needs none."""
        if isinstance(call.func, e.Attribute):
            owner = self.index.resolver.expr(module, call.func.value)
            if isinstance(owner, Value) and self.index.bases.is_flask(owner):
                return FLASK
        given = call.args[1] if len(call.args) > 1 else call.keyword("metadata")
        return self.metadatas.of_expr(module, given) if given is not None else None

    # -- what only whole tables show

    def _whole_tables(self) -> Iterator[SchemaDifference | CoreDifference | TableWithoutModel]:
        """Yield constraints, and what the revisions make and no model has; both sides must be known whole."""
        owners = {id(mapped): static for static in self.static.values() for mapped in static.models}
        groups: dict[tuple[str, str], list[_Model]] = {}
        for model in self.models:
            key, static = self._key(model.name), owners.get(id(model.mapped))
            if key is not None and static is not None:
                groups.setdefault((key, model.metadata or ""), []).append(model)
        for (key, _), models in groups.items():
            static = owners[id(models[0].mapped)]
            places = self._places(key, models[0].metadata)
            is_one = all(owners[id(model.mapped)] is static for model in models)
            if not is_one or len(places) != 1 or static.open or not self._is_whole(models):
                continue
            item, table = places[0]
            if table.open or table.maybe or table.baseline:
                continue
            mapped = [model.mapped for model in models]
            for difference in constraint_differences(key, static, mapped, item, table):
                kinds = _HIDDEN_AS.get(difference.kind, ())
                if self._is_compared(item, difference.theirs, *kinds):
                    yield difference
            yield from self._extra_columns(key, mapped, static, item, table)
        by_key = {key for key, _ in groups}
        yield from self._extra_tables(by_key)

    def _is_compared(self, item: Replay, name: str, *kinds: str) -> bool:
        """Tell whether `env.py` surely does not hide a thing of these kinds that only the database has."""
        coverage = self.coverage[id(item)]
        return all(coverage.leaves_out(kind, name, None, True) is False for kind in kinds)

    def _is_whole(self, models: list[_Model]) -> bool:
        """Tell whether all columns of some classes are known."""
        return not any(
            model.mapped.open_reason is not None
            or any(attribute.kind == "unknown" for attribute in model.mapped.attributes.values())
            or any(item.column is not None and item.column.unread for item in model.mapped.columns())
            for model in models
        )

    def _extra_columns(
        self, key: str, models: list[MappedClass], static: StaticTable, item: Replay, table: SimTable
    ) -> Iterator[SchemaDifference]:
        known = {_cut(column.name) for column in static.table.columns}
        core = self.index.tables.by_name.get(key.rpartition(".")[2].lower())
        known |= {_cut(name) for name in core.columns} if core is not None else set()
        if core is not None and core.open:
            return
        for name, own in table.columns.items():
            if own.maybe is None and name.lower() not in known and self._is_compared(item, name, "column"):
                yield SchemaDifference(
                    "extra-column", key, models[0], None, own.steps[:1], own, theirs=name, dialect=item.dialect
                )

    def _extra_tables(self, modelled: set[str]) -> Iterator[TableWithoutModel]:
        tables = self.index.tables
        if tables.unknown:
            return
        left = [
            (key, table)
            for item in self.replays
            for key, table in item.schema.tables.items()
            if key not in modelled
            and table.name.lower() not in tables.by_name
            and not (table.maybe or table.baseline)
            and table.steps
            and self._is_compared(item, table.name, "table")
        ]
        made = self.index.made_by_calls if left else None  # takes long
        if made is None or made.any_table or made.any_class:
            return
        for key, table in left:
            if table.name not in made.tables:
                yield TableWithoutModel(key, table.steps[0])


def _call_at(module: Module, where: Range) -> e.Call | None:
    """Return the call that a name of a module is bound to, by its place."""
    for bindings in module.scope.values():
        for binding in bindings:
            value = binding.target.value if isinstance(binding.target, Value) else None
            if isinstance(value, e.Call) and value.start == where.start:
                return value
    return None


def _cut(name: str) -> str:
    """Return a column's name as PostgreSQL keeps it, in small letters."""
    return name.encode()[:63].decode("utf-8", "ignore").lower()


def _is_attached(mapped: MappedClass, name: str) -> bool:
    """Tell whether the class's own module sets an attribute of it from outside."""
    return any(
        isinstance(target, e.Attribute) and e.dotted_name(target) == f"{mapped.name}.{name}"
        for statement in mapped.symbol.module.interface.attached
        for target in statement.targets
    )
