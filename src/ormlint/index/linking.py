"""Linking: every mapped class is read, then what other places add to it: backrefs, attributes, mappings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import FunctionFacts
from ormlint.index.bases import DynamicBase
from ormlint.index.classbody import Member
from ormlint.index.directions import leads_to_many, table_by_keys
from ormlint.index.made import made_classes
from ormlint.index.model import Constructor, MappedClass, ModelAttribute, Relationship, forget_annotated_types
from ormlint.index.registries import declarative_base_of
from ormlint.index.symbols import ClassSymbol, External, Module, Symbol
from ormlint.index.tablemapped import add_columns_of_heirs, add_imperative, referred_tables, table_call
from ormlint.index.vocabulary.sqlalchemy import BASE_WITHOUT_METACLASS
from ormlint.text import Range

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex


class Linker:
    """Fills an index with what its modules map."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self.resolver = index.resolver
        self.mapper = index.mapper

    def link(self) -> None:
        """Read every mapped class, then what other places add: backrefs, attached attributes, mappings."""
        modules = self.index.linked_modules()
        for module in modules:
            for symbol in module.classes:
                style = self.mapper.style(symbol)
                if style is not None:
                    self._add(self.mapper.read(symbol, style))
        for symbol in made_classes(self.index, modules):
            self._add(self.mapper.read(symbol, self.mapper.style(symbol) or "declarative"))
        for module in modules:
            for call in module.own_interface.marked_calls:
                self._imperative(module, call)
        for mapped in list(self.index.own_mapped.values()):
            for base in mapped.mro:
                if isinstance(base, ClassSymbol) and base.key in self.index.own_mapped:
                    self.index.heirs.setdefault(base.key, []).append(mapped)
        for mapped in self.index.own_mapped.values():
            mapped_rank = self.index.heirs.get(mapped.symbol.key)
            if mapped_rank and mapped_rank[0] is not mapped:
                mapped_rank.sort(key=lambda other: other is not mapped)
        for mapped in self.index.own_mapped.values():
            if mapped.is_union:
                add_columns_of_heirs(mapped, self.index.heirs.get(mapped.symbol.key, ()))
        for mapped in self.index.own_mapped.values():
            self.resolve_foreign_keys(mapped)
        for mapped in self.index.own_mapped.values():
            self._resolve_relationships(mapped)
        for mapped in list(self.index.own_mapped.values()):
            self._add_backrefs(mapped)
        for mapped in list(self.index.own_mapped.values()):
            self._add_installed_backrefs(mapped)
        for module in modules:
            for statement in module.own_interface.attached:
                self._attach(module, statement)
            for call in module.own_interface.marked_calls:
                self._marked(module, call)
        self._names_in_branches()

    def _add(self, mapped: MappedClass) -> None:
        self.index.own_mapped[mapped.symbol.key] = mapped
        self.index.linking.add(mapped.symbol.module.path)
        self.index.own_by_name.setdefault(mapped.name, []).append(mapped)

    def _imperative(self, module: Module, call: e.Call) -> None:
        name = (e.dotted_name(call.func) or "").rpartition(".")[2]
        if name not in ("map_imperatively", "mapper") or not call.args:
            return
        symbol = self.resolver.expr(module, call.args[0])
        if not isinstance(symbol, ClassSymbol) or symbol.key in self.index.own_mapped:
            return
        self.index.linking.add(module.path)
        mapped = self.mapper.read(symbol, "declarative", is_imperative=True)
        for base in mapped.mro[1:]:
            parent = self.index.mapped_of(base) if isinstance(base, ClassSymbol) else None
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
                target = target or self.index.model_by_name(owner, mapped)
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
                found = self.index.model_by_name(name, mapped) or self._installed_by_name(name)
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
            for other in self.index.own_mapped.values()
            if table is not None
            and other.table == table
            and declarative_base_of(other) is declarative_base_of(mapped)
            and not self._has_parent(other)
        ]
        return roots[0] if len(roots) == 1 else None

    def _has_parent(self, mapped: MappedClass) -> bool:
        return any(isinstance(base, ClassSymbol) and base.key in self.index.own_mapped for base in mapped.mro[1:])

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
            target = self.index.target(relationship)
            if relationship.has_unknown_backref:
                reason = f"`{mapped.name}.{attribute.name}` gives it a backref whose name is computed"
                for other in [target] if target is not None else list(self.index.own_mapped.values()):
                    for heir in self.index.subclasses(other):
                        heir.open(reason)
            elif relationship.backref is not None:
                if target is None:
                    self.index.own_floating.add(relationship.backref)
                    continue
                uselist = relationship.backref_uselist
                if uselist is None and relationship.uselist is not None:
                    uselist = not relationship.uselist
                    if relationship.call is not None and relationship.call.keyword("secondary") is not None:
                        uselist = True
                for heir in self.index.subclasses(target):
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
            parent = self.index.own_mapped.get(base.key) if isinstance(base, ClassSymbol) else None
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
                self.index.linking.add(module.path)
                is_new = target.attr not in owner.attributes
                self._add_attribute(owner, target.attr, module, target.range, statement.value)
                added = owner.attributes.get(target.attr)
                if is_new and added is not None and _innermost(module, statement) is not None:
                    added.conditional = True  # in a function: it is there once that was called
            elif isinstance(target.value, (e.Name, e.Attribute)):
                self._attach_to_base(module, target)

    def _attach_to_base(self, module: Module, target: e.Attribute) -> None:
        """`Base.query = session.query_property()`: every class of the base has it."""
        base = self.index.bases.base(module, target.value)
        if not isinstance(base, (ClassSymbol, DynamicBase)):
            return
        self.index.linking.add(module.path)
        for mapped in self.index.own_mapped.values():
            if base in mapped.mro:
                made = ModelAttribute(target.attr, "plain", module, target.range, None)
                mapped.attributes.setdefault(target.attr, made)

    def _class_named(self, module: Module, named: e.Expr | str, near: MappedClass | None = None) -> MappedClass | None:
        """Return the mapped class an expression means; names bound in functions are known by their spelling."""
        name = named if isinstance(named, str) else e.dotted_name(named) or "?"
        symbol = self.resolver.dotted(module, name) if isinstance(named, str) else self.resolver.expr(module, named)
        found = self._mapped_anywhere(symbol) or self.index.model_by_name(name, near or module)
        return found or (self._installed_by_name(name) if near is not None and "." not in name else None)

    def _installed_by_name(self, name: str) -> MappedClass | None:
        """Return the mapped class of a name in the packages that models derive from, if there is just one."""
        if self.index.installed is None or self.index.by_name.get(name):
            return None
        found = [self._mapped_anywhere(symbol) for symbol in self.index.installed.classes_named(name)]
        known = [mapped for mapped in found if mapped is not None]
        return known[0] if len(known) == 1 else None

    def _mapped_anywhere(self, symbol: Symbol) -> MappedClass | None:
        """Return the mapped class a symbol is, one of an installed package too."""
        if isinstance(symbol, External) and "." in symbol.name:
            symbol = self.resolver.installed_object(symbol.name) or symbol
        if not isinstance(symbol, ClassSymbol) or not symbol.module.is_installed:
            return self.index.mapped_of(symbol)
        if symbol.key not in self.index.installed_models:
            style = self.mapper.style(symbol)
            self.index.installed_models[symbol.key] = self.mapper.read(symbol, style) if style is not None else None
        return self.index.installed_models[symbol.key]

    def _add_attribute(self, owner: MappedClass, name: str, module: Module, place: Range, value: e.Expr | None) -> None:
        if any(isinstance(base, External) and base.name == BASE_WITHOUT_METACLASS for base in owner.mro):
            value = None  # without a metaclass nothing maps what is set later
        for heir in self.index.subclasses(owner):
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
                self.index.linking.add(module.path)
            if mapped is not None and isinstance(call.args[0], e.Str):
                value = call.args[1] if len(call.args) > 1 else None
                self._add_attribute(mapped, call.args[0].value, module, call.range, value)
            elif mapped is not None:
                mapped.open("properties are added to it under computed names")
        elif name in ("listen", "listens_for") and len(call.args) >= 2:
            event = call.args[1]
            if isinstance(event, e.Str) and event.value == "resolve_type_annotation":
                self.index.linking.add(module.path)
                for mapped in self._listened_to(module, call.args[0]):
                    forget_annotated_types(mapped)
            elif isinstance(event, e.Str) and event.value == "init":
                self.index.linking.add(module.path)
                mapped = self._class_named(module, call.args[0])
                for heir in (
                    self.index.subclasses(mapped) if mapped is not None else list(self.index.own_mapped.values())
                ):
                    if heir.constructor.open_reason is None:
                        heir.constructor = Constructor(
                            heir.constructor.kind,
                            open_reason="an `init` event listener may change its keywords",
                        )

    def _listened_to(self, module: Module, target: e.Expr) -> list[MappedClass]:
        """Return the classes of a base or of its registry; of a registry by itself, those of bases made beside it."""
        owner = target.value if isinstance(target, e.Attribute) and target.attr == "registry" else target
        base = self.index.bases.base(module, owner)
        if isinstance(base, (ClassSymbol, DynamicBase)):
            return [mapped for mapped in self.index.own_mapped.values() if base in mapped.mro]
        return [
            mapped
            for mapped in self.index.own_mapped.values()
            if any(isinstance(item, ClassSymbol) and item.module is module for item in mapped.mro)
        ]

    def _setattr(self, module: Module, call: e.Call) -> None:
        first, second = call.args[0], call.args[1]
        mapped = self.index.mapped_of(self.resolver.expr(module, first))
        if mapped is not None:
            self.index.linking.add(module.path)
            if isinstance(second, e.Str):
                value = call.args[2] if len(call.args) > 2 else None
                self._add_attribute(mapped, second.value, module, call.range, value)
            else:
                for heir in self.index.subclasses(mapped):
                    heir.open("attributes are set on it under computed names")
            return
        if isinstance(first, e.Name) and first.id == "cls":
            holder = _innermost(module, call)
            if holder is None or holder.owner < 0:
                return
            self.index.linking.add(module.path)
            owner = module.classes[holder.owner]
            for heir in self.index.own_mapped.values():
                if owner in heir.mro:
                    heir.open(f"`{owner.name}.{holder.name}` sets attributes on the class")

    def _names_in_branches(self) -> None:
        """A class that is defined twice under `if` and `else` may be either one."""
        for mapped in self.index.own_mapped.values():
            if not mapped.symbol.facts.is_conditional:
                continue
            twins = [
                other
                for other in self.index.own_by_name.get(mapped.name, ())
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
