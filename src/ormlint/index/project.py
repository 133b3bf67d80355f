"""The project index: every module linked, every mapped class read, with what others add to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import ModuleBodies, ModuleInterface
from ormlint.index.bases import BaseReader
from ormlint.index.columns import ColumnReader
from ormlint.index.constants import Constants
from ormlint.index.enums import EnumClass, EnumIndex
from ormlint.index.environments import Environment, find_environments
from ormlint.index.idents import Idents
from ormlint.index.indexes import NamedIndex, read_indexes
from ormlint.index.installed import InstalledModules
from ormlint.index.linking import Linker
from ormlint.index.mapping import Mapper
from ormlint.index.metadatas import MetadataSettings, read_settings
from ormlint.index.model import MappedClass, ModelAttribute, Relationship
from ormlint.index.modules import ModuleMap, shared_folders
from ormlint.index.moduletable import ModuleTable
from ormlint.index.reads import READS, Noting, Read, paths_of, recorded
from ormlint.index.registries import (
    NOTHING_MADE,
    MadeByCalls,
    all_made,
    declarative_base_of,
    made_by_calls,
    registry_of,
)
from ormlint.index.scopes import build_module
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module, Resolver, Symbol, Unknown
from ormlint.index.tables import NotedTables, Tables, read_tables


@dataclass
class LinkedState:
    """What linking found and remembers. It holds as long as no file it was read from is another."""

    mapped: dict[str, MappedClass]
    by_name: dict[str, list[MappedClass]]
    floating: set[str]
    subclasses: dict[str, list[MappedClass]]
    linking: set[str]
    making: set[str]
    homes: dict[e.Node, Module]
    installed: InstalledModules | None
    remembered: list[dict[Any, Any]]
    read: frozenset[str] | None  # the files that were read; None where that may be any


class ProjectIndex:
    """What the whole project declares. Made once per run by `link`; rules only ask."""

    def __init__(
        self,
        interfaces: Mapping[str, ModuleInterface],
        bodies_of: Callable[[str], ModuleBodies],
        installed: InstalledModules | None = None,
        linking: Collection[str] | None = None,
        modules: Iterable[Module] = (),
        paths: ModuleMap | None = None,
    ) -> None:
        self.paths = paths if paths is not None else ModuleMap(interfaces)
        self.own_modules = ModuleTable(
            interfaces, lambda path: build_module(path, self.paths.name(path), interfaces[path])
        )
        self._only = linking
        self.linking: set[str] = set()  # the files that linking takes something from
        self.own_modules.take(modules)
        if linking is None:
            self.own_modules.make_all()
        self.making: set[str] = set()  # the files that hold classes made by calls: their modules know them
        self._bodies_of = bodies_of
        self.installed = installed
        self.idents = Idents(self.own_modules)
        self.resolver = Resolver(self.own_modules, self.paths, installed)
        self.bases = BaseReader(self.resolver)
        self.resolver.is_flask = self.bases.is_flask
        self.enums = EnumIndex(self.resolver)
        self.constants = Constants(self.resolver, self.bases)
        self.constants.enum_of = self.enums.of
        self.enums.strings = self.constants.strings
        self.enums.body_of = self.body
        self.columns = ColumnReader(self.resolver, self.enums, self.constants)
        self.mapper = Mapper(self.resolver, self.bases, self.columns, self.constants, self.body)
        self.documents: dict[str, str] = {}  # `alembic.ini`, requirements, addresses: path → text
        self._environments: dict[tuple[str, ...], tuple[list[Environment], object]] = {}
        self.own_mapped: dict[str, MappedClass] = {}
        self.own_by_name: dict[str, list[MappedClass]] = {}
        self.own_floating: set[str] = set()
        self._registries: dict[str, tuple[str | None, object]] = {}
        self.may_make: Callable[[str], bool] = lambda path: True  # whether a file's text may hold such calls
        self.made_in: dict[str, MadeByCalls] = {}  # by path, what is known already
        self.installed_models: dict[str, MappedClass | None] = {}
        self.heirs: dict[str, list[MappedClass]] = {}

    # -- questions

    @property
    def modules(self) -> dict[str, Module]:
        """Every module by its path; `module_at` reads less."""
        READS.seen.add(("interfaces",))
        return self.own_modules

    @property
    def is_partial(self) -> bool:
        """Whether only files known to hold something were looked through for what is mapped."""
        return self._only is not None

    def built_modules(self) -> Iterator[Module]:
        """Yield the modules that have been asked for, or all of them; of which nothing is read by this."""
        return self.own_modules.made()

    def all_paths(self) -> Iterator[tuple[str, Module]]:
        """Yield every path and its module, of which nothing is read by this."""
        READS.seen.add(("paths",))
        yield from self.own_modules.items()

    def module_at(self, path: str) -> Module | None:
        """Return the module at a path, or None."""
        READS.seen.add(("file", path.removesuffix(".py").removesuffix("/__init__")))
        return self.own_modules.get(path)

    @property
    def mapped(self) -> dict[str, MappedClass]:
        """Every mapped class by its key; `mapped_of` reads less."""
        READS.seen.add(("models",))
        return self.own_mapped

    @property
    def by_name(self) -> dict[str, list[MappedClass]]:
        """The mapped classes by name; `called` reads less."""
        READS.seen.add(("models",))
        return self.own_by_name

    def called(self, name: str) -> list[MappedClass]:
        """Return the mapped classes of a name."""
        READS.seen.add(("called", name))
        found = self.own_by_name.get(name, [])
        for mapped in found:
            READS.seen.add(("card", mapped.symbol))
        return found

    @property
    def floating_backrefs(self) -> set[str]:
        """Names that backrefs give to classes that are not known."""
        READS.seen.add(("backrefs",))
        return self.own_floating

    @property
    def tables(self) -> NotedTables:
        """The tables that the project's modules declare, by name."""
        return NotedTables(self.own_tables)

    @cached_property
    def own_tables(self) -> Tables:
        """The tables, without noting that they were read."""
        with Noting(set()):
            return read_tables(self)

    def metadata_settings(self) -> MetadataSettings:
        """Return the top-level statements of all modules that say something of a `MetaData`."""
        READS.seen.add(("interfaces",))
        return self._metadata_settings

    @cached_property
    def _metadata_settings(self) -> MetadataSettings:
        # Once for all environments: to look through every module for each is quadratic in a monorepo.
        return read_settings(self.own_modules.values())

    @property
    def indexes(self) -> dict[str, list[NamedIndex]]:
        """The indexes that classes declare, by name."""
        READS.seen.add(("models",))
        return self._indexes

    @cached_property
    def _indexes(self) -> dict[str, list[NamedIndex]]:
        return read_indexes(self)

    def environments(self, configured: tuple[str, ...] = ()) -> list[Environment]:
        """Return the Alembic environments: those in the configured folders, or all that are found.

        Raises:
            MigrationPathError: a configured folder holds no revisions.
        """
        return recorded(self._environments, configured, lambda: find_environments(self, self.documents, configured))

    @property
    def made_by_calls(self) -> MadeByCalls:
        """The classes and tables that calls make, wherever they stand."""
        READS.seen.add(("made",))
        return self.own_made

    @cached_property
    def own_made(self) -> MadeByCalls:
        """The same, without noting that it was read."""
        with Noting(set()):
            for path in self.own_modules:
                self.made_by(path)
        return all_made(self.made_in[path] for path in self.own_modules)

    def made_by(self, path: str) -> MadeByCalls:
        """Return what the calls in a file make, without noting that it was read."""
        found = self.made_in.get(path)
        if found is None:
            with Noting(set()):
                found = made_by_calls(self, self.own_modules[path]) if self.may_make(path) else NOTHING_MADE
            self.made_in[path] = found
        return found

    def registry(self, mapped: MappedClass) -> str | None:
        """Return the registry of a mapped class; None where it is not known."""
        return recorded(self._registries, mapped.symbol.key, lambda: registry_of(self, mapped))

    def body(self, function: FunctionSymbol) -> tuple[s.Stmt, ...]:
        """Return the statements of a function."""
        READS.seen.add(("body", function))
        if function.module.bodies is not None:
            return function.module.bodies.functions[function.index]
        if function.module.is_installed and self.installed is not None:
            return self.installed.body(function)
        return self._bodies_of(function.module.path).functions[function.index]

    def mapped_of(self, symbol: Symbol | None) -> MappedClass | None:
        """Return the mapped class a symbol is, or None."""
        if not isinstance(symbol, ClassSymbol):
            return None
        READS.seen.add(("card", symbol))
        return self.own_mapped.get(symbol.key)

    def enum_of(self, symbol: Symbol | None) -> EnumClass | None:
        """Return the enum a symbol is, or None."""
        return self.enums.of(symbol) if symbol is not None else None

    def subclasses(self, mapped: MappedClass) -> list[MappedClass]:
        """Return the mapped classes that derive from `mapped`, itself first."""
        READS.seen.add(("heirs", mapped.symbol))
        return self.heirs.get(mapped.symbol.key, [mapped])

    def target(self, relationship: Relationship | None) -> MappedClass | None:
        """Return the mapped class a relationship leads to, or None."""
        return self.mapped_of(relationship.target) if relationship is not None else None

    def model_by_name(self, name: str, near: MappedClass | Module | None = None) -> MappedClass | None:
        """Return the mapped class of a name or dotted name, as a registry would; None when several may be meant.

        Of several those of the same declarative base are meant, then the one in the same module or the
        nearest folder; classes made inside functions are known there only.
        """
        found = self.called(name.rpartition(".")[2])
        if len(found) > 1 and "." in name:
            dotted = name.rpartition(".")[0]
            found = [mapped for mapped in found if mapped.symbol.module.name.endswith(dotted)] or found
        if len(found) > 1:
            if isinstance(near, MappedClass) and near.symbol.facts.function >= 0:
                beside = [mapped for mapped in found if _are_of_one_function(mapped, near)]
                if beside:
                    return beside[-1]
                if any(isinstance(base, Unknown) for base in near.mro):
                    return None  # of a base that a parameter or a fixture brings: its registry is not known
            found = [mapped for mapped in found if mapped.symbol.facts.function < 0] or found
        if len(found) > 1 and near is not None:
            module = near.symbol.module if isinstance(near, MappedClass) else near
            if isinstance(near, MappedClass):
                registry = declarative_base_of(near)
                found = [mapped for mapped in found if declarative_base_of(mapped) is registry] or found
            same = [mapped for mapped in found if mapped.symbol.module is module]
            if same:
                return same[-1]
            ranks = [shared_folders(mapped.symbol.module.path, module.path) for mapped in found]
            found = [mapped for mapped, rank in zip(found, ranks, strict=True) if rank == max(ranks)]
        return found[0] if len(found) == 1 else None

    def may_have(self, mapped: MappedClass, name: str) -> bool:
        """Tell whether an object loaded as `mapped` may have an attribute: it may be of a class derived from it."""
        heirs = tuple(self.subclasses(mapped))
        for heir in heirs:
            READS.seen.add(("card", heir.symbol))
            if heir.has(name) or name in heir.set_by_init:
                return True
        derived = self.made_by_calls.bases
        return bool(derived) and any(item.name in derived for item in heirs)

    def inherited(self, mapped: MappedClass, name: str) -> ModelAttribute | None:
        """Return the attribute `name` as the class's bases declare it, the class's own body left out."""
        member = self.mapper.nearest(mapped.mro[1:], name)
        return self.mapper.members.attribute(member, mapped, False, None) if member is not None else None

    def declaring(self) -> Iterator[tuple[MappedClass, bool]]:
        """Yield every mapped class with True, and every abstract class or mixin between them with False.

        What a call of `type` made is left out: nothing is declared in a class body.
        """
        seen: set[str] = set(self.mapped)
        for mapped in list(self.mapped.values()):
            if mapped.symbol.is_made:
                continue
            yield mapped, True
            for base in mapped.mro[1:]:
                if not isinstance(base, ClassSymbol) or base.module.is_installed:
                    continue
                if base.key not in seen and base.facts.bases:
                    seen.add(base.key)
                    yield self.mapper.read(base, mapped.style), False

    # -- linking

    def snapshot(self, reads: Iterable[Read]) -> LinkedState:
        """Return what linking found, just after it; `reads` are what was read for it."""
        return LinkedState(
            self.own_mapped,
            self.own_by_name,
            self.own_floating,
            self.heirs,
            self.linking,
            self.making,
            self.resolver.homes,
            self.installed,
            [dict(memo) for memo in self._remembered()],
            paths_of(reads),
        )

    def adopt(self, linked: LinkedState) -> None:
        """Take what linking found in an index in which nothing that was read for it said anything else."""
        self.own_mapped, self.own_by_name, self.own_floating = linked.mapped, linked.by_name, linked.floating
        self.heirs, self.linking, self.making = linked.subclasses, linked.linking, linked.making
        self.resolver.homes = linked.homes
        for memo, known in zip(self._remembered(), linked.remembered, strict=True):
            memo.update(known)

    def _remembered(self) -> list[dict[Any, Any]]:
        parts = (self.resolver, self.bases, self.enums, self.mapper)
        return [*(memo for part in parts for memo in part.remembered()), self._registries, self.installed_models]

    def linked_modules(self) -> list[Module]:
        """Return the modules that are looked through for what is mapped: all, or those known to hold something."""
        if self._only is None:
            return list(self.own_modules.values())
        return [self.own_modules[path] for path in self.own_modules if path in self._only]


def _are_of_one_function(mapped: MappedClass, near: MappedClass) -> bool:
    """Tell whether two classes, of which `near` is made in a function, are made in the same one."""
    return mapped.symbol.facts.function == near.symbol.facts.function and mapped.symbol.module is near.symbol.module


def link(
    interfaces: Mapping[str, ModuleInterface],
    bodies_of: Callable[[str], ModuleBodies],
    installed: InstalledModules | None = None,
    linking: Collection[str] | None = None,
    modules: Iterable[Module] = (),
    paths: ModuleMap | None = None,
) -> ProjectIndex:
    """Link the interfaces of all files (path → interface); `bodies_of` loads a file's bodies when asked.

    `installed` reads the packages that mapped classes derive from; without it such classes stay open. `linking` are
    the files that hold all that is to be linked, where that is known (`ProjectIndex.linking`): no other file's
    interface is looked up before it is asked for. `modules` are those that were made for an earlier index over the
    same `paths`, of files that are what they were.
    """
    index = ProjectIndex(interfaces, bodies_of, installed, linking, modules, paths)
    Linker(index).link()
    return index
