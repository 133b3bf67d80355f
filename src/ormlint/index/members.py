"""The kind of one name in the body of a model, mixin or base."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.annotations import TypeMap, split_optional
from ormlint.index.classbody import Member
from ormlint.index.columns import Column, ColumnReader, Default
from ormlint.index.constants import Constants
from ormlint.index.inlining import BodyOf, Inliner, returned_values, substitute
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.relationships import RelationshipReader
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Value
from ormlint.index.vocabulary import ORM_PREFIXES, RELATIONSHIP_CALLS, sqlmodel
from ormlint.index.vocabulary.sqlalchemy import (
    COLUMN_CALLS,
    COLUMN_PROPERTY,
    COMPOSITE,
    DECLARED_ATTRS,
    DEFERRED,
    HYBRIDS,
    MAPPED_COLUMN,
    PREFIX,
    PROPERTY_CALLS,
    UNMAPPED,
)

_CONSTANT = (e.Str, e.Constant, e.FString, e.Name, e.Attribute, e.Display, e.Binary)


class MemberReader:
    """Turns members of class bodies into model attributes."""

    def __init__(self, resolver: Resolver, columns: ColumnReader, constants: Constants, body_of: BodyOf) -> None:
        self.resolver = resolver
        self.columns = columns
        self.constants = constants
        self.body_of = body_of
        self.relationships = RelationshipReader(resolver, constants)
        self.inliner = Inliner(resolver, constants, body_of)
        constants.called = self.inliner.call
        columns.in_body = self._in_body
        self._names: dict[str, dict[str, e.Expr]] = {}
        # Set by the mapper: the class that a `declared_attr` of a base is called with.
        self.holder: Callable[[MappedClass, ClassSymbol], ClassSymbol] = lambda mapped, base: mapped.symbol

    def remembered(self) -> tuple[dict[Any, Any], ...]:
        """Return what is remembered."""
        return (self._names,)

    def class_names(self, symbol: ClassSymbol | None) -> dict[str, e.Expr]:
        """Return the names that the body of a class binds to expressions other than its attributes."""
        if symbol is None:
            return {}
        key = symbol.key
        if key not in self._names:
            self._names[key] = {
                target.id: statement.value
                for statement in symbol.facts.body
                if isinstance(statement, s.Assign) and isinstance(statement.value, _CONSTANT)
                for target in statement.targets
                if isinstance(target, e.Name)
            }
        return self._names[key]

    def _nested_classes(self, symbol: ClassSymbol | None) -> dict[str, e.Expr]:
        """Return the classes in the body of a class as they are called from elsewhere: `Model.Kind`."""
        found: dict[str, e.Expr] = {}
        if symbol is not None and symbol.facts.qualname == symbol.name:
            for statement in symbol.facts.body:
                if isinstance(statement, s.ClassStmt):
                    at = statement.start
                    found[statement.name] = e.Attribute(at, at, e.Name(at, at, symbol.name), statement.name)
        return found

    def _in_body(self, expr: e.Expr, scope: ClassSymbol | None) -> e.Expr:
        names = self.class_names(scope)
        filled: e.Expr = substitute(expr, names) if names else expr
        return filled

    def is_column_member(self, member: Member) -> bool:
        """Tell whether a member is written as a column."""
        if isinstance(member.value, e.Call):
            return self._callee(member.owner.module, member.value) in COLUMN_CALLS
        return self.columns.mapped_inner(member.annotation, member.owner.module) is not None

    def attribute(
        self, member: Member, mapped: MappedClass, is_own_table: bool, type_map: TypeMap | None
    ) -> ModelAttribute | None:
        """Return the attribute a member makes on `mapped`, or None for none at all."""
        module = member.owner.module
        attribute = ModelAttribute(
            member.name,
            "plain",
            module,
            member.range,
            member.owner,
            value=member.value,
            annotation=member.annotation,
        )
        if member.nested is not None:
            return attribute
        if member.function is not None:
            return self._from_function(attribute, member, mapped, type_map)
        if member.annotation is not None and self._is_class_var(member.annotation, module):
            attribute.bare = member.value is None
            return attribute
        if self._is_unmapped(member):
            mapped.left_out.append(self._unmapped(attribute, mapped, type_map))
            return None
        mapped_inner = self.columns.mapped_inner(member.annotation, module)
        attribute.is_field = mapped_inner is not None or (member.annotation is not None and mapped.is_dataclass)
        if member.value is None:
            return self._bare(attribute, member, mapped, mapped_inner, type_map)
        value = self._value(member.value, module)
        if isinstance(value[0], e.Call):
            self._from_call(attribute, value[0], value[1], mapped, mapped_inner, type_map)
        elif mapped.style == "sqlmodel" and member.annotation is not None:
            attribute.is_field = True
            self._sqlmodel_column(attribute, None, mapped, type_map)
        elif mapped_inner is not None and mapped.is_dataclass:
            # `x: Mapped[int] = 5`: not SQLAlchemy's documented form, yet a dataclass default of a column
            self._mapped_column(attribute, mapped_inner[1], type_map)
        elif isinstance(member.value, e.Attribute) and self._is_mapped_attribute(member.value, module, mapped):
            attribute.kind = "synonym"  # `y = Parent.x`
        elif isinstance(member.value, e.Name) and member.value.id == member.name:
            attribute.kind = "unknown"
        elif isinstance(member.value, e.Name):
            self._same_column(attribute, member.value.id, mapped, type_map)
        return attribute

    def _is_unmapped(self, member: Member) -> bool:
        value, annotation = member.value, member.annotation
        named = value.func if isinstance(value, e.Call) else None
        named = annotation.value if isinstance(annotation, e.Subscript) else named
        symbol = self.resolver.expr(member.owner.module, named) if named is not None else None
        return isinstance(symbol, External) and symbol.name in UNMAPPED

    def _unmapped(self, attribute: ModelAttribute, mapped: MappedClass, type_map: TypeMap | None) -> ModelAttribute:
        """Read `Unmapped[T]` and `unmapped_column(...)`: a column of the table that is no attribute."""
        attribute.kind = "column"
        value, annotation, module = attribute.value, attribute.annotation, attribute.module
        column = Column(attribute.name)
        if isinstance(value, e.Call):
            column = self.columns.from_call(value, attribute.name, module, attribute.owner)
        if isinstance(annotation, e.Subscript):
            self.columns.apply_annotation(column, annotation.index, module, True, type_map)
        if column.nullable is None and "nullable" not in column.extra:
            column.nullable = not column.primary_key
        attribute.column = column
        return attribute

    def _same_column(self, attribute: ModelAttribute, name: str, mapped: MappedClass, type_map: TypeMap | None) -> None:
        """`again = first`: the `Column` of the body is mapped once, under the name that it is given last."""
        known = mapped.attributes.get(name)
        if known is None or known.column is None or known.owner is not attribute.owner:
            return
        if isinstance(known.value, e.Call):
            self._from_call(attribute, known.value, attribute.module, mapped, None, type_map)
            attribute.value = known.value

    def _is_mapped_attribute(self, expr: e.Attribute, module: Module, mapped: MappedClass) -> bool:
        """Tell whether `Parent.x` names a mapped attribute of a base; of any other class it is just its value."""
        parent = self.resolver.expr(module, expr.value)
        if not isinstance(parent, ClassSymbol) or parent not in mapped.mro:
            return False
        known = mapped.attributes.get(expr.attr)
        return known is not None and known.kind not in ("plain", "method", "property", "unknown")

    def of_value(self, member: Member, module: Module, mapped: MappedClass) -> ModelAttribute:
        """Return the attribute that a value written outside the class, in `module`, makes on `mapped`."""
        attribute = ModelAttribute(
            member.name, "unknown", module, member.range, None, value=member.value, annotation=member.annotation
        )
        if isinstance(member.value, e.Call):
            self._from_call(attribute, member.value, module, mapped, None, None)
        return attribute

    def _bare(
        self,
        attribute: ModelAttribute,
        member: Member,
        mapped: MappedClass,
        mapped_inner: tuple[str, e.Expr] | None,
        type_map: TypeMap | None,
    ) -> ModelAttribute:
        if mapped_inner is not None:
            if mapped_inner[0] == "collection":
                attribute.kind = "relationship"
                attribute.relationship = self.relationships.read(
                    None, attribute, mapped_inner, attribute.module, mapped
                )
                return attribute
            self._mapped_column(attribute, mapped_inner[1], type_map)
        elif mapped.style == "sqlmodel":
            attribute.is_field = True
            self._sqlmodel_column(attribute, None, mapped, type_map)
        else:
            attribute.bare = True
        return attribute

    def _is_class_var(self, annotation: e.Expr, module: Module) -> bool:
        core = annotation.value if isinstance(annotation, e.Subscript) else annotation
        return (e.dotted_name(core) or "").rpartition(".")[2] in ("ClassVar", "PrivateAttr")

    def _callee(self, module: Module, call: e.Call) -> str:
        symbol = self.resolver.expr(module, call.func)
        return symbol.name if isinstance(symbol, External) else ""

    def _value(self, value: e.Expr, module: Module) -> tuple[e.Expr, Module]:
        """Follow a name to the module-level call it stands for: `id = primary_key_column`."""
        if isinstance(value, (e.Name, e.Attribute)):
            symbol = self.resolver.expr(module, value)
            if isinstance(symbol, Value) and isinstance(symbol.value, e.Call) and symbol.owner is None:
                return symbol.value, symbol.module
        return value, module

    def _mapped_column(self, attribute: ModelAttribute, inner: e.Expr, type_map: TypeMap | None) -> None:
        attribute.kind = "column"
        column = attribute.column = Column(attribute.name)
        self.columns.apply_annotation(column, inner, attribute.module, True, type_map)

    def _from_call(
        self,
        attribute: ModelAttribute,
        call: e.Call,
        module: Module,
        mapped: MappedClass,
        mapped_inner: tuple[str, e.Expr] | None,
        type_map: TypeMap | None,
    ) -> None:
        name = self._callee(module, call)
        is_asked = True  # whether the annotation says something of the column
        if mapped.is_dataclass and (init := call.keyword("init")) is not None and name not in COLUMN_CALLS:
            attribute.is_field = attribute.is_field and not (isinstance(init, e.Constant) and init.value is False)
        if name == DEFERRED and call.args and isinstance(call.args[0], e.Call):
            call = call.args[0]
            name = self._callee(module, call)
            mapped_inner, is_asked = None, False
        if name == COLUMN_PROPERTY and call.args and isinstance(call.args[0], e.Call):
            if self._callee(module, call.args[0]) in COLUMN_CALLS:
                call = call.args[0]
                name = self._callee(module, call)
        if name in COLUMN_CALLS:
            attribute.kind = "column"
            column = attribute.column = self.columns.from_call(
                call, attribute.name, module, attribute.owner if module is attribute.module else None
            )
            if mapped_inner is not None and name == MAPPED_COLUMN:
                self.columns.apply_annotation(column, mapped_inner[1], attribute.module, True, type_map)
            elif attribute.annotation is not None and is_asked and name == MAPPED_COLUMN:
                self.columns.apply_annotation(column, attribute.annotation, attribute.module, True, type_map)
            if column.nullable is None and "nullable" not in column.extra:
                column.nullable = not column.primary_key
            attribute.value = call
            return
        if name in RELATIONSHIP_CALLS:
            attribute.kind = "relationship"
            attribute.relationship = self.relationships.read(call, attribute, mapped_inner, module, mapped)
            return
        if name in PROPERTY_CALLS:
            attribute.kind = PROPERTY_CALLS[name]
            return
        if name == sqlmodel.FIELD:
            attribute.is_field = True
            alias = call.keyword("alias") or call.keyword("validation_alias")
            attribute.alias = alias.value if isinstance(alias, e.Str) else None
            self._sqlmodel_column(attribute, call, mapped, type_map, module)
            return
        if mapped.style == "sqlmodel" and attribute.annotation is not None:
            last = (e.dotted_name(call.func) or "").rpartition(".")[2]
            if last == "PrivateAttr":
                return
            attribute.is_field = True
            if self._from_helper(attribute, call, module, mapped, mapped_inner, type_map):
                return
            self._sqlmodel_column(attribute, None, mapped, type_map)
            called = self.resolver.expr(module, call.func)
            if attribute.column is not None and not isinstance(called, (ClassSymbol, External)):
                attribute.column.unread = True  # a function of the project may return a `Field(...)` of any kind
                attribute.column.default = Default("unknown", call, module)
            return
        if not name or name.startswith(PREFIX):
            # A helper that may build a column, or an extension of SQLAlchemy: only the name is certain.
            if self._from_helper(attribute, call, module, mapped, mapped_inner, type_map):
                return
            if mapped_inner is not None and mapped_inner[0] == "Mapped":
                attribute.kind = "unknown"
                return
            symbol = self.resolver.expr(module, call.func)
            attribute.kind = "plain" if isinstance(symbol, ClassSymbol) else "unknown"

    def _from_helper(
        self,
        attribute: ModelAttribute,
        call: e.Call,
        module: Module,
        mapped: MappedClass,
        mapped_inner: tuple[str, e.Expr] | None,
        type_map: TypeMap | None,
    ) -> bool:
        """Read `id = uuid_key()`, where a function of the project returns a column, a relationship or a field."""
        symbol = self.resolver.expr(module, call.func)
        if not isinstance(symbol, FunctionSymbol):
            return False
        owner = attribute.owner if module is attribute.module else None
        made = self.inliner.call(call, symbol, module, {**self.class_names(owner), **self._nested_classes(owner)})
        is_followed = made is not None
        if made is None:
            made, _ = self.returned(symbol)
        if not isinstance(made, e.Call) or not self._callee(symbol.module, made).startswith(ORM_PREFIXES):
            return False
        written, attribute.value = attribute.value, None
        self._from_call(attribute, made, symbol.module, mapped, mapped_inner, type_map)
        attribute.value = written
        if attribute.column is not None and not is_followed:
            attribute.column.unread = True
            if made.args and isinstance(made.args[0], e.Name):
                attribute.column.type = attribute.column.type_expr = None  # the helper's own parameter
        return True

    def returned(self, function: FunctionSymbol) -> tuple[e.Expr | None, str]:
        """Return what a function returns (None where it returns several things), and its first parameter's name.

        An early `return None` beside it says that the attribute may be left out, not what it is.
        """
        params = function.facts.params
        first = params[0].name if params else "cls"
        values = list(returned_values(self.body_of(function)))
        return (values[0] if len(values) == 1 else None), first

    def result(self, function: FunctionSymbol, cls: ClassSymbol) -> e.Expr | None:
        """Return what a `declared_attr` returns for one class, with what is known of `cls` put in."""
        found = self.inliner.run(function, {}, cls)
        return found if found is not None else self.returned(function)[0]

    # -- functions

    def _from_function(
        self, attribute: ModelAttribute, member: Member, mapped: MappedClass, type_map: TypeMap | None
    ) -> ModelAttribute | None:
        function = member.function
        if function is None:
            return None
        attribute.function = function
        attribute.kind = "method"
        for decorator in function.facts.decorators:
            func = decorator.func if isinstance(decorator, e.Call) else decorator
            symbol = self.resolver.expr(attribute.module, func)
            name = symbol.name if isinstance(symbol, External) else ""
            dotted = e.dotted_name(func) or ""
            last = (name or dotted).rpartition(".")[2]
            if "declared_attr" in dotted or name in DECLARED_ATTRS:
                attribute.cascading = last == "cascading"
                return self._declared(attribute, function, mapped, type_map)
            if name in HYBRIDS or last == "hybrid_property":
                attribute.kind = "hybrid"
                attribute.read_only = "setter" not in member.accessors
                return attribute
            if last in ("property", "cached_property", "abstractproperty") or name.endswith("property"):
                attribute.kind = "property"
                attribute.read_only = "setter" not in member.accessors and last != "cached_property"
                if last not in ("property", "cached_property"):
                    attribute.read_only = False
                return attribute
            if last in (
                "staticmethod",
                "classmethod",
                "hybrid_method",
                "validates",
                "abstractmethod",
                "overload",
            ):
                continue
            attribute.kind = "unknown"  # the decorator decides what the name becomes
        return attribute

    def _declared(
        self,
        attribute: ModelAttribute,
        function: FunctionSymbol,
        mapped: MappedClass,
        type_map: TypeMap | None,
    ) -> ModelAttribute:
        cls = mapped.symbol
        if attribute.owner is not None and not attribute.cascading:
            cls = self.holder(mapped, attribute.owner)
        returned, first = self.result(function, cls), self.returned(function)[1]
        attribute.kind = "unknown"
        attribute.read_only = False
        if isinstance(returned, e.Call):
            inner = self.columns.mapped_inner(function.facts.returns, attribute.module)
            self._from_call(attribute, returned, attribute.module, mapped, inner, type_map)
            if attribute.relationship is not None:
                self.relationships.resolve_declared(attribute.relationship, returned, attribute, cls, first)
        elif (inner := self.columns.mapped_inner(function.facts.returns, attribute.module)) is not None:
            symbol = self.resolver.expr(attribute.module, split_optional(inner[1], self.resolver, attribute.module)[1])
            attribute.kind = "unknown" if isinstance(symbol, ClassSymbol) else "column"
            if attribute.kind == "column":
                attribute.column = Column(attribute.name)
                attribute.column.unread = True
                self.columns.apply_annotation(attribute.column, inner[1], attribute.module, True, type_map)
        return attribute

    # -- SQLModel

    def _sqlmodel_column(
        self,
        attribute: ModelAttribute,
        call: e.Call | None,
        mapped: MappedClass,
        type_map: TypeMap | None,
        module: Module | None = None,
    ) -> None:
        module = module or attribute.module
        attribute.kind = "column"
        column = Column(attribute.name)
        if call is not None:
            owner = attribute.owner if module is attribute.module else None
            given = call.keyword("sa_column")
            if isinstance(given, e.Call) and self._callee(module, given) in COLUMN_CALLS:
                # The `Column` is taken as it is: what the field says besides is for Pydantic only.
                column = self.columns.from_call(given, attribute.name, module, owner)
                if column.nullable is None and "nullable" not in column.extra:
                    column.nullable = not column.primary_key
                self._field_default(column, call, module)
            else:
                self._sqlmodel_field(column, call, module, owner)
        elif attribute.value is not None and not _is_none(attribute.value):
            column.default = self.columns.default(attribute.value, attribute.module)
        attribute.column = column
        if column.primary_key and "nullable" not in column.extra:
            column.nullable = False  # `id: int | None` is how SQLModel spells a generated key
        if attribute.annotation is not None:
            self.columns.apply_annotation(column, attribute.annotation, attribute.module, True, None)

    def _field_default(self, column: Column, call: e.Call, module: Module) -> None:
        """Note the default a field gives beside its `sa_column=`: Pydantic fills it in, the column knows nothing."""
        given = call.argument(0, "default") or call.keyword("default_factory")
        if given is None or isinstance(given, e.EllipsisLiteral) or _is_none(given):
            return
        column.has_dataclass_default = True
        if column.default is None:
            column.default = self.columns.default(given, module)
            column.is_field_default = True

    def _sqlmodel_field(self, column: Column, call: e.Call, module: Module, owner: ClassSymbol | None) -> None:
        for keyword in call.keywords:
            name, value = keyword.name, keyword.value
            if name in ("default", "default_factory", "primary_key", "nullable", "unique", "index"):
                self.columns.keyword(column, keyword, module, owner)
            elif name == "foreign_key" and (target := self.columns.text(value, module, owner)) is not None:
                column.foreign_keys = (*column.foreign_keys, target)
                self.columns.reference(column, value, module, call.keyword("ondelete"))
                action = self.columns.text(call.keyword("ondelete"), module, owner)
                if action is not None:
                    column.foreign_key_options["ondelete"] = action
            elif name == "sa_type":
                self.columns.set_type(column, value, module, owner)
            elif name == "sa_column_kwargs" and isinstance(value, e.DictDisplay):
                for item in value.items:
                    if isinstance(item.key, e.Str):
                        inner = e.Keyword(item.start, item.end, item.key.value, item.value)
                        self.columns.keyword(column, inner, module, owner)
            elif name == "sa_column_args" and isinstance(value, e.Display):
                for element in value.elements:
                    self.columns.positional(column, element, module, owner)
            elif name in ("sa_column", "sa_column_args") and not isinstance(value, e.Call):
                column.unread = True
        if call.args and not (isinstance(call.args[0], (e.EllipsisLiteral, e.Constant))):
            column.default = column.default or self.columns.default(call.args[0], module)

    def composite_attributes(self, member: Member, mapped: MappedClass) -> list[ModelAttribute]:
        """Return the columns a `composite(mapped_column("x1"), …)` adds under their own names."""
        call = member.value
        if not isinstance(call, e.Call) or self._callee(member.owner.module, call) != COMPOSITE:
            return []
        module = member.owner.module
        inner = self.columns.mapped_inner(member.annotation, module)
        named = [argument for argument in call.args if not isinstance(argument, e.Call)]
        kind = inner[1] if inner is not None else named[0] if named else None
        fields = self._field_annotations(self.resolver.expr(module, kind)) if kind is not None else []
        found: list[ModelAttribute] = []
        columns = [item for item in call.args if isinstance(item, e.Call) and self.columns.is_column_call(item, module)]
        for position, argument in enumerate(columns):
            column = self.columns.from_call(argument, "", module, member.owner)
            if not column.name:
                continue
            if position < len(fields):
                self.columns.apply_annotation(column, *fields[position], True, None)
            found.append(ModelAttribute(column.name, "column", module, argument.range, member.owner, column))
        return found

    def _field_annotations(self, symbol: object) -> list[tuple[e.Expr, Module]]:
        """Return the annotations of a dataclass's fields in order, with the module they stand in."""
        if not isinstance(symbol, ClassSymbol):
            return []
        return [
            (statement.annotation, symbol.module)
            for statement in symbol.facts.body
            if isinstance(statement, s.Assign) and statement.annotation is not None
        ]


def _is_none(expr: e.Expr) -> bool:
    return isinstance(expr, e.Constant) and expr.value is None
