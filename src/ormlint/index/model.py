"""The plain data of a mapped class: attributes, columns, relationships, constructor, openness."""

from __future__ import annotations

from dataclasses import dataclass, field

from ormlint.facts import expressions as e
from ormlint.index.bases import Base, DynamicBase
from ormlint.index.columns import Column
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module
from ormlint.index.vocabulary import EXTERNAL_MIXINS, MODEL_BASES, STYLE_ATTRIBUTES
from ormlint.index.vocabulary.sqlalchemy import BASE_ATTRIBUTES
from ormlint.text import Range


@dataclass(eq=False, slots=True)
class Relationship:
    """A relationship: its target (None when not resolved) and how it is reached."""

    target: ClassSymbol | None
    target_name: str
    uselist: bool | None  # None: by direction
    lazy: str = ""  # "dynamic", "write_only" …
    back_populates: str | None = None
    backref: str | None = None
    has_unknown_backref: bool = False
    call: e.Call | None = None
    backref_uselist: bool | None = None
    by_annotation: bool = False  # `uselist` was read from the annotation


@dataclass(eq=False, slots=True)
class ModelAttribute:
    """One attribute of a mapped class. `owner` is the class that declares it (None for a backref)."""

    name: str
    kind: str  # as listed in the design: column, relationship, … or "unknown"
    module: Module
    range: Range
    owner: ClassSymbol | None
    column: Column | None = None
    relationship: Relationship | None = None
    value: e.Expr | None = None
    annotation: e.Expr | None = None
    function: FunctionSymbol | None = None
    read_only: bool = False
    bare: bool = False  # an annotation without a value: not an attribute of the class
    is_field: bool = False  # a parameter of a dataclass `__init__`, or a field of a SQLModel class
    alias: str | None = None
    conditional: bool = False
    cascading: bool = False  # by `declared_attr.cascading`: made anew for each subclass


@dataclass(eq=False, slots=True)
class Constructor:
    """Which keywords a class accepts. `kind`: "default", "custom", "dataclass" or "sqlmodel".

    `accepted` is None where any attribute of the class is accepted (the default constructor); `extra`
    names are accepted besides.
    """

    kind: str
    accepted: frozenset[str] | None = None
    extra: frozenset[str] = frozenset()
    function: FunctionSymbol | None = None
    open_reason: str | None = None


@dataclass(eq=False, slots=True)
class MappedClass:
    """A mapped class as SQLAlchemy would see it, as far as the source says."""

    symbol: ClassSymbol
    style: str  # "declarative", "flask" or "sqlmodel"
    table: str | None
    mro: tuple[Base, ...]
    attributes: dict[str, ModelAttribute] = field(default_factory=dict)
    open_reason: str | None = None  # why it may have attributes that are not listed
    open_on_reads: bool = False  # the reason is about reading instances only: `__getattr__`
    constructor: Constructor = field(default_factory=lambda: Constructor("default"))
    is_dataclass: bool = False
    set_by_init: frozenset[str] = frozenset()
    left_out: list[ModelAttribute] = field(default_factory=list)  # columns that `__mapper_args__` do not map
    is_union: bool = False  # over `AbstractConcreteBase`: mapped to a union of its heirs' tables
    table_call: tuple[e.Call, Module] | None = None  # the `Table(...)` it is mapped to, and where that stands

    @property
    def name(self) -> str:
        """The class's name."""
        return self.symbol.name

    @property
    def raises_on_unknown(self) -> bool:
        """Whether assigning an unknown attribute raises (SQLModel)."""
        return self.style == "sqlmodel"

    @property
    def has_base(self) -> bool:
        """Whether the class derives from a declarative base, and so has its `metadata` and `registry`."""
        return any(
            isinstance(base, DynamicBase)
            or (isinstance(base, External) and base.name in MODEL_BASES)
            or (isinstance(base, ClassSymbol) and _is_decorated_base(base))
            for base in self.mro
        )

    def has(self, name: str) -> bool:
        """Tell whether an instance or the class may have an attribute; open classes may have any."""
        return self.open_reason is not None or self.declares(name)

    def declares(self, name: str) -> bool:
        """Tell whether the class has an attribute for all that is known of it."""
        return (
            name in self.attributes
            or (name in BASE_ATTRIBUTES and (name.startswith("__") or self.has_base))
            or name in STYLE_ATTRIBUTES[self.style]
            or (name.startswith("__") and name.endswith("__"))
            or any(name in EXTERNAL_MIXINS.get(base.name, ()) for base in self.mro if isinstance(base, External))
        )

    def open(self, reason: str | None) -> None:
        """Note why the class may have other names, unless a reason is known; None does nothing."""
        if reason is not None and (self.open_reason is None or self.open_on_reads):
            self.open_reason, self.open_on_reads = reason, False

    def columns(self) -> list[ModelAttribute]:
        """Return the attributes that are columns, in order of declaration."""
        return [attribute for attribute in self.attributes.values() if attribute.column is not None]

    def __repr__(self) -> str:
        return f"MappedClass({self.symbol.module.name}.{self.symbol.facts.qualname})"


def forget_annotated_types(mapped: MappedClass) -> None:
    """Forget the types that annotations gave columns: a listener of `resolve_type_annotation` may choose others."""
    for attribute in mapped.columns():
        column = attribute.column
        if column is not None and column.written is None and attribute.annotation is not None:
            column.type = column.enum = column.timezone = None


def _is_decorated_base(symbol: ClassSymbol) -> bool:
    """Tell whether `as_declarative` makes a class a declarative base."""
    funcs = (item.func if isinstance(item, e.Call) else item for item in symbol.facts.decorators)
    return any((e.dotted_name(func) or "").rpartition(".")[2].startswith("as_declarative") for func in funcs)
