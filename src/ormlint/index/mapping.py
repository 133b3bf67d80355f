"""Mapped classes from class bodies: the attributes along the MRO, their kinds, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.annotations import TypeMap, split_optional, type_key
from ormlint.index.bases import Base, BaseReader, DynamicBase
from ormlint.index.classbody import ClassBody, Member, read_class_body
from ormlint.index.columns import ColumnReader
from ormlint.index.constants import Constants, Scope, camel_to_snake
from ormlint.index.constructors import read_constructor, unread_package
from ormlint.index.inlining import BodyOf
from ormlint.index.mapperargs import apply_mapper_args, shapes_attributes
from ormlint.index.members import MemberReader
from ormlint.index.model import MappedClass, ModelAttribute, Relationship
from ormlint.index.reads import recorded
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Unknown, Value
from ormlint.index.tableargs import apply_table_args
from ormlint.index.tablemapped import add_table_columns, table_call
from ormlint.index.vocabulary import EXTERNAL_MIXINS, HARMLESS_BASES, METACLASSES, sqlmodel
from ormlint.index.vocabulary.others import ATTRS, ORM_PACKAGES
from ormlint.index.vocabulary.sqlalchemy import (
    ABSTRACT_CONCRETE_BASE,
    CONCRETE_BASES,
    DATACLASS_BASES,
    DECLARATIVE_BASES,
    DECLARATIVE_META,
    LISTENERS,
)

_KNOWN_DECORATORS = frozenset(
    {
        "total_ordering",
        "declarative_mixin",
        "dataclass",
        "unique",
        "final",
        "runtime_checkable",
        "as_declarative",
        "python_2_unicode_compatible",
        "generic_repr",  # of sqlalchemy-utils: it gives the class a `__repr__`
    }
)
# Class methods that SQLAlchemy or Python calls with each class.
_CLASS_HOOKS = frozenset({"__declare_last__", "__declare_first__", "__init_subclass__"})
_MAPPING_DECORATORS = frozenset({"mapped", "mapped_as_dataclass"})


class Mapper:
    """Finds the mapped classes of a project and reads each one."""

    def __init__(
        self,
        resolver: Resolver,
        bases: BaseReader,
        columns: ColumnReader,
        constants: Constants,
        body_of: BodyOf,
    ) -> None:
        self.resolver = resolver
        self.bases = bases
        self.columns = columns
        self.constants = constants
        self.members = MemberReader(resolver, columns, constants, body_of)
        constants.table_of = self._table_of
        constants.has_mapped_parent = self._has_mapped_parent
        self.members.holder = self._holder
        self._naming: set[str] = set()  # classes whose table name is being computed
        self._bodies: dict[str, tuple[ClassBody, object]] = {}
        self._styles: dict[str, tuple[str | None, object]] = {}
        self._type_maps: dict[str, tuple[TypeMap, object]] = {}

    def remembered(self) -> tuple[dict[Any, Any], ...]:
        """Return what is remembered."""
        return self._bodies, self._styles, self._type_maps, *self.members.remembered()

    def body(self, symbol: ClassSymbol) -> ClassBody:
        """Return what the body of a class declares."""
        return recorded(self._bodies, symbol.key, lambda: read_class_body(symbol))

    def nearest(self, mro: Iterable[Base], name: str) -> Member | None:
        """Return what the first class of the project in an MRO says of a name in its body."""
        for base in mro:
            if isinstance(base, ClassSymbol):
                member = self.body(base).members.get(name)
                if member is not None:
                    return member
        return None

    def forget(self, symbol: ClassSymbol) -> None:
        """Read the body of a class anew: its facts were changed."""
        self._bodies.pop(symbol.key, None)

    # -- which classes are mapped

    def style(self, symbol: ClassSymbol) -> str | None:
        """Return "declarative", "flask" or "sqlmodel" for a mapped class, None for any other."""
        return recorded(self._styles, symbol.key, lambda: self._expanded_style(symbol))

    def _expanded_style(self, symbol: ClassSymbol) -> str | None:
        self._styles[symbol.key] = (None, ())  # a class that derives from itself ends here
        style = self._style(symbol)
        if (style is not None or self._may_be_mapped(symbol)) and self.bases.expand(symbol):
            style = self._style(symbol) or style
        return style

    def _style(self, symbol: ClassSymbol) -> str | None:
        mro = self.bases.mro(symbol)
        decorators = self._decorator_names(symbol)
        if decorators & _MAPPING_DECORATORS:
            return "declarative"
        if "as_declarative" in decorators or self._is_base(symbol):
            return None
        body = self.body(symbol)
        if _is_true(body.members.get("__abstract__")):
            return None
        style: str | None = None
        for base in mro[1:]:
            if isinstance(base, DynamicBase):
                style = "flask" if base.kind == "flask" else "declarative"
            elif isinstance(base, External):
                if base.name == sqlmodel.BASE:
                    style = style or ("sqlmodel" if self._is_sqlmodel_table(symbol) else None)
                elif base.name in DECLARATIVE_BASES:
                    style = style or "declarative"
            elif isinstance(base, ClassSymbol) and (
                "as_declarative" in self._decorator_names(base) or self._has_declarative_meta(base)
            ):
                style = style or "declarative"
            if style:
                break
        if style is None and self._looks_mapped(symbol, body, mro):
            return "declarative"
        return style

    def _may_be_mapped(self, symbol: ClassSymbol) -> bool:
        """Tell whether a class looks like a model, or its base belongs to a package of models: only then it is read."""
        return any(
            base.name.partition(".")[0] in ORM_PACKAGES
            if isinstance(base, External)
            else isinstance(base, ClassSymbol) and self._declares(base)
            for base in self.bases.mro(symbol)
        )

    def _declares(self, symbol: ClassSymbol) -> bool:
        members = self.body(symbol).members
        return "__tablename__" in members or any(self.members.is_column_member(member) for member in members.values())

    def _is_base(self, symbol: ClassSymbol) -> bool:
        """A direct subclass of `DeclarativeBase` is a base and never mapped itself."""
        for expr in symbol.facts.bases:
            base = self.bases.base(symbol.module, expr)
            if isinstance(base, External) and base.name in DECLARATIVE_BASES:
                return True
        return False

    def _has_declarative_meta(self, symbol: ClassSymbol) -> bool:
        """A base may be written out: `class Base(metaclass=DeclarativeMeta)` with `registry` and `metadata`."""
        for keyword in symbol.facts.keywords:
            if keyword.name == "metaclass":
                meta = self.resolver.expr(symbol.module, keyword.value)
                if isinstance(meta, External) and meta.name == DECLARATIVE_META:
                    return "__abstract__" in self.body(symbol).members
        return False

    def _is_sqlmodel_table(self, symbol: ClassSymbol) -> bool:
        for keyword in symbol.facts.keywords:
            if keyword.name == "table" and isinstance(keyword.value, e.Constant):
                return keyword.value.value is True
        return False

    def _looks_mapped(self, symbol: ClassSymbol, body: ClassBody, mro: tuple[Base, ...]) -> bool:
        """A class over a base that cannot be read is mapped when it names its table and declares columns."""
        unread = [
            base
            for base in mro
            if isinstance(base, Unknown)
            or (isinstance(base, External) and base.name not in HARMLESS_BASES and "." in base.name)
        ]
        if not unread or any(
            isinstance(base, External) and base.name.startswith(("pydantic.", "enum.", "marshmallow."))
            for base in unread
        ):
            return False
        named = "__tablename__" in body.members or "__table__" in body.members
        return named and any(self.members.is_column_member(member) for member in body.members.values())

    def _decorator_names(self, symbol: ClassSymbol) -> set[str]:
        names: set[str] = set()
        for decorator in symbol.facts.decorators:
            func = decorator.func if isinstance(decorator, e.Call) else decorator
            names.add((e.dotted_name(func) or "?").rpartition(".")[2])
        return names

    # -- reading one

    def read(self, symbol: ClassSymbol, style: str, is_imperative: bool = False) -> MappedClass:
        """Read a mapped class: its attributes from the last base to the class itself.

        To imperative mapping what a class body says of columns means nothing: they are attributes as any other.
        """
        mro = self.bases.mro(symbol)
        mapped = MappedClass(symbol, style, None, mro)
        mapped.is_dataclass = self._is_dataclass(symbol, mro)
        type_map = self._type_map(mro)
        set_by_init: set[str] = set()
        reads: str | None = None
        for base in reversed(mro):
            reads = reads or self._answers_reads(base)
            mapped.open(self._open_reason(base, mapped))
            if isinstance(base, ClassSymbol):
                self._merge(mapped, base, type_map, set_by_init)
        mapped.set_by_init = frozenset(set_by_init)
        if mapped.open_reason is None and reads is not None:
            mapped.open_reason, mapped.open_on_reads = reads, True
        if is_imperative:
            _without_columns(mapped)
            mapped.constructor = read_constructor(mapped, self.body, self.resolver)
            return mapped
        mapped.table = self._table_name(symbol, style, mro)
        self._table_object(mapped)
        apply_table_args(mapped, self.body, lambda base: self.style(base) is not None, self.members)
        self._mapper_args(mapped)
        self._concrete(mapped)
        self._versions(mapped)
        mapped.constructor = read_constructor(mapped, self.body, self.resolver)
        return mapped

    def _versions(self, mapped: MappedClass) -> None:
        """SQLAlchemy-Continuum gives a class with `__versioned__` its `versions` when mappers are configured."""
        if self.nearest(mapped.mro, "__versioned__") is None:
            return
        symbol = mapped.symbol
        made = ModelAttribute("versions", "relationship", symbol.module, symbol.facts.name_range, None)
        made.relationship = Relationship(None, f"{symbol.name}Version", True, lazy="dynamic")
        made.conditional = True
        mapped.attributes.setdefault(made.name, made)

    def _mapper_args(self, mapped: MappedClass) -> None:
        """Apply the nearest `__mapper_args__`, unless it belongs to a mapped class above."""
        for base in mapped.mro:
            if isinstance(base, ClassSymbol):
                if base is not mapped.symbol and self.style(base) is not None:
                    return
                member = self.body(base).members.get("__mapper_args__")
                if member is not None:
                    apply_mapper_args(mapped, member, self.members)
                    return

    def _concrete(self, mapped: MappedClass) -> None:
        """`ConcreteBase` gives the classes of a concrete hierarchy a column that tells them apart."""
        externals = [base.name for base in mapped.mro if isinstance(base, External) and base.name in CONCRETE_BASES]
        if not externals:
            return
        direct = [self.bases.base(mapped.symbol.module, expr) for expr in mapped.symbol.facts.bases]
        mapped.is_union = External(ABSTRACT_CONCRETE_BASE) in direct
        if externals == [ABSTRACT_CONCRETE_BASE] and not mapped.is_union:
            return
        found = self.members.class_names(mapped.symbol).get("_concrete_discriminator_name")
        name = found.value if isinstance(found, e.Str) else "type"
        symbol = mapped.symbol
        made = ModelAttribute(name, "column_property", symbol.module, symbol.facts.name_range, None)
        mapped.attributes.setdefault(name, made)

    def _table_object(self, mapped: MappedClass) -> None:
        """Add the columns of `__table__ = Table(...)`, the class's own or one it derives from."""
        for base in reversed(mapped.mro):
            if not isinstance(base, ClassSymbol):
                continue
            member = self.body(base).members.get("__table__")
            found = table_call(member.value, base.module, self.members) if member is not None else None
            if found is None:
                continue
            mapped.table_call = found
            if base is mapped.symbol:
                mapped.table = self.constants.string(found[0].args[0], found[1])
            reason = add_table_columns(mapped, *found, self.members)
            mapped.open(reason)

    def _is_dataclass(self, symbol: ClassSymbol, mro: tuple[Base, ...]) -> bool:
        if "mapped_as_dataclass" in self._decorator_names(symbol):
            return True
        return any(isinstance(base, External) and base.name in DATACLASS_BASES for base in mro)

    def _merge(self, mapped: MappedClass, base: ClassSymbol, type_map: TypeMap | None, set_by_init: set[str]) -> None:
        body = self.body(base)
        is_own_table = base is mapped.symbol or self.style(base) is not None
        for name, member in body.members.items():
            if name.startswith("__") and name.endswith("__"):
                continue
            previous = mapped.attributes.get(name)
            if (
                previous is not None
                and previous.column is not None
                and previous.value is not None
                and member.value is None
                and member.annotation is not None
                and mapped.style != "sqlmodel"
            ):
                continue  # an annotation alone loses to a mixin's `mapped_column(...)`
            if previous is not None and previous.cascading:
                continue  # SQLAlchemy skips it with a warning
            attribute = self.members.attribute(member, mapped, is_own_table, type_map)
            if attribute is None:
                continue
            self._share(mapped, attribute)
            if previous is not None and previous.value is None and attribute.value is None:
                _soften(attribute, previous)
            if member.conditional and previous is not None and previous.column is not None:
                attribute.conditional = True
            mapped.attributes[name] = attribute
            for extra in self.members.composite_attributes(member, mapped):
                mapped.attributes.setdefault(extra.name, extra)
        for statement in base.facts.body:
            if isinstance(statement, s.FunctionStmt):
                function = base.module.functions[statement.index]
                if function.name in _CLASS_HOOKS or _runs_for_class(function):
                    for name in function.facts.self_stores:  # `cls.table = …` when the class is made
                        made = ModelAttribute(name, "plain", base.module, function.facts.name_range, base)
                        mapped.attributes.setdefault(name, made)
                if function.name in (
                    "__init__",
                    "__post_init__",
                    "model_post_init",
                    "__setstate__",
                    "__new__",
                ) or any(
                    (e.dotted_name(d) or "").endswith(("reconstructor", "validates")) for d in function.facts.decorators
                ):
                    set_by_init.update(function.facts.self_stores)

    def _holder(self, mapped: MappedClass, base: ClassSymbol) -> ClassSymbol:
        """Return the class that the `declared_attr` of a base is called with: heirs have what it gave their parent."""
        for cls in reversed(mapped.mro):
            if isinstance(cls, ClassSymbol) and self.style(cls) is not None and base in self.bases.mro(cls):
                return cls
        return mapped.symbol

    def _share(self, mapped: MappedClass, attribute: ModelAttribute) -> None:
        """`a = b = Column(...)`: the last name is mapped, under the first one's name in the database."""
        if attribute.column is None or attribute.value is None:
            return
        for other in mapped.attributes.values():
            if other.value is attribute.value and other.column is not None and other.name != attribute.name:
                if attribute.column.name == attribute.name:
                    attribute.column.name = other.column.name
                other.kind, other.column = "plain", None

    def _open_reason(self, base: Base, mapped: MappedClass) -> str | None:
        if isinstance(base, Unknown):
            return f"one of its bases is not known: {base.reason}"
        if isinstance(base, External):
            name = base.name
            if (
                name in HARMLESS_BASES
                or name in EXTERNAL_MIXINS
                or name == sqlmodel.BASE
                or name.startswith(("typing.", "abc."))
            ):
                return None
            return unread_package(name, self.resolver)
        if isinstance(base, DynamicBase):
            return "its base is made by `automap_base()`" if base.kind == "automap" else None
        body = self.body(base)
        if body.open_reason is not None:
            where = "" if base is mapped.symbol else f" (of its base `{base.name}`)"
            return body.open_reason + where
        if "__setattr__" in body.members:
            return f"`{base.name}` defines `__setattr__`"
        for keyword in base.facts.keywords:
            if keyword.name == "metaclass" and not self._is_known_metaclass(base, keyword.value):
                return f"`{base.name}` has a metaclass of its own"
        table = body.members.get("__table__")
        if table is not None and (table.value is not None or table.function is not None):
            if table_call(table.value, base.module, self.members) is None:
                return f"`{base.name}` is mapped to a table that is not a literal `Table(...)`"
        given = body.members.get("__mapper_args__")
        if given is not None and shapes_attributes(given, self.members, mapped.symbol):
            return "its `__mapper_args__` choose attributes by what is not literal"
        for decorator in base.facts.decorators:
            func = decorator.func if isinstance(decorator, e.Call) else decorator
            last = (e.dotted_name(func) or "?").rpartition(".")[2]
            if last in _KNOWN_DECORATORS or last in _MAPPING_DECORATORS:
                continue
            if not self._keeps_class(base.module, func):
                return f"the decorator `{e.dotted_name(func) or '?'}` may change `{base.name}`"
        return None

    def _answers_reads(self, base: Base) -> str | None:
        """Return why any name may be read on an instance: the constructor asks the class, which these do not change."""
        for special in ("__getattr__", "__getattribute__"):
            if isinstance(base, ClassSymbol) and special in self.body(base).members:
                return f"`{base.name}` defines `{special}`"
        return None

    def _keeps_class(self, module: Module, func: e.Expr) -> bool:
        """A listener registered by decorator leaves the class as it is; attrs gives it methods."""
        symbol = self.resolver.expr(module, func)
        return isinstance(symbol, External) and (symbol.name in LISTENERS or symbol.name.startswith(ATTRS))

    def _is_known_metaclass(self, base: ClassSymbol, expr: e.Expr) -> bool:
        symbol = self.resolver.expr(base.module, expr)
        return isinstance(symbol, External) and symbol.name in METACLASSES

    def _has_mapped_parent(self, symbol: ClassSymbol) -> bool:
        parents = (base for base in self.bases.mro(symbol)[1:] if isinstance(base, ClassSymbol))
        return any(self.style(base) is not None for base in parents)

    def _table_of(self, symbol: ClassSymbol) -> str | None:
        style = self.style(symbol)
        if style is None or symbol.key in self._naming:
            return None
        self._naming.add(symbol.key)
        try:
            return self._table_name(symbol, style, self.bases.mro(symbol))
        finally:
            self._naming.discard(symbol.key)

    def _table_name(self, symbol: ClassSymbol, style: str, mro: tuple[Base, ...]) -> str | None:
        for base in mro:
            if not isinstance(base, ClassSymbol):
                continue
            members = self.body(base).members
            if base is not symbol and style == "flask" and self.style(base) and self._has_own_key(symbol, base):
                return camel_to_snake(symbol.name)  # joined inheritance
            member = members.get("__tablename__")
            if member is not None:
                if member.function is not None:
                    expr = self.members.result(member.function, symbol)
                    first = self.members.returned(member.function)[1]
                    found = self.constants.value(expr, Scope(base.module, symbol, first))
                    if found is not None:
                        return found if isinstance(found, str) else None
                    return self._parents_table(mro)  # `None` for a class in the table of its parent
                if isinstance(member.value, e.Constant):
                    continue
                if member.value is not None:
                    return self.constants.string(member.value, base.module, symbol)
            table = members.get("__table__")
            if table is not None and isinstance(table.value, e.Call) and table.value.args:
                return self.constants.string(table.value.args[0], base.module)
            if base is not symbol and style == "flask" and self.style(base):
                return self._table_name(base, style, self.bases.mro(base))
        if style == "flask":
            return camel_to_snake(symbol.name)
        if style == "sqlmodel":
            return symbol.name.lower()
        return None

    def _has_own_key(self, symbol: ClassSymbol, parent: ClassSymbol) -> bool:
        """Tell whether a class declares a primary key besides that of its mapped parent."""
        above = self.bases.mro(parent)
        for base in self.bases.mro(symbol):
            if base in above or not isinstance(base, ClassSymbol):
                continue
            for member in self.body(base).members.values():
                given = member.value.keyword("primary_key") if isinstance(member.value, e.Call) else None
                if isinstance(given, e.Constant) and given.value is True and self.members.is_column_member(member):
                    return True
        return False

    def _parents_table(self, mro: tuple[Base, ...]) -> str | None:
        found = (self._table_of(base) for base in mro[1:] if isinstance(base, ClassSymbol) and self.style(base))
        return next(found, None)

    # -- type_annotation_map

    def _type_map(self, mro: tuple[Base, ...]) -> TypeMap | None:
        for base in mro:
            if isinstance(base, ClassSymbol):
                member = self.body(base).members.get("type_annotation_map")
                if member is not None and member.value is not None:
                    return self._read_type_map(base.key, member.value, base.module)
                registry = self.body(base).members.get("registry")
                found = self._map_of_registry(registry.value, base.module) if registry is not None else None
                if found is not None:
                    return self._read_type_map(base.key, *found)
            elif isinstance(base, DynamicBase) and base.type_map is not None:
                return self._read_type_map(str(id(base)), *base.type_map)
        return None

    def _map_of_registry(self, expr: e.Expr | None, module: Module) -> tuple[e.Expr, Module, bool] | None:
        """Return the type map that a registry is given, its module, and whether more may be added to it."""
        if isinstance(expr, (e.Name, e.Attribute)):
            symbol = self.resolver.expr(module, expr)
            if isinstance(symbol, Value) and symbol.value is not None:
                expr, module = symbol.value, symbol.module
        if not isinstance(expr, e.Call):
            return None
        called = self.resolver.expr(module, expr.func)
        if not isinstance(called, FunctionSymbol):
            given = expr.keyword("type_annotation_map")
            return (given, module, False) if given is not None else None
        # A function that returns a registry: the dict that it starts with.
        body = list(walk_statements(self.members.body_of(called)))
        for item in body:
            made = item.value if isinstance(item, s.Return) else None
            given = made.keyword("type_annotation_map") if isinstance(made, e.Call) else None
            if given is None:
                continue
            named = e.dotted_name(given)
            for other in body:
                if isinstance(other, s.Assign) and isinstance(other.value, e.DictDisplay):
                    if named is not None and named in map(e.dotted_name, other.targets):
                        return other.value, called.module, True
            return given, called.module, True
        return None

    def _read_type_map(self, key: str, expr: e.Expr, module: Module, is_open: bool = False) -> TypeMap:
        return recorded(self._type_maps, key, lambda: self._new_type_map(expr, module, is_open))

    def _new_type_map(self, expr: e.Expr, module: Module, is_open: bool) -> TypeMap:
        entries: dict[str, tuple[e.Expr, Module]] = {}
        is_open = is_open or not isinstance(expr, e.DictDisplay)
        if isinstance(expr, e.DictDisplay):
            for item in expr.items:
                if item.key is None:
                    is_open = True
                    continue
                _, wanted = split_optional(item.key, self.resolver, module)
                entries[type_key(wanted, module, self.resolver)] = (item.value, module)
        return TypeMap(entries, is_open)


def _runs_for_class(function: FunctionSymbol) -> bool:
    """Tell whether a method is a `declared_attr`, which is given the class while it is mapped."""
    return any("declared_attr" in (e.dotted_name(decorator) or "") for decorator in function.facts.decorators)


def _is_true(member: Member | None) -> bool:
    return member is not None and isinstance(member.value, e.Constant) and member.value.value is True


def _without_columns(mapped: MappedClass) -> None:
    """Take a class body for what it is without a declarative base."""
    for attribute in list(mapped.attributes.values()):
        if attribute.kind in ("column", "relationship", "synonym", "column_property", "composite"):
            if attribute.value is None:
                del mapped.attributes[attribute.name]
            attribute.kind, attribute.column, attribute.relationship = "plain", None, None


def _soften(attribute: ModelAttribute, previous: ModelAttribute) -> None:
    """Forget what two bare annotations of one column say differently: which one counts depends on the version."""
    column, before = attribute.column, previous.column
    if column is None or before is None:
        return
    if column.nullable != before.nullable:
        column.nullable = None
    if column.type != before.type:
        column.type = column.enum = column.timezone = None
