"""The project index: every module linked, every mapped class read, with what others add to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeGuard

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import FunctionFacts, ModuleBodies, ModuleInterface
from ormlint.index.bases import BaseReader, DynamicBase
from ormlint.index.classbody import Member
from ormlint.index.columns import ColumnReader
from ormlint.index.constants import Constants
from ormlint.index.directions import leads_to_many, table_by_keys
from ormlint.index.enums import EnumClass, EnumIndex
from ormlint.index.environments import Environment, find_environments
from ormlint.index.idents import Idents
from ormlint.index.indexes import NamedIndex, read_indexes
from ormlint.index.installed import InstalledModules
from ormlint.index.made import made_classes
from ormlint.index.mapping import Mapper
from ormlint.index.model import Constructor, MappedClass, ModelAttribute, Relationship, forget_annotated_types
from ormlint.index.modules import ModuleMap, shared_folders
from ormlint.index.moduletable import ModuleTable
from ormlint.index.reads import READS, Noting, Read, paths_of, recorded
from ormlint.index.registries import NOTHING_MADE, MadeByCalls, all_made, made_by_calls, registry_of
from ormlint.index.scopes import build_module
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Symbol, Unknown
from ormlint.index.tablemapped import add_columns_of_heirs, add_imperative, referred_tables, table_call
from ormlint.index.tables import NotedTables, Tables, read_tables
from ormlint.index.vocabulary.sqlalchemy import BASE_WITHOUT_METACLASS
from ormlint.text import Range


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
        self._installed_models: dict[str, MappedClass | None] = {}
        self._subclasses: dict[str, list[MappedClass]] = {}

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
        return self._subclasses.get(mapped.symbol.key, [mapped])

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
            beside = [mapped for mapped in found if _are_of_one_function(mapped, near)]
            if beside:
                return beside[-1]
            if _is_local(near) and any(isinstance(base, Unknown) for base in near.mro):
                return None  # of a base that a parameter or a fixture brings: its registry is not known
            found = [mapped for mapped in found if mapped.symbol.facts.function < 0] or found
        if len(found) > 1 and near is not None:
            module = near.symbol.module if isinstance(near, MappedClass) else near
            if isinstance(near, MappedClass):
                registry = _registry(near)
                found = [mapped for mapped in found if _registry(mapped) is registry] or found
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

    def link(self) -> None:
        """Read every mapped class, then what other places add: backrefs, attached attributes, mappings."""
        modules = self.linked_modules()
        for module in modules:
            for symbol in module.classes:
                style = self.mapper.style(symbol)
                if style is not None:
                    self._add(self.mapper.read(symbol, style))
        for symbol in made_classes(self, modules):
            self._add(self.mapper.read(symbol, self.mapper.style(symbol) or "declarative"))
        for module in modules:
            for call in module.own_interface.marked_calls:
                self._imperative(module, call)
        for mapped in list(self.own_mapped.values()):
            for base in mapped.mro:
                if isinstance(base, ClassSymbol) and base.key in self.own_mapped:
                    self._subclasses.setdefault(base.key, []).append(mapped)
        for mapped in self.own_mapped.values():
            mapped_rank = self._subclasses.get(mapped.symbol.key)
            if mapped_rank and mapped_rank[0] is not mapped:
                mapped_rank.sort(key=lambda other: other is not mapped)
        for mapped in self.own_mapped.values():
            if mapped.is_union:
                add_columns_of_heirs(mapped, self._subclasses.get(mapped.symbol.key, ()))
        for mapped in self.own_mapped.values():
            self.resolve_foreign_keys(mapped)
        for mapped in self.own_mapped.values():
            self._resolve_relationships(mapped)
        for mapped in list(self.own_mapped.values()):
            self._add_backrefs(mapped)
        for mapped in list(self.own_mapped.values()):
            self._add_installed_backrefs(mapped)
        for module in modules:
            for statement in module.own_interface.attached:
                self._attach(module, statement)
            for call in module.own_interface.marked_calls:
                self._marked(module, call)
        self._names_in_branches()

    def snapshot(self, reads: Iterable[Read]) -> LinkedState:
        """Return what linking found, just after it; `reads` are what was read for it."""
        return LinkedState(
            self.own_mapped,
            self.own_by_name,
            self.own_floating,
            self._subclasses,
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
        self._subclasses, self.linking, self.making = linked.subclasses, linked.linking, linked.making
        self.resolver.homes = linked.homes
        for memo, known in zip(self._remembered(), linked.remembered, strict=True):
            memo.update(known)

    def _remembered(self) -> list[dict[Any, Any]]:
        parts = (self.resolver, self.bases, self.enums, self.mapper)
        return [*(memo for part in parts for memo in part.remembered()), self._registries, self._installed_models]

    def linked_modules(self) -> list[Module]:
        """Return the modules that are looked through for what is mapped: all, or those known to hold something."""
        if self._only is None:
            return list(self.own_modules.values())
        return [self.own_modules[path] for path in self.own_modules if path in self._only]

    def _add(self, mapped: MappedClass) -> None:
        self.own_mapped[mapped.symbol.key] = mapped
        self.linking.add(mapped.symbol.module.path)
        self.own_by_name.setdefault(mapped.name, []).append(mapped)

    def _imperative(self, module: Module, call: e.Call) -> None:
        name = (e.dotted_name(call.func) or "").rpartition(".")[2]
        if name not in ("map_imperatively", "mapper") or not call.args:
            return
        symbol = self.resolver.expr(module, call.args[0])
        if not isinstance(symbol, ClassSymbol) or symbol.key in self.own_mapped:
            return
        self.linking.add(module.path)
        mapped = self.mapper.read(symbol, "declarative", is_imperative=True)
        for base in mapped.mro[1:]:
            parent = self.mapped_of(base) if isinstance(base, ClassSymbol) else None
            for name, attribute in parent.attributes.items() if parent is not None else ():
                mapped.attributes.setdefault(name, attribute)
        reason = add_imperative(mapped, call, module, self.mapper.members)
        mapped.open(reason)
        self._add(mapped)

    def resolve_foreign_keys(self, mapped: MappedClass) -> None:
        """Turn `ForeignKey(User.id)` into `user.id`; what is not found stays a question mark."""
        for attribute in mapped.columns():
            column = attribute.column
            if column is None or not any(key.startswith("=") for key in column.foreign_keys):
                continue
            keys: list[str] = []
            for position, key in enumerate(column.foreign_keys):
                owner, _, name = key[1:].rpartition(".")
                if not key.startswith("="):
                    keys.append(key)
                    continue
                target = mapped if not owner else None  # `ForeignKey(id)`: a column of the same body
                if owner and position < len(column.references):
                    reference = column.references[position]
                    at = reference.expr.value if isinstance(reference.expr, e.Attribute) else reference.expr
                    target = self._mapped_anywhere(self.resolver.expr(reference.module, at))
                target = target or self.model_by_name(owner, mapped)
                found = target.attributes.get(name) if target is not None else None
                if target is not None and target.table and found is not None and found.column is not None:
                    keys.append(f"{target.table}.{found.column.name}")
                else:
                    keys.append("?")
            column.foreign_keys = tuple(keys)

    def _resolve_relationships(self, mapped: MappedClass) -> None:
        for attribute in mapped.attributes.values():
            relationship = attribute.relationship
            if relationship is None:
                continue
            if relationship.target is None and relationship.target_name:
                name = relationship.target_name.strip()
                found = self.model_by_name(name, mapped) or self._installed_by_name(name)
                relationship.target = found.symbol if found is not None else None
            if relationship.target is None and relationship.call is not None:
                found = self._target_by_keys(mapped, relationship.call)
                relationship.target = found.symbol if found is not None else None
            if relationship.uselist is None:
                relationship.uselist = self._uselist(mapped, relationship)
            elif relationship.uselist and relationship.by_annotation and relationship.call is not None:
                # `Mapped[list[X]]` chooses the collection; whether there is one is said by the direction.
                if any(relationship.call.keyword(name) is not None for name in ("primaryjoin", "foreign_keys")):
                    relationship.uselist = self._uselist(mapped, relationship) is not False

    def _target_by_keys(self, mapped: MappedClass, call: e.Call) -> MappedClass | None:
        """Return the class that a relationship to a computed class must lead to: that of the referred table."""
        near = mapped.symbol.module
        given = call.args[0] if call.args else None
        if not isinstance(given, (e.Name, e.Attribute, e.Call)):
            return None
        table = table_by_keys(mapped, call, lambda name: self._class_named(near, name, mapped))
        if table is None and (secondary := call.keyword("secondary")) is not None:
            found = table_call(secondary, near, self.mapper.members)
            referred = referred_tables(*found, self.mapper.members) if found is not None else set()
            others = referred - {mapped.table}
            table = others.pop() if len(others) == 1 and len(referred) == 2 else None
        roots = [
            other
            for other in self.own_mapped.values()
            if table is not None
            and other.table == table
            and _registry(other) is _registry(mapped)
            and not self._has_parent(other)
        ]
        return roots[0] if len(roots) == 1 else None

    def _has_parent(self, mapped: MappedClass) -> bool:
        return any(isinstance(base, ClassSymbol) and base.key in self.own_mapped for base in mapped.mro[1:])

    def _uselist(self, mapped: MappedClass, relationship: Relationship) -> bool | None:
        """Tell the side of a relationship from the foreign keys; None when they do not show it."""
        target = self._mapped_anywhere(relationship.target) if relationship.target is not None else None
        if target is None or relationship.call is None:
            return None
        if relationship.call.keyword("secondary") is not None or (
            len(relationship.call.args) > 1 and relationship.lazy != ""
        ):
            return True
        near = mapped.symbol.module
        return leads_to_many(mapped, target, relationship.call, lambda name: self._class_named(near, name, mapped))

    def _add_backrefs(self, mapped: MappedClass) -> None:
        for attribute in list(mapped.attributes.values()):
            relationship = attribute.relationship
            if relationship is None or attribute.kind == "backref" or self._is_inherited(mapped, attribute):
                continue
            target = self.target(relationship)
            if relationship.has_unknown_backref:
                reason = f"`{mapped.name}.{attribute.name}` gives it a backref whose name is computed"
                for other in [target] if target is not None else list(self.own_mapped.values()):
                    for heir in self.subclasses(other):
                        heir.open(reason)
            elif relationship.backref is not None:
                if target is None:
                    self.own_floating.add(relationship.backref)
                    continue
                uselist = relationship.backref_uselist
                if uselist is None and relationship.uselist is not None:
                    uselist = not relationship.uselist
                    if relationship.call is not None and relationship.call.keyword("secondary") is not None:
                        uselist = True
                for heir in self.subclasses(target):
                    reverse = Relationship(mapped.symbol, mapped.name, uselist, back_populates=attribute.name)
                    heir.attributes.setdefault(
                        relationship.backref,
                        ModelAttribute(
                            relationship.backref,
                            "backref",
                            attribute.module,
                            attribute.range,
                            None,
                            relationship=reverse,
                        ),
                    )

    def _add_installed_backrefs(self, mapped: MappedClass) -> None:
        """A model over a mapped class of a package has what other classes of that module give it."""
        for base in mapped.mro[1:]:
            if not isinstance(base, ClassSymbol) or not base.module.is_installed or self.mapper.style(base) is None:
                continue
            for symbol in base.module.classes:
                other = self._mapped_anywhere(symbol)
                for attribute in other.attributes.values() if other is not None else ():
                    relationship = attribute.relationship
                    name = relationship.backref if relationship is not None else None
                    if relationship is None or name is None or relationship.target_name != base.name:
                        continue
                    uselist = relationship.backref_uselist
                    if uselist is None and relationship.call is not None:
                        uselist = True if relationship.call.keyword("secondary") is not None else None
                    reverse = Relationship(symbol, symbol.name, uselist, back_populates=attribute.name)
                    made = ModelAttribute(
                        name, "backref", attribute.module, attribute.range, None, relationship=reverse
                    )
                    mapped.attributes.setdefault(name, made)

    def _is_inherited(self, mapped: MappedClass, attribute: ModelAttribute) -> bool:
        """Tell whether a mapped class above has the relationship too: the backref leads to that class then."""
        for base in mapped.mro[1:]:
            parent = self.own_mapped.get(base.key) if isinstance(base, ClassSymbol) else None
            held = parent.attributes.get(attribute.name) if parent is not None else None
            if held is not None and held.relationship is not None and held.owner is attribute.owner:
                return True
        return False

    def _attach(self, module: Module, statement: s.Assign) -> None:
        for target in statement.targets:
            if not isinstance(target, e.Attribute):
                continue
            owner = self._class_named(module, target.value)
            if owner is not None:
                self.linking.add(module.path)
                is_new = target.attr not in owner.attributes
                self._add_attribute(owner, target.attr, module, target.range, statement.value)
                added = owner.attributes.get(target.attr)
                if is_new and added is not None and _innermost(module, statement) is not None:
                    added.conditional = True  # in a function: it is there once that was called
            elif isinstance(target.value, (e.Name, e.Attribute)):
                self._attach_to_base(module, target)

    def _attach_to_base(self, module: Module, target: e.Attribute) -> None:
        """`Base.query = session.query_property()`: every class of the base has it."""
        base = self.bases.base(module, target.value)
        if not isinstance(base, (ClassSymbol, DynamicBase)):
            return
        self.linking.add(module.path)
        for mapped in self.own_mapped.values():
            if base in mapped.mro:
                made = ModelAttribute(target.attr, "plain", module, target.range, None)
                mapped.attributes.setdefault(target.attr, made)

    def _class_named(self, module: Module, named: e.Expr | str, near: MappedClass | None = None) -> MappedClass | None:
        """Return the mapped class an expression means; names bound in functions are known by their spelling."""
        name = named if isinstance(named, str) else e.dotted_name(named) or "?"
        symbol = self.resolver.dotted(module, name) if isinstance(named, str) else self.resolver.expr(module, named)
        found = self._mapped_anywhere(symbol) or self.model_by_name(name, near or module)
        return found or (self._installed_by_name(name) if near is not None and "." not in name else None)

    def _installed_by_name(self, name: str) -> MappedClass | None:
        """Return the mapped class of a name in the packages that models derive from, if there is just one."""
        if self.installed is None or self.by_name.get(name):
            return None
        found = [self._mapped_anywhere(symbol) for symbol in self.installed.classes_named(name)]
        known = [mapped for mapped in found if mapped is not None]
        return known[0] if len(known) == 1 else None

    def _mapped_anywhere(self, symbol: Symbol) -> MappedClass | None:
        """Return the mapped class a symbol is, one of an installed package too."""
        if isinstance(symbol, External) and "." in symbol.name:
            symbol = self.resolver.installed_object(symbol.name) or symbol
        if not isinstance(symbol, ClassSymbol) or not symbol.module.is_installed:
            return self.mapped_of(symbol)
        if symbol.key not in self._installed_models:
            style = self.mapper.style(symbol)
            self._installed_models[symbol.key] = self.mapper.read(symbol, style) if style is not None else None
        return self._installed_models[symbol.key]

    def _add_attribute(self, owner: MappedClass, name: str, module: Module, place: Range, value: e.Expr | None) -> None:
        if any(isinstance(base, External) and base.name == BASE_WITHOUT_METACLASS for base in owner.mro):
            value = None  # without a metaclass nothing maps what is set later
        for heir in self.subclasses(owner):
            known = heir.attributes.get(name)
            if known is not None and not (known.kind == "plain" and isinstance(value, e.Call)):
                continue
            member = Member(name, heir.symbol, place, value=value)
            attribute = _of_table(heir, member)
            if attribute is not None:
                pass
            elif module is heir.symbol.module:
                attribute = self.mapper.members.attribute(member, heir, True, None)
            elif value is not None:
                attribute = self.mapper.members.of_value(member, module, heir)
            if attribute is None or (known is not None and attribute.kind in ("plain", "unknown")):
                attribute = known or ModelAttribute(name, "unknown", module, place, None)
            attribute.module = module
            heir.attributes[name] = attribute
            if attribute.relationship is not None:
                self._resolve_relationships(heir)

    def _marked(self, module: Module, call: e.Call) -> None:
        name = (e.dotted_name(call.func) or "").rpartition(".")[2]
        if name == "setattr" and len(call.args) >= 2:
            self._setattr(module, call)
        elif name == "add_property" and isinstance(call.func, e.Attribute) and call.args:
            inner = call.func.value
            owner = (
                inner.value
                if isinstance(inner, e.Attribute)
                else inner.args[0]
                if isinstance(inner, e.Call) and inner.args
                else inner
            )
            mapped = self._class_named(module, owner)
            if mapped is not None:
                self.linking.add(module.path)
            if mapped is not None and isinstance(call.args[0], e.Str):
                value = call.args[1] if len(call.args) > 1 else None
                self._add_attribute(mapped, call.args[0].value, module, call.range, value)
            elif mapped is not None:
                mapped.open("properties are added to it under computed names")
        elif name in ("listen", "listens_for") and len(call.args) >= 2:
            event = call.args[1]
            if isinstance(event, e.Str) and event.value == "resolve_type_annotation":
                self.linking.add(module.path)
                for mapped in self.own_mapped.values():
                    forget_annotated_types(mapped)
            elif isinstance(event, e.Str) and event.value == "init":
                self.linking.add(module.path)
                mapped = self._class_named(module, call.args[0])
                for heir in self.subclasses(mapped) if mapped is not None else list(self.own_mapped.values()):
                    if heir.constructor.open_reason is None:
                        heir.constructor = Constructor(
                            heir.constructor.kind,
                            open_reason="an `init` event listener may change its keywords",
                        )

    def _setattr(self, module: Module, call: e.Call) -> None:
        first, second = call.args[0], call.args[1]
        mapped = self.mapped_of(self.resolver.expr(module, first))
        if mapped is not None:
            self.linking.add(module.path)
            if isinstance(second, e.Str):
                value = call.args[2] if len(call.args) > 2 else None
                self._add_attribute(mapped, second.value, module, call.range, value)
            else:
                for heir in self.subclasses(mapped):
                    heir.open("attributes are set on it under computed names")
            return
        if isinstance(first, e.Name) and first.id == "cls":
            holder = _innermost(module, call)
            if holder is None or holder.owner < 0:
                return
            self.linking.add(module.path)
            owner = module.classes[holder.owner]
            for heir in self.own_mapped.values():
                if owner in heir.mro:
                    heir.open(f"`{owner.name}.{holder.name}` sets attributes on the class")

    def _names_in_branches(self) -> None:
        """A class that is defined twice under `if` and `else` may be either one."""
        for mapped in self.own_mapped.values():
            if not mapped.symbol.facts.is_conditional:
                continue
            twins = [
                other
                for other in self.own_by_name.get(mapped.name, ())
                if other is not mapped and other.symbol.module is mapped.symbol.module
            ]
            for twin in twins:
                for name, attribute in twin.attributes.items():
                    mapped.attributes.setdefault(name, attribute)
                mapped.open(twin.open_reason)


def _of_table(mapped: MappedClass, member: Member) -> ModelAttribute | None:
    """Return the attribute that `Model.__table__.c.name`, set under another name, is."""
    value = member.value
    if isinstance(value, e.Attribute) and isinstance(value.value, e.Attribute) and value.value.attr in ("c", "columns"):
        for known in mapped.columns():
            if known.column is not None and known.column.name == value.attr:
                return replace(known, name=member.name, owner=None)
    return None


def _are_of_one_function(mapped: MappedClass, near: MappedClass | Module | None) -> bool:
    return (
        _is_local(near)
        and mapped.symbol.facts.function == near.symbol.facts.function
        and mapped.symbol.module is near.symbol.module
    )


def _is_local(near: MappedClass | Module | None) -> TypeGuard[MappedClass]:
    """Tell whether it is a class made in a function."""
    return isinstance(near, MappedClass) and near.symbol.facts.function >= 0


def _registry(mapped: MappedClass) -> object:
    """Return what stands for the registry of a class: its declarative base."""
    for base in mapped.mro[1:]:
        if isinstance(base, DynamicBase):
            return base
    bases = [base for base in mapped.mro[1:] if isinstance(base, ClassSymbol)]
    return bases[-1] if bases else None


def _innermost(module: Module, node: e.Node) -> FunctionFacts | None:
    found: FunctionFacts | None = None
    for function in module.own_interface.functions:
        if (
            function.start <= node.start
            and node.end <= function.end
            and (found is None or function.start >= found.start)
        ):
            found = function
    return found


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
    index.link()
    return index
