"""Attribute loads and stores: on models, on the project's own objects, on SQLAlchemy's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol, FunctionSymbol
from ormlint.index.vocabulary import canonical, flask_sqlalchemy
from ormlint.index.vocabulary.sqlalchemy import ENGINE, ENGINES
from ormlint.semantic import events, factories, orm
from ormlint.semantic import types as t
from ormlint.semantic.printing import show
from ormlint.semantic.repositories import attribute_of
from ormlint.semantic.substitution import clip

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_ORM_OBJECTS = (t.Session, t.Connection, t.Query, t.Statement, t.Result, t.Attr, t.SqlExpression, t.SessionFactory)
_COROUTINE_NAMES = frozenset({"send", "throw", "close"})
# What a row answers itself: the methods of a tuple, and those of older and newer rows.
_ROW_NAMES = frozenset({"count", "index", "t", "tuple", "keys", "items", "values", "has_key", "iterkeys", "itervalues"})
_PLAIN_OBJECTS = (t.Sequence, t.Dict, t.TupleOf, t.Loaded)
_WITH_METHODS = (*_ORM_OBJECTS, *_PLAIN_OBJECTS)


class AttributeReader:
    """Answers `value.name`, and reports stores on models and loads of names they do not have."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index

    # -- loads

    def load(self, expr: e.Attribute, owner: t.Type) -> t.Type:
        """Return the type of `owner.attr`."""
        if isinstance(owner, t.Union_):
            return self._load_union(expr, owner)
        return self._load_one(expr, owner, report=True)

    def _load_union(self, expr: e.Attribute, owner: t.Union_) -> t.Type:
        found = t.instances(owner) or _of_one_class(owner)
        if found:
            self._report_missing(expr, found)
        present = t.without_none(owner)
        if isinstance(present, t.Row) and isinstance(self._of_row(present, expr.attr), t.Unknown):
            self._row_as_entity(expr, present)
        kinds = [
            self._load_one(expr, member, report=False) for member in owner.members if not isinstance(member, t.NoneType)
        ]
        return t.join(kinds)

    def _load_one(self, expr: e.Attribute, owner: t.Type, report: bool) -> t.Type:
        name = expr.attr
        if isinstance(owner, (t.Unknown, t.Never)):
            return owner
        if isinstance(owner, t.Coroutine) and report:
            self.awaiting(owner, "attribute", name, expr)
        if isinstance(owner, t.Instance):
            return _overridable(self._of_instance(expr, owner, report))
        if isinstance(owner, (t.ClassType, t.Aliased)):
            found = self._of_class(expr, owner, report)
            # `Limits.SIZE` is that constant; `cls.SIZE` is what a subclass makes of it.
            is_named = isinstance(expr.value, e.Name) and expr.value.id in self.ev.env
            return _overridable(found) if is_named else found
        if isinstance(owner, t.ModuleType):
            return self.model.names.symbol_type(self.index.resolver.attribute(owner.module, name))
        if isinstance(owner, t.ExternalObject):
            return self.model.names.external_type(canonical(f"{owner.name}.{name}"))
        if isinstance(owner, t.EnumMember):
            return self._of_member(owner, name)
        if isinstance(owner, t.Factory):
            return t.Method(owner, name) if name in factories.METHODS else t.unknown(f"`{name}` of a factory")
        if isinstance(owner, t.Repository):
            return attribute_of(owner, name)
        if isinstance(owner, t.Pagination):
            return t.Sequence(owner.element) if name == "items" else t.unknown(f"`Pagination.{name}`")
        if isinstance(owner, t.Super):
            return self._of_super(owner, name)
        if isinstance(owner, t.Row):
            found = self._of_row(owner, name)
            if report and isinstance(found, t.Unknown):
                self._row_as_entity(expr, owner)
            return found
        if isinstance(owner, t.Result) and name == "rowcount":
            return t.Builtin("builtins.int")
        if isinstance(owner, t.Query) and name in ("statement", "selectable"):
            return t.Statement("select", owner.entities)
        if isinstance(owner, t.Builtin) and owner.name == flask_sqlalchemy.EXTENSION:
            return self._of_flask(owner, name)
        if isinstance(owner, t.Builtin) and owner.name in ENGINES:
            return t.Method(owner, name)
        if isinstance(owner, _WITH_METHODS):
            return t.Method(owner, name)
        if isinstance(owner, t.Literal) and isinstance(owner.value, str):
            return t.Method(owner, name)
        if isinstance(owner, (t.Now, t.Moment)) and name in ("replace", "astimezone"):
            return t.Method(owner, name)
        if isinstance(owner, (t.Context, t.Builtin, t.Function)):
            return t.unknown(f"`{name}` of {show(owner)}")
        return t.unknown(f"`{name}` of a value")

    def _of_flask(self, owner: t.Builtin, name: str) -> t.Type:
        """Return an attribute of the extension object: its session, its helpers, else SQLAlchemy's own names."""
        if name in flask_sqlalchemy.HELPERS:
            return t.Method(owner, name)
        if name == "engine":
            return t.Builtin(ENGINE)
        return self.model.names.external_type(flask_sqlalchemy.extension_name(name))

    def _of_member(self, owner: t.EnumMember, name: str) -> t.Type:
        if name in ("value", "_value_"):
            value = owner.enum.members.get(owner.name)
            return t.unknown("an enum value that is not a literal") if value is None else t.Literal(value)
        if name in ("name", "_name_"):
            return t.Literal(owner.name)
        return t.unknown("an attribute of an enum member")

    def _of_row(self, owner: t.Row, name: str) -> t.Type:
        for entity in owner.entities or ():
            if isinstance(entity, t.Instance) and entity.cls.name == name:
                return entity
            if isinstance(entity, t.Loaded) and entity.attribute.name == name:
                return entity
        return t.unknown("an element of a row")

    def _of_instance(self, expr: e.Attribute, owner: t.Instance, report: bool) -> t.Type:
        name = expr.attr
        mapped = self.index.mapped_of(owner.cls)
        if mapped is None:
            return self.model.members.of_instance(owner, name)
        attribute = mapped.attributes.get(name)
        if attribute is None:
            if report:
                self._report_missing(expr, (owner,))
            return t.unknown(f"`{mapped.name}` declares no `{name}`")
        self.ev.lazy_loads.loaded(expr, mapped, attribute)
        return self._value_of(mapped, attribute, owner)

    def _value_of(self, mapped: MappedClass, attribute: ModelAttribute, owner: t.Instance) -> t.Type:
        function = attribute.function
        if function is not None and attribute.kind in ("method", "property", "hybrid"):
            bound = t.Function(function, owner)
            if attribute.kind == "method":
                return bound
            return self.model.functions.call(bound, None)
        if attribute.kind == "plain":
            return self.model.members.of_instance(owner, attribute.name)
        return orm.attribute_value(mapped, attribute, self.index.target(attribute.relationship))

    def _of_class(self, expr: e.Attribute, owner: t.ClassType | t.Aliased, report: bool) -> t.Type:
        name = expr.attr
        enum = self.index.enum_of(owner.cls)
        if enum is not None:
            if name in enum.members:
                return t.EnumMember(enum, name)
            return t.unknown(f"`{enum.name}.{name}`")
        mapped = self.index.mapped_of(owner.cls)
        if mapped is None:
            found = self.model.members.of_class(owner.cls, name)
            if name == "query" and isinstance(found, t.Unknown) and self.model.members.is_mixin(owner.cls):
                return t.Query((t.Instance(owner.cls),), single=True, flask=self._is_flask(owner.cls))
            if isinstance(found, t.Unknown) and name in factories.METHODS and isinstance(owner, t.ClassType):
                return t.Method(owner, name) if self.model.factories.made_by(owner.cls) is not None else found
            return found
        attribute = mapped.attributes.get(name)
        if attribute is None or attribute.bare:
            if name == "query" and attribute is None:
                return t.Query((t.Instance(owner.cls),), single=True, flask=mapped.style == "flask")
            if name in ("__table__", "metadata", "registry"):
                return t.unknown(f"`{mapped.name}.{name}`")
            if isinstance(owner, t.Aliased) and owner.polymorphic:
                for heir in self.index.subclasses(mapped):
                    if heir.name == name:
                        return t.Aliased(heir.symbol)
            if report and attribute is None:
                self._report_missing(expr, (), (mapped,))
            return t.unknown(f"`{mapped.name}` declares no `{name}`")
        if attribute.kind in (
            "column",
            "relationship",
            "backref",
            "synonym",
            "composite",
            "column_property",
            "hybrid",
        ):
            return t.Attr(mapped, attribute)
        if attribute.function is not None and attribute.kind == "method":
            return t.Function(attribute.function, t.ClassType(owner.cls))
        if attribute.kind == "plain":
            return self.model.members.of_class(owner.cls, name)
        return t.unknown(f"`{mapped.name}.{name}` is a {attribute.kind}")

    def _is_flask(self, mixin: ClassSymbol) -> bool:
        heirs = (mapped for mapped in self.index.mapped.values() if mixin in mapped.mro)
        return all(mapped.style == "flask" for mapped in heirs)

    def _of_super(self, owner: t.Super, name: str) -> t.Type:
        for base in self.index.bases.mro(owner.cls)[1:]:
            if not isinstance(base, ClassSymbol):
                bound = owner.bound if isinstance(owner.bound, t.Instance) else t.Instance(owner.cls)
                found = self.model.repositories.attribute(bound, name)
                return found or t.unknown("a method of a base outside the project")
            member = self.index.mapper.body(base).members.get(name)
            if member is not None:
                if member.function is not None:
                    return t.Function(member.function, owner.bound)
                return t.unknown("an attribute of a base")
        return t.unknown("a method of `object`")

    def _report_missing(
        self, expr: e.Attribute, owners: tuple[t.Instance, ...], classes: tuple[MappedClass, ...] = ()
    ) -> None:
        name = expr.attr
        models = classes or tuple(
            mapped for mapped in (self.index.mapped_of(owner.cls) for owner in owners) if mapped is not None
        )
        if len(models) < len(owners) or not models:
            return
        record = self.ev.record
        if self.ev.guarded or name in record.guarded_names or name in record.stored_names:
            return
        if any(self.index.may_have(mapped, name) for mapped in models):
            return
        if name in self.index.floating_backrefs:
            return
        self.ev.emit(events.UnknownAttributeLoad(models, name, expr, bool(classes), record))

    def awaiting(self, kind: t.Type, use: str, name: str, node: e.Expr) -> None:
        """Report a coroutine of a session that is used as if it were its result."""
        if not isinstance(kind, t.Coroutine) or not kind.origin or self.ev.guarded or self.ev.expected:
            return
        if name not in _COROUTINE_NAMES:
            self.ev.emit(events.CoroutineUse(kind.origin, use, name, node, self.ev.record))

    def _row_as_entity(self, expr: e.Attribute, row: t.Row) -> None:
        """Report an attribute that the row does not have and one of its entities has."""
        name = expr.attr
        entities = row.entities
        if not entities or self.ev.guarded or name.startswith("_") or name in _ROW_NAMES:
            return
        if name in self.ev.record.guarded_names or name in self.ev.record.stored_names:
            return
        if not all(isinstance(entity, (t.Instance, t.Loaded)) for entity in entities):
            return  # what is not known may be labelled so
        for entity in entities:
            mapped = self.index.mapped_of(entity.cls) if isinstance(entity, t.Instance) else None
            if mapped is not None and name in mapped.attributes:
                self.ev.emit(events.RowLoad(entities, mapped, name, expr, self.ev.record))
                return

    # -- stores

    def store(self, target: e.Attribute, kind: t.Type, value: e.Expr | None) -> None:
        """Assign `owner.attr = value`."""
        owner = self.ev.eval(target.value)
        record = self.ev.record
        name = target.attr
        record.stored_names.add(name)
        if isinstance(target.value, e.Name):
            self.ev.lazy_loads.forget(target.value.id)
        is_self = isinstance(target.value, e.Name) and self.is_self(target.value.id)
        if is_self:
            known = record.self_types.get(name)
            record.self_types[name] = clip(kind if known is None else t.join((known, kind)))
        self._keep_path(target, owner, kind)
        self.store_on(
            owner,
            name,
            target,
            target,
            kind,
            value,
            via_self=is_self,
            receiver=target.value.id if isinstance(target.value, e.Name) else "",
        )

    def _keep_path(self, target: e.Attribute, owner: t.Type, kind: t.Type) -> None:
        path = e.dotted_name(target)
        if path is None:
            return
        self.ev.forget_paths(path)
        self.ev.env.pop(path, None)
        # A column keeps being read as one, whatever was assigned.
        if isinstance(owner, t.Instance) and self.index.mapped_of(owner.cls) is None:
            self.ev.env[path] = kind
            self.ev.has_paths = True

    def store_on(
        self,
        owner: t.Type,
        name: str,
        node: e.Node,
        place: e.Node,
        kind: t.Type,
        value: e.Expr | None,
        via_self: bool = False,
        receiver: str = "",
    ) -> None:
        """Report a store on model instances, and the column it writes."""
        found = t.instances(owner)
        models = tuple(mapped for mapped in (self.index.mapped_of(item.cls) for item in found) if mapped is not None)
        record = self.ev.record
        if not found and any(isinstance(member, (t.Unknown, t.TypeVar, t.Loaded)) for member in t.members(owner)):
            record.unknown_stores.add(name)
            record.give(name, kind)
        elif found and not models and via_self:
            record.give(name, kind)
            record.unknown_stores.add(name)  # a mixin's method: its heirs may be mapped
        elif any(isinstance(member, t.ClassType) for member in t.members(owner)):
            record.unknown_stores.add(name)  # all of the class have it, and all its heirs
        if not models or len(models) < len(found):
            return
        self.ev.emit(
            events.AttributeStore(
                models,
                name,
                node,
                place,
                value,
                kind,
                self.ev.statement,
                record,
                via_self,
                receiver,
                is_expected=self.ev.guarded > 0,
            )
        )
        if value is None:
            return
        for mapped in models:
            attribute = mapped.attributes.get(name)
            if attribute is not None:
                self.ev.operands.write(mapped, attribute, value, kind, "assignment", node)

    def is_self(self, name: str) -> bool:
        """Tell whether a name is the first parameter of the method being read."""
        symbol: FunctionSymbol | None = self.ev.record.symbol
        if symbol is None or symbol.owner is None or not symbol.facts.params:
            return False
        return symbol.facts.params[0].name == name


def _of_one_class(owner: t.Union_) -> tuple[t.Instance, ...]:
    """Return the instance of `Model | type[Model]`: in a hybrid `self` is either, and both lack the same names."""
    found = [member for member in owner.members if isinstance(member, t.Instance)]
    rest = [member for member in owner.members if not isinstance(member, t.Instance)]
    if len(found) == 1 and all(isinstance(member, t.ClassType) and member.cls is found[0].cls for member in rest):
        return (found[0],)
    return ()


def _overridable(kind: t.Type) -> t.Type:
    """Return the type of a class-level constant that a subclass or an instance may have replaced."""
    if isinstance(kind, t.Literal):
        return t.Builtin(f"builtins.{type(kind.value).__name__}")
    return kind
