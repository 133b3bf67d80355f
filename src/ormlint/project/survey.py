"""What a project says of itself that a configuration can hold: styles, pairs of times, migrations, databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ormlint.checker.analysis import Analysis
from ormlint.index.databases import IMPORT, URL, dialect_of, in_documents, in_text
from ormlint.index.environments import Environment
from ormlint.index.errors import MigrationPathError
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External
from ormlint.index.vocabulary import KNOWN_PACKAGES
from ormlint.index.vocabulary.sqlalchemy import DATETIMES
from ormlint.settings.model import DIALECTS, TIMESTAMP_PAIRS
from ormlint.text.paths import is_test_path

# How a mapped class is declared: the key of `MappedClass.style`, refined for declarative classes by what they use.
STYLES = {
    "mapped": "SQLAlchemy 2.0 (`Mapped[...]`)",
    "column": "SQLAlchemy 1.x (`Column(...)`)",
    "flask": "Flask-SQLAlchemy",
    "sqlmodel": "SQLModel",
}
# Bases from these need no environment: they are known.
_KNOWN_PACKAGES = frozenset({*KNOWN_PACKAGES, "builtins", "typing", "abc", "enum", "dataclasses"})


@dataclass(frozen=True)
class Place:
    """A line of a file that says something."""

    path: str
    line: int
    is_test: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Dialect:
    """A database that the project names, and where: the places outside tests first."""

    name: str
    places: tuple[Place, ...]

    @property
    def is_for_tests(self) -> bool:
        """Whether nothing but tests names it."""
        return all(place.is_test for place in self.places)


@dataclass(frozen=True)
class Migrations:
    """The folders of Alembic's revisions. `file` is the one that names them, where one does.

    `folders`, given as the setting `migrations`, mean just these; empty when no such setting could.
    """

    environments: tuple[Environment, ...]
    file: str | None
    folders: tuple[str, ...]
    databases: tuple[tuple[str, str], ...] = ()  # that they are replayed for, and what says so


@dataclass
class Survey:
    """What was found. `pairs` count the classes that have both columns; those that ormlint does not know are last."""

    models: int = 0
    open_models: int = 0
    styles: dict[str, int] = field(default_factory=dict)
    pairs: dict[tuple[str, str], int] = field(default_factory=dict)
    migrations: Migrations | None = None
    dialects: tuple[Dialect, ...] = ()
    unread_packages: tuple[str, ...] = ()  # packages that classes derive from, not found in an environment

    @property
    def own_pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs that ormlint does not look for by itself."""
        return tuple(pair for pair in self.pairs if pair not in TIMESTAMP_PAIRS)


def survey(analysis: Analysis, root: Path) -> Survey:
    """Look at a project's models, migrations and files."""
    index = analysis.index
    models = [mapped for mapped in index.mapped.values() if not mapped.symbol.module.is_installed]
    found = Survey(
        models=len(models),
        open_models=sum(mapped.open_reason is not None for mapped in models),
        styles=dict(Counter(_style(mapped) for mapped in models).most_common()),
        pairs=_pairs(models),
        migrations=_migrations(index),
        dialects=tuple(_dialects(analysis)),
    )
    if analysis.index.installed is None:
        found.unread_packages = _packages(models)
    return found


def _style(mapped: MappedClass) -> str:
    if mapped.style != "declarative":
        return mapped.style
    own = [item for item in mapped.attributes.values() if item.owner is mapped.symbol and item.column is not None]
    return "mapped" if any(item.annotation is not None for item in own) else "column"


def _packages(models: Iterable[MappedClass]) -> tuple[str, ...]:
    names = {
        base.name.partition(".")[0]
        for mapped in models
        if mapped.open_reason is not None
        for base in mapped.mro
        if isinstance(base, External)
    }
    return tuple(sorted(names - _KNOWN_PACKAGES))


# -- pairs of times


def _pairs(models: Iterable[MappedClass]) -> dict[tuple[str, str], int]:
    """Count the pairs of columns that hold when a row was made and changed.

    A pair that is not known by its names has to be told by what fills it, in two classes or in a base of classes.
    """
    counts: Counter[tuple[str, str]] = Counter()
    shared: set[tuple[str, str]] = set()
    for mapped in models:
        times = {item.name: item for item in mapped.columns() if item.column and item.column.type in DATETIMES}
        known = [pair for pair in TIMESTAMP_PAIRS if times.keys() >= set(pair)]
        counts.update(known)
        if known:
            continue
        updated = [
            name
            for name, item in times.items()
            if item.column and (item.column.onupdate or item.column.server_onupdate)
        ]
        created = [
            name
            for name, item in times.items()
            if name not in updated and item.column and (item.column.default or item.column.server_default)
        ]
        if len(updated) == len(created) == 1:
            pair = (created[0], updated[0])
            counts[pair] += 1
            owner = times[pair[0]].owner
            if isinstance(owner, ClassSymbol) and owner is not mapped.symbol and owner is times[pair[1]].owner:
                shared.add(pair)
    known_first = sorted(counts.items(), key=lambda item: (item[0] not in TIMESTAMP_PAIRS, -item[1], item[0]))
    return {pair: count for pair, count in known_first if pair in TIMESTAMP_PAIRS or count > 1 or pair in shared}


# -- migrations


def _migrations(index: ProjectIndex) -> Migrations | None:
    found = index.environments()
    if not found:
        return None
    files = sorted({environment.section.path for environment in found if environment.section is not None})
    folders = tuple(dict.fromkeys(folder for environment in found for folder in environment.locations[:1]))
    try:
        again = index.environments(folders)
    except MigrationPathError:
        again = []
    same = [item.locations for item in again] == [item.locations for item in found]
    databases = dict(dialect_of(index, environment, ()) for environment in found)
    return Migrations(tuple(found), files[0] if files else None, folders if same else (), tuple(databases.items()))


# -- databases


def _dialects(analysis: Analysis) -> Iterator[Dialect]:
    """Yield the databases that the project names, the surest first: SQL is shown for the first one."""
    named: dict[str, dict[Place, None]] = {}
    for dialect, place in _named(analysis):
        named.setdefault(dialect, {})[place] = None
    found = [Dialect(name, tuple(sorted(places, key=lambda place: place.is_test))) for name, places in named.items()]
    # A file of SQLite is what tests and first steps run on; where another database is named too, that one is meant.
    yield from sorted(found, key=lambda item: (item.is_for_tests, item.name == "sqlite", -len(item.places), item.name))


def _named(analysis: Analysis) -> Iterator[tuple[str, Place]]:
    documents = analysis.index.documents
    for mention in in_documents(documents):
        if mention.dialect in DIALECTS:
            yield mention.dialect, _place(mention.path, documents[mention.path], mention.offset)
    for path, source in analysis.sources.items():
        for mention in in_text(path, source.text, URL, IMPORT):
            if mention.dialect in DIALECTS:
                yield mention.dialect, _place(path, source.text, mention.offset)


def _place(path: str, text: str, offset: int) -> Place:
    return Place(path, text.count("\n", 0, offset) + 1, is_test_path(path))


def ruff_config(root: Path) -> dict[str, object] | None:
    """Return Ruff's configuration as far as it is of this folder; None without one."""
    import tomli

    for name in (".ruff.toml", "ruff.toml", "pyproject.toml"):
        try:
            data = tomli.loads((root / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError):
            continue
        if name != "pyproject.toml":
            return data
        tool = data.get("tool")
        table = tool.get("ruff") if isinstance(tool, dict) else None
        if isinstance(table, dict):
            return table
    return None
