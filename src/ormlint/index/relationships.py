"""Relationships: what they lead to and how, from their call and their annotation."""

from __future__ import annotations

from ormlint.facts import expressions as e
from ormlint.index.annotations import split_optional
from ormlint.index.constants import Constants
from ormlint.index.model import MappedClass, ModelAttribute, Relationship
from ormlint.index.symbols import ClassSymbol, External, Module, Resolver, Value
from ormlint.index.vocabulary.sqlalchemy import ALIASED, DYNAMIC_LOADER

_COLLECTIONS = frozenset(
    {
        "list",
        "List",
        "set",
        "Set",
        "Sequence",
        "Collection",
        "Iterable",
        "dict",
        "Dict",
        "MutableSequence",
        "MutableSet",
        "Mapping",
    }
)


class RelationshipReader:
    """Reads `relationship(...)` and its kin."""

    def __init__(self, resolver: Resolver, constants: Constants) -> None:
        self.resolver = resolver
        self.constants = constants

    def _callee(self, module: Module, call: e.Call) -> str:
        symbol = self.resolver.expr(module, call.func)
        return symbol.name if isinstance(symbol, External) else ""

    def read(
        self,
        call: e.Call | None,
        attribute: ModelAttribute,
        mapped_inner: tuple[str, e.Expr] | None,
        module: Module,
        mapped: MappedClass,
    ) -> Relationship:
        """Read a relationship given by a call, by an annotation, or by both."""
        relationship = Relationship(None, "", None, call=call)
        annotation: e.Expr | None = None
        if mapped_inner is not None:
            annotation = mapped_inner[1]
            if mapped_inner[0] == "collection":
                relationship.uselist = True
                relationship.lazy = "dynamic"
                if isinstance(attribute.annotation, e.Subscript) and "WriteOnly" in (
                    e.dotted_name(attribute.annotation.value) or ""
                ):
                    relationship.lazy = "write_only"
        elif mapped.style == "sqlmodel" or (attribute.annotation is not None):
            annotation = attribute.annotation
        if annotation is not None:
            self._annotation(relationship, annotation, attribute.module)
        if call is None:
            return relationship
        target = call.args[0] if call.args else call.keyword("argument")
        if target is not None:
            self._target(relationship, target, module)
        uselist = call.keyword("uselist")
        if isinstance(uselist, e.Constant) and isinstance(uselist.value, bool):
            relationship.uselist, relationship.by_annotation = uselist.value, False
        options = call.keyword("sa_relationship_kwargs")
        if isinstance(options, e.DictDisplay):
            for item in options.items:
                if isinstance(item.key, e.Str):
                    if item.key.value == "uselist" and isinstance(item.value, e.Constant):
                        relationship.uselist = bool(item.value.value)
                    if item.key.value == "lazy" and isinstance(item.value, e.Str):
                        relationship.lazy = item.value.value
                    if item.key.value == "backref":
                        self._backref(relationship, item.value)
        lazy = call.keyword("lazy")
        if isinstance(lazy, e.Str) and not (relationship.lazy and mapped_inner and mapped_inner[0] == "collection"):
            relationship.lazy = lazy.value
        if self._callee(module, call) == DYNAMIC_LOADER:
            relationship.lazy = "dynamic"
        if relationship.lazy in ("dynamic", "write_only"):
            relationship.uselist = True
        back = call.keyword("back_populates")
        if isinstance(back, e.Str):
            relationship.back_populates = back.value
        backref = call.keyword("backref")
        if backref is not None:
            self._backref(relationship, backref)
        return relationship

    def _backref(self, relationship: Relationship, backref: e.Expr) -> None:
        inner = backref
        if isinstance(backref, e.Call) and backref.args:
            inner = backref.args[0]
            uselist = backref.keyword("uselist")
            if isinstance(uselist, e.Constant):
                relationship.backref_uselist = bool(uselist.value)
        if isinstance(inner, e.Str):
            relationship.backref = inner.value
        elif not (isinstance(inner, e.Constant) and inner.value is None):
            relationship.has_unknown_backref = True

    def _annotation(self, relationship: Relationship, annotation: e.Expr, module: Module) -> None:
        _, core = split_optional(annotation, self.resolver, module)
        if isinstance(core, e.Subscript):
            last = (e.dotted_name(core.value) or "").rpartition(".")[2]
            if last in _COLLECTIONS:
                relationship.uselist = relationship.by_annotation = True
            elif last == "Mapped":
                return self._annotation(relationship, core.index, module)
            index = core.index
            if isinstance(index, e.Display) and index.elements:
                index = index.elements[-1]
            core = index
        elif relationship.uselist is None:
            relationship.uselist = False
        if isinstance(core, e.Str):
            relationship.target_name = core.value
            return None
        symbol = self.resolver.expr(module, core)
        if isinstance(symbol, ClassSymbol):
            relationship.target = symbol
        relationship.target_name = relationship.target_name or e.dotted_name(core) or ""
        return None

    def _target(self, relationship: Relationship, target: e.Expr, module: Module) -> None:
        if isinstance(target, e.Lambda):
            target = target.body
        if isinstance(target, e.Str):
            relationship.target_name = target.value
            if relationship.target is not None and relationship.target.name != target.value:
                relationship.target = None
            return
        symbol = self.resolver.expr(module, target)
        if isinstance(symbol, Value) and isinstance(symbol.value, e.Call) and symbol.value.args:
            if self._callee(symbol.module, symbol.value) == ALIASED:
                target, symbol = symbol.value.args[0], self.resolver.expr(symbol.module, symbol.value.args[0])
        relationship.target_name = e.dotted_name(target) or "?"
        relationship.target = symbol if isinstance(symbol, ClassSymbol) else None

    def resolve_declared(
        self,
        relationship: Relationship,
        call: e.Call,
        attribute: ModelAttribute,
        cls: ClassSymbol,
        first: str,
    ) -> None:
        """Complete a mixin's relationship for one class: its target and backref may depend on `cls`."""
        target = call.args[0] if call.args else call.keyword("argument")
        if relationship.target is None and target is not None:
            name = self.constants.string(target, attribute.module, cls, first)
            relationship.target_name = name or relationship.target_name
        if isinstance(target, e.Name) and target.id == first:
            relationship.target = cls
        elif target is not None and relationship.target is None:
            relationship.target = self.constants.target_class(target, cls, first)
            if relationship.target is None and relationship.target_name == f"{first}.{getattr(target, 'attr', '')}":
                relationship.target_name = ""  # an attribute of the class that something sets: no class of that name
        backref = call.keyword("backref")
        if backref is not None and relationship.has_unknown_backref:
            inner = backref.args[0] if isinstance(backref, e.Call) and backref.args else backref
            name = self.constants.string(inner, attribute.module, cls, first)
            if name is not None:
                relationship.backref = name
                relationship.has_unknown_backref = False
