"""Models against migrations: what a database made by the revisions lacks, or has otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.bases import DynamicBase
from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, Module
from ormlint.schema.difference import SchemaDifference
from ormlint.schema.metadata import build_tables
from ormlint.schema.replay.run import Replay, replay
from ormlint.schema.replay.simulated import SimColumn, SimTable

_TEST_PARTS = frozenset({"test", "tests", "testing", "conftest.py", "examples"})


def dialect_of(index: ProjectIndex, environment: Environment, configured: tuple[str, ...]) -> str:
    """Return the database that an environment is replayed for: as configured, or as its files hint at."""
    names = {"mariadb": "mysql"}
    for name in (environment.dialect, *configured):
        if name:
            return names.get(name, name)
    url = environment.section.url if environment.section is not None else ""
    for prefix, name in (("postgres", "postgresql"), ("mysql", "mysql"), ("mariadb", "mysql"), ("sqlite", "sqlite")):
        if url.startswith(prefix):
            return name
    return "postgresql"


def replays(index: ProjectIndex, folders: tuple[str, ...], dialects: tuple[str, ...]) -> list[Replay]:
    """Replay the environments of a project; of those for one database each, that database's."""
    environments = index.environments(folders)
    wanted = dialects[0] if dialects else "postgresql"
    named = {item.dialect for item in environments if item.dialect}
    chosen = [item for item in environments if item.dialect in (None, wanted) or wanted not in named]
    return [replay(index, item, dialect_of(index, item, dialects)) for item in chosen]


def differences(
    index: ProjectIndex, folders: tuple[str, ...] = (), dialects: tuple[str, ...] = ()
) -> Iterator[SchemaDifference]:
    """Yield what the models have and the revisions of all environments together do not make."""
    done = replays(index, folders, dialects)
    if done:
        yield from _Comparison(index, done).run()


