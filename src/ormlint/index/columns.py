"""The facts of one column: type, nullability, defaults, keys, as far as its declaration says them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ormlint.facts import expressions as e
from ormlint.index.annotations import (
    TypeMap,
    Unwrapped,
    alias_of,
    annotated_parts,
    is_named,
    literal_strings,
    split_optional,
    type_key,
)
from ormlint.index.constants import NOT_KNOWN, Constants, Scope
from ormlint.index.enums import EnumColumn, EnumIndex, labels_of
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Symbol, Value
from ormlint.index.vocabulary.others import ENUM_BASES
from ormlint.index.vocabulary.sqlalchemy import (
    COLUMN_CALLS,
    DATETIME,
    ENUM,
    ENUM_TYPES,
    MAPPED,
    MAPPED_COLLECTIONS,
    PREFIX,
    TYPES_OF_PYTHON,
    ZONED,
)
from ormlint.text import Range

_KEY_OPTIONS = frozenset({"name", "ondelete", "onupdate", "initially", "match", "deferrable", "use_alter"})


@dataclass(frozen=True, slots=True)
class Default:
    """A `default=`, `onupdate=` … argument. `kind`: "python", "sql" or "unknown"."""

    kind: str
    expr: e.Expr
    module: Module

    @property
    def range(self) -> Range:
        """The range of the argument's value."""
        return self.expr.range


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a foreign key of a column is written: the target as spelt (None where it is no literal), `ondelete`."""

    target: str | None
    expr: e.Expr
    module: Module
    ondelete: str | None = None
    of_table: bool = False  # given by a `ForeignKeyConstraint` of the table, perhaps with other columns


@dataclass(eq=False, slots=True)
class Column:
    """A mapped column. What is not known is None; `type` is the canonical name of its SQLAlchemy type."""

    name: str  # in the database
    type: str | None = None
    type_expr: e.Expr | None = None
    type_module: Module | None = None  # where the expression stands
    has_variant: bool = False  # on some database it is another type
    written: tuple[e.Expr, Module] | None = None  # the type as given, with its variants
    timezone: bool | None = None
    nullable: bool | None = None
    primary_key: bool = False
    default: Default | None = None
    server_default: Default | None = None
    onupdate: Default | None = None
    server_onupdate: Default | None = None
    foreign_keys: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()  # one for each of `foreign_keys`, in the same order
    foreign_key_options: dict[str, Any] = field(default_factory=dict)  # `name`, `ondelete` … of its only key
    unique: bool = False
    index: bool = False
    enum: EnumColumn | None = None
    enum_call: tuple[e.Call, Module] | None = None  # the `Enum(...)` of a type map, whose options count
    python_type: Symbol | None = None
    init: bool | None = None  # of a dataclass field
    has_dataclass_default: bool = False
    is_field_default: bool = False  # the default is that of the SQLModel field round a `sa_column=`
    arguments: tuple[str, ...] = ()
    unread: bool = False  # some argument was a `*` or `**`
    extra: dict[str, e.Expr] = field(default_factory=dict)

    @property
    def is_server_managed(self) -> bool:
        """Whether the database or a SQL expression fills the column on insert or update."""
        return self.server_default is not None or any(
            default is not None and default.kind == "sql" for default in (self.default, self.onupdate)
        )


class ColumnReader:
    """Reads `Column(...)`, `mapped_column(...)`, `Field(...)` and bare annotations."""

    def __init__(self, resolver: Resolver, enums: EnumIndex, constants: Constants) -> None:
        self.resolver = resolver
        self.enums = enums
        self.constants = constants
        self._types: set[e.Call] = set()  # what is being read: `Text = Text().with_variant(…)` is defined by itself
        # Set by the index: the names of a class body in an expression replaced by what they are bound to.
        self.in_body: Callable[[e.Expr, ClassSymbol | None], e.Expr] = lambda expr, scope: expr

    def value(self, expr: e.Expr, module: Module, scope: ClassSymbol | None) -> object:
        """Return the value of an argument of a column in the body of `scope`; `NOT_KNOWN` where it is not known."""
        if isinstance(expr, (e.Str, e.Constant)):
            return expr.value
        return self.constants.value(self.in_body(expr, scope), Scope(self.resolver.home(expr, module)))

    def text(self, expr: e.Expr | None, module: Module, scope: ClassSymbol | None) -> str | None:
        """Return the value of an argument that is a string, or None."""
        found = self.value(expr, module, scope) if expr is not None else None
        return found if isinstance(found, str) else None

    def from_call(self, call: e.Call, name: str, module: Module, scope: ClassSymbol | None) -> Column:
        """Read `Column(...)` or `mapped_column(...)` given to attribute `name`, in the body of `scope`."""
        column = Column(name)
        column.arguments = tuple(keyword.name for keyword in call.keywords)
        positional = list(call.args)
        name_given = self._given_name(positional[0], module, scope) if positional else None
        if name_given is not None:
            column.name = name_given
            positional.pop(0)
        for argument in positional:
            if isinstance(argument, e.Starred):
                column.unread = True
                continue
            self.positional(column, argument, module, scope)
        for keyword in call.keywords:
            self.keyword(column, keyword, module, scope)
        return column

    def _given_name(self, expr: e.Expr, module: Module, scope: ClassSymbol | None) -> str | None:
        """Return the name that the first argument is, or None for a type or a constraint."""
        if isinstance(expr, (e.Call, e.Starred)):
            return None
        if isinstance(expr, (e.Name, e.Attribute)):
            symbol = self.resolver.expr(module, expr)
            if not isinstance(symbol, Value) or isinstance(symbol.value, e.Call):
                return None
        return self.text(expr, module, scope)

    def positional(self, column: Column, argument: e.Expr, module: Module, scope: ClassSymbol | None) -> None:
        """Apply one positional argument of a column: its type, a key, a default of the database."""
        func = argument.func if isinstance(argument, e.Call) else argument
        symbol = self.resolver.expr(module, func)
        name = symbol.name if isinstance(symbol, External) else ""
        last = name.rpartition(".")[2] or (e.dotted_name(func) or "").rpartition(".")[2]
        if last == "ForeignKey":
            call = argument if isinstance(argument, e.Call) else None
            target = call.argument(0, "column") if call is not None else None
            if call is not None and target is not None:
                self.reference(column, target, module, call.keyword("ondelete"))
            for keyword in call.keywords if call is not None else ():
                given = self.value(keyword.value, module, scope) if keyword.name in _KEY_OPTIONS else None
                if given is not NOT_KNOWN and given is not None:
                    column.foreign_key_options[keyword.name] = given
            spelt = self.text(target, module, scope)
            if spelt is not None:
                column.foreign_keys = (*column.foreign_keys, spelt)
            elif target is not None:
                # `ForeignKey(User.id)`: the index turns it into table and column when all classes are read.
                column.foreign_keys = (*column.foreign_keys, f"={e.dotted_name(target) or '?'}")
            return
        if last == "Sequence":
            column.default = column.default or Default("sql", argument, module)
            return
        if last in ("Computed", "Identity", "FetchedValue", "DefaultClause"):
            default = Default("sql", argument, self.resolver.home(argument, module))
            column.server_default = column.server_default or default
            return
        if last in ("CheckConstraint", "UniqueConstraint", "PrimaryKeyConstraint", "ColumnDefault"):
            return
        if column.type_expr is None:
            self.set_type(column, argument, module, scope)

    def reference(
        self, column: Column, target: e.Expr, module: Module, ondelete: e.Expr | None, of_table: bool = False
    ) -> None:
        """Note where a foreign key of a column is written."""
        module = self.resolver.home(target, module)
        name = target.value if isinstance(target, e.Str) else None
        action = ondelete.value if isinstance(ondelete, e.Str) else None
        column.references = (*column.references, Reference(name, target, module, action, of_table))

    def set_type(self, column: Column, expr: e.Expr, module: Module, scope: ClassSymbol | None = None) -> None:
        """Read a type: `String`, `String(20)`, `Enum(Status)`, a project's own type."""
        module = self.resolver.home(expr, module)
        column.type_expr, column.type_module = expr, module
        column.written = column.written or (expr, module)
        func = expr.func if isinstance(expr, e.Call) else expr
        if isinstance(func, e.Attribute) and func.attr in ("with_variant", "evaluates_none", "as_mutable"):
            inner = func.value
            column.has_variant = column.has_variant or func.attr == "with_variant"
            if func.attr == "as_mutable" and isinstance(expr, e.Call) and expr.args:
                inner = expr.args[0]
            self.set_type(column, inner, module, scope)
            return
        symbol = self.resolver.expr(module, func)
        if isinstance(symbol, Value) and symbol.value is not None:
            if isinstance(symbol.value, e.Call) and symbol.value not in self._types:
                self._types.add(symbol.value)
                self.set_type(column, symbol.value, symbol.module)
                self._types.discard(symbol.value)
            return
        if isinstance(symbol, FunctionSymbol) and isinstance(expr, e.Call):
            made = self.constants.called(expr, symbol, module)
            if isinstance(made, (e.Call, e.Name, e.Attribute)):
                self.set_type(column, made, symbol.module)
            return
        if isinstance(symbol, ClassSymbol):
            column.type = f"project.{symbol.name}"
            column.python_type = symbol
            return
        if not isinstance(symbol, External):
            return
        column.type = symbol.name
        if column.type in ENUM_TYPES and isinstance(expr, e.Call):
            column.enum = self.enums.column(module, expr, scope)
        if isinstance(expr, e.Call):
            timezone = expr.keyword("timezone")
            if timezone is None and column.type in ZONED and expr.args:
                timezone = expr.args[0]
            if isinstance(timezone, e.Constant):
                column.timezone = bool(timezone.value)
            elif timezone is None:
                column.timezone = False
        else:
            column.timezone = False

    def keyword(self, column: Column, keyword: e.Keyword, module: Module, scope: ClassSymbol | None) -> None:
        """Apply one keyword of `Column(...)`, `mapped_column(...)` or `Field(...)` to a column."""
        name, value = keyword.name, keyword.value
        flag = self._flag(name, value, module, scope)
        if not name:
            column.unread = True
        elif name == "name":
            column.name = self.text(value, module, scope) or column.name
        elif name == "nullable":
            column.nullable = flag
            column.extra["nullable"] = value
        elif name == "primary_key":
            column.primary_key = flag is not False
        elif name in ("default", "insert_default", "default_factory"):
            if name == "default" or name == "default_factory":
                column.has_dataclass_default = True
            if not (isinstance(value, e.Constant) and value.value is None):
                column.default = self.default(value, module)
        elif name == "server_default":
            if not (isinstance(value, e.Constant) and value.value is None):
                column.server_default = Default("sql", value, self.resolver.home(value, module))
        elif name == "onupdate":
            if not (isinstance(value, e.Constant) and value.value is None):
                column.onupdate = self.default(value, module)
        elif name == "server_onupdate":
            column.server_onupdate = Default("sql", value, self.resolver.home(value, module))
        elif name == "unique":
            column.unique = flag is True
        elif name == "index":
            column.index = flag is not False
        elif name == "init":
            column.init = flag
        elif name in ("autoincrement", "comment", "sort_order", "key"):
            column.extra[name] = value
        elif name == "type_":
            self.set_type(column, value, module, scope)

    def _flag(self, name: str, value: e.Expr, module: Module, scope: ClassSymbol | None) -> bool | None:
        if isinstance(value, e.Constant):
            return value.value if isinstance(value.value, bool) else None
        if name not in ("nullable", "primary_key", "unique", "index", "init") or isinstance(value, e.Str):
            return None
        found = self.value(value, module, scope)
        return found if isinstance(found, bool) else None

    def default(self, expr: e.Expr, module: Module) -> Default:
        """Classify a default: a SQL expression, or something Python gives."""
        module = self.resolver.home(expr, module)
        if isinstance(expr, (e.Constant, e.Str, e.Lambda, e.Display, e.DictDisplay, e.Bytes)):
            return Default("python", expr, module)
        func = expr.func if isinstance(expr, e.Call) else expr
        symbol = self.resolver.expr(module, func)
        if isinstance(symbol, External):
            if symbol.name.startswith((PREFIX, "sqlalchemy_utc.", "sqlalchemy_utils.")):
                return Default("sql", expr, module)
            return Default("python", expr, module)
        if isinstance(symbol, ClassSymbol):
            # It may be a SQL construct of the project (`class utcnow(expression.FunctionElement)`).
            for base in symbol.facts.bases:
                resolved = self.resolver.expr(symbol.module, base)
                if isinstance(resolved, External) and resolved.name.startswith(PREFIX):
                    return Default("sql", expr, module)
            return Default("python", expr, module)
        if isinstance(symbol, Value):
            value = symbol.value
            if isinstance(value, e.Call):
                return self.default(value, symbol.module)
            if isinstance(value, (e.Constant, e.Str, e.Lambda)):
                return Default("python", expr, module)
            return Default("unknown", expr, module)
        if isinstance(expr, e.Call):
            return Default("unknown", expr, module)  # a project function may return a SQL expression
        if isinstance(symbol, FunctionSymbol):
            return Default("python", expr, module)
        return Default("unknown", expr, module)

    # -- annotations

    def mapped_inner(self, annotation: e.Expr | None, module: Module) -> tuple[str, e.Expr] | None:
        """Return ("Mapped" or "collection", T) for `Mapped[T]`, `DynamicMapped[T]`, `WriteOnlyMapped[T]`."""
        if not isinstance(annotation, e.Subscript):
            return None
        symbol = self.resolver.expr(module, annotation.value)
        name = symbol.name if isinstance(symbol, External) else ""
        if not name:
            last = (e.dotted_name(annotation.value) or "").rpartition(".")[2]
            if last not in ("Mapped", "DynamicMapped", "WriteOnlyMapped"):
                return None
            name = f"{PREFIX}{last}"
        if name in MAPPED:
            return "Mapped", annotation.index
        if name in MAPPED_COLLECTIONS:
            return "collection", annotation.index
        return None

    def apply_annotation(
        self, column: Column, inner: e.Expr, module: Module, is_mapped: bool, type_map: TypeMap | None
    ) -> None:
        """Complete a column from the annotation `Mapped[inner]` (or a SQLModel field's annotation)."""
        read = self._unwrapped(inner, module, type_map)
        if read.call is not None:
            _inherit(column, self.from_call(read.call, column.name, read.call_module, None))
        if is_mapped and column.nullable is None and "nullable" not in column.extra:
            column.nullable = read.optional
        core, module = read.core, read.module
        symbol = self.resolver.expr(module, core) if not isinstance(core, e.Str) else None
        if symbol is not None and column.python_type is None:
            column.python_type = symbol
        if column.type_expr is not None or symbol is None:
            return
        labels = literal_strings(core) if is_named(symbol, "Literal") else None
        if type_map is not None and (read.entry is not None or type_map.covers(symbol)):
            self._from_type_map(column, symbol, labels, read.entry or type_map.type_of(symbol))
            return
        if labels is not None:
            column.type = ENUM
            column.enum = EnumColumn(None, labels, None, native=False)
        elif isinstance(symbol, External):
            column.type = TYPES_OF_PYTHON.get(symbol.name)
            if column.type == DATETIME:
                column.timezone = False
        elif (enum := self.enums.of(symbol)) is not None:
            column.type = ENUM
            column.enum = EnumColumn(enum, labels_of(enum, False), False)

    def _unwrapped(self, expr: e.Expr, module: Module, type_map: TypeMap | None) -> Unwrapped:
        """Go through `Optional`, `Annotated` and aliases to the type that counts, or to a key of the type map."""
        optional = False
        call: e.Call | None = None
        call_module = module
        for _ in range(8):
            is_optional, expr = split_optional(expr, self.resolver, module)
            optional = optional or is_optional
            key = type_key(expr, module, self.resolver) if type_map is not None else ""
            if type_map is not None and isinstance(type_map.entries.get(key), tuple):
                return Unwrapped(optional, expr, module, call, call_module, type_map.entries[key])
            inner = annotated_parts(expr, module, self.resolver)
            if inner is not None:
                expr = inner[0]
                if call is None and inner[1] is not None:
                    call, call_module = inner[1], module
                continue
            alias = alias_of(expr, module, self.resolver)
            if alias is None:
                break
            expr, module = alias
        return Unwrapped(optional, expr, module, call, call_module)

    def _from_type_map(
        self,
        column: Column,
        symbol: Symbol,
        labels: tuple[str, ...] | None,
        entry: tuple[e.Expr | None, Module | None],
    ) -> None:
        """Take the type of a type map; `Enum(enum.Enum, …)` gives its options to any enum and to `Literal`."""
        expr, module = entry
        enum = self.enums.of(symbol)
        call = expr if isinstance(expr, e.Call) and module is not None else None
        if enum is not None or (labels is not None and self._is_any_enum(call, module)):
            column.type = ENUM
            by_value: bool | None = None
            if call is not None and module is not None:
                by_value = self.enums.by_value(call.keyword("values_callable"), module)
                column.enum_call = (call, module)
            native = call.keyword("native_enum") if call is not None else None
            is_native = not (isinstance(native, e.Constant) and native.value is False)
            known = labels_of(enum, by_value) if enum is not None else labels
            column.enum = EnumColumn(enum, known, by_value if enum is not None else None, native=is_native)
        elif expr is not None and module is not None:
            self.set_type(column, expr, module)
            column.type_expr = None

    def _is_any_enum(self, call: e.Call | None, module: Module | None) -> bool:
        if call is None or module is None or not call.args:
            return False
        func, given = self.resolver.expr(module, call.func), self.resolver.expr(module, call.args[0])
        is_any = isinstance(given, External) and (given.name in ENUM_BASES or given.name.endswith(".Literal"))
        return is_any and isinstance(func, External) and func.name in ENUM_TYPES

    def is_column_call(self, call: e.Call, module: Module) -> bool:
        """Tell whether a call is `Column(...)` or `mapped_column(...)`."""
        symbol = self.resolver.expr(module, call.func)
        return isinstance(symbol, External) and symbol.name in COLUMN_CALLS


def _inherit(column: Column, base: Column) -> None:
    """Fill what the declaration left open from `Annotated[..., mapped_column(...)]`."""
    column.type = column.type or base.type
    if column.type_expr is None:
        column.type_expr, column.type_module = base.type_expr, base.type_module
        column.has_variant = base.has_variant
    column.written = column.written or base.written
    column.timezone = column.timezone if column.timezone is not None else base.timezone
    if column.nullable is None and "nullable" in base.extra:
        column.nullable = base.nullable
    column.primary_key = column.primary_key or base.primary_key
    for name, given in base.extra.items():
        if name != "nullable":
            column.extra.setdefault(name, given)
    column.default = column.default or base.default
    column.server_default = column.server_default or base.server_default
    column.onupdate = column.onupdate or base.onupdate
    column.server_onupdate = column.server_onupdate or base.server_onupdate
    if not column.foreign_keys:
        column.foreign_keys, column.references = base.foreign_keys, base.references
        column.foreign_key_options = base.foreign_key_options
    column.unique = column.unique or base.unique
    column.index = column.index or base.index
    column.enum = column.enum or base.enum
    column.init = base.init if column.init is None else column.init
    column.has_dataclass_default = column.has_dataclass_default or base.has_dataclass_default