class _Comparison:
    """One project's models and replays."""

    def __init__(self, index: ProjectIndex, done: list[Replay]) -> None:
        self.index = index
        self.replays = done
        self.by_last_name: dict[str, list[str]] = {}
        for item in done:
            for key in item.schema.tables:
                keys = self.by_last_name.setdefault(key.rpartition(".")[2].lower(), [])
                if key not in keys:
                    keys.append(key)

    def run(self) -> Iterator[SchemaDifference]:
        models = self._models()
        migrated = self._migrated_bases(models)
        # A broken chain, or an `env.py` that leaves tables out by a function, says nothing of missing tables.
        closed = all(
            item.schema.open is None and not item.environment.graph.problems and not _filters(item.environment)
            for item in self.replays
        )
        missing = [
            name for name, mapped in models if not self._may_exist(name) and _base(self.index, mapped) in migrated
        ]
        if missing and (not closed or self._creates_tables()):
            missing = []
        reported: set[str] = set()
        for name, mapped in models:
            if name in missing and name not in reported:
                reported.add(name)
                yield SchemaDifference("table", name, mapped, None, ())
            key = self._key(name)
            if key is not None:
                yield from self._columns(key, mapped)

    def _models(self) -> list[tuple[str, MappedClass]]:
        revisions = {module.path for item in self.replays for module in item.environment.modules}
        models = []
        for name, static in build_tables(self.index, lambda mapped: _is_ours(mapped, revisions)).items():
            for mapped in self.index.mapped.values():
                if mapped.name in static.classes and mapped.table == static.table.name and _is_ours(mapped, revisions):
                    models.append((name, mapped))
        return models

    def _migrated_bases(self, models: list[tuple[str, MappedClass]]) -> set[str]:
        """Return the declarative bases whose tables are made by migrations: at least half of them are there."""
        counts: dict[str, tuple[int, int]] = {}
        for name, mapped in models:
            base = _base(self.index, mapped)
            found, total = counts.get(base, (0, 0))
            counts[base] = (found + self._may_exist(name), total + 1)
        return {base for base, (found, total) in counts.items() if found * 2 >= total}

    def _key(self, name: str) -> str | None:
        """Return the key of a model's table among the migrated ones; a schema may be chosen when it runs."""
        keys = self.by_last_name.get(name.rpartition(".")[2].lower(), [])
        if name in keys or len(keys) != 1:
            return name if name in keys else None
        return keys[0] if "." not in name or "." not in keys[0] else None

    def _may_exist(self, name: str) -> bool:
        return name.rpartition(".")[2].lower() in self.by_last_name

    def _columns(self, key: str, mapped: MappedClass) -> Iterator[SchemaDifference]:
        places = [(item, item.schema.tables[key]) for item in self.replays if key in item.schema.tables]
        if any(table.open or table.maybe or table.baseline for _, table in places):
            return
        parents = (self.index.mapped_of(base) for base in mapped.mro[1:] if isinstance(base, ClassSymbol))
        parent = next((item for item in parents if item is not None), None)
        inherited = set(parent.mro) if parent is not None and parent.table != mapped.table else set()
        for attribute in mapped.columns():
            column = attribute.column
            if column is None or column.unread or attribute.conditional or attribute.owner is None:
                continue
            if self._may_be_absent(attribute):
                continue
            if attribute.value is None and _is_attached(mapped, attribute.name):  # `Video.size = column_property(…)`
                continue
            if attribute.owner is not mapped.symbol and (attribute.owner in inherited or parent is not None):
                continue
            wanted = column.name.encode()[:63].decode("utf-8", "ignore").lower()
            found = [
                (item, table, own)
                for item, table in places
                for name, own in table.columns.items()
                if name.lower() == wanted
            ]
            if not found:
                steps = tuple(step for _, table in places for step in table.steps[-1:])
                yield SchemaDifference("column", key, mapped, attribute, steps)
            elif len(found) == 1 and found[0][2].maybe is None:
                yield from self._column(key, mapped, attribute, *found[0])

    def _column(
        self, key: str, mapped: MappedClass, attribute: ModelAttribute, item: Replay, table: SimTable, own: SimColumn
    ) -> Iterator[SchemaDifference]:
        column = attribute.column
        assert column is not None
        nullable = column.nullable
        if nullable is not None and isinstance(own.nullable, bool) and not column.primary_key and not own.primary_key:
            if nullable is not own.nullable:
                yield SchemaDifference("nullable", key, mapped, attribute, own.steps[-1:], own)
        enum = item.schema.enums.get(own.enum or "")
        if column.enum is None or column.enum.labels is None or not column.enum.native or enum is None:
            return
        if enum.labels is not None:
            lacking = tuple(label for label in column.enum.labels if label not in (enum.labels or ()))
            if lacking:
                steps = (enum.step,) if enum.step is not None else own.steps[-1:]
                yield SchemaDifference("enum-labels", key, mapped, attribute, steps, own, lacking, own.enum or "")

    def _may_be_absent(self, attribute: ModelAttribute) -> bool:
        """Tell whether a `declared_attr` decides by the class whether there is a column."""
        if attribute.function is None:
            return False
        body = self.index.body(attribute.function)
        return any(isinstance(statement, (s.If, s.Try, s.Match)) for statement in walk_statements(body))

    def _creates_tables(self) -> bool:
        """Tell whether the application itself calls `create_all`: then tables appear without a revision."""
        revisions = {module.path for item in self.replays for module in item.environment.modules}
        creating = self.index.made_by_calls.creating
        return any(path not in revisions and not _is_test(path) for path in creating)


def _is_test(path: str) -> bool:
    parts = path.split("/")
    return not _TEST_PARTS.isdisjoint(parts) or parts[-1].startswith("test_")


def _is_attached(mapped: MappedClass, name: str) -> bool:
    """Tell whether the class's own module sets an attribute of it from outside."""
    return any(
        isinstance(target, e.Attribute) and e.dotted_name(target) == f"{mapped.name}.{name}"
        for statement in mapped.symbol.module.interface.attached
        for target in statement.targets
    )


def _is_ours(mapped: MappedClass, revisions: set[str]) -> bool:
    path = mapped.symbol.module.path
    return path not in revisions and not _is_test(path) and mapped.symbol.facts.function < 0


def _base(index: ProjectIndex, mapped: MappedClass) -> str:
    """Return a name for the declarative base of a class."""
    for base in mapped.mro:
        if isinstance(base, DynamicBase):
            return f"{base!r}"
        if isinstance(base, ClassSymbol):
            for expr in base.facts.bases:
                found = index.resolver.expr(base.module, expr)
                if isinstance(found, External) and found.name.rpartition(".")[2] in ("DeclarativeBase", "Model"):
                    return base.key if found.name.startswith("sqlalchemy.") else found.name
    return mapped.style


def _filters(environment: Environment) -> bool:
    module: Module | None = environment.env
    return module is not None and any(module.has(name) for name in ("include_object", "include_name"))
