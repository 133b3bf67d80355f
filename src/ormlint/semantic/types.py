"""The types of the abstract interpreter. `Unknown` says why; everything else is certain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from ormlint.facts import expressions as e
from ormlint.index.enums import EnumClass
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module

MAX_UNION = 8

if not TYPE_CHECKING:
    # Nobody changes a type, and a type checker sees to it. Frozen by Python as well, each takes three times as long to
    # make: 1.5 % of a run.
    _dataclass = dataclass
    dataclass = lambda *, frozen, slots: _dataclass(unsafe_hash=frozen, slots=slots)  # noqa: E731


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not known, with the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """What a call gives that does not come back, and what nothing is known of yet."""


@dataclass(frozen=True, slots=True)
class NoneType:
    """The type of None."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, number or flag known by its value."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Now:
    """The present time by the clock of the Python process. `aware` is None when that is not known."""

    aware: bool | None
    spelling: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time that is surely naive or aware, and not the present one."""

    aware: bool
    spelling: str


@dataclass(frozen=True, slots=True)
class Builtin:
    """An instance of a class outside the project, by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class of the project; `args` are its type arguments."""

    cls: ClassSymbol
    args: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassType:
    """A class of the project itself."""

    cls: ClassSymbol
    args: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Aliased:
    """`aliased(Model)` or `with_polymorphic(Model, ...)`: used like the class in queries.

    The latter has its subclasses as attributes, by their names.
    """

    cls: ClassSymbol
    polymorphic: bool = False


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A member of an enum of the project."""

    enum: EnumClass
    name: str


@dataclass(frozen=True, slots=True)
class ExternalObject:
    """A function, class or module outside the project, by its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class ModuleType:
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class Loaded:
    """The value of a mapped attribute on an instance, not a model itself."""

    mapped: MappedClass
    attribute: ModelAttribute


@dataclass(frozen=True, slots=True)
class Attr:
    """A mapped attribute on the class: a SQL expression."""

    mapped: MappedClass
    attribute: ModelAttribute


@dataclass(frozen=True, slots=True)
class SqlExpression:
    """Any other SQL expression."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session. `flavor`: "sqlalchemy", "sqlmodel"."""

    is_async: bool
    flavor: str = "sqlalchemy"


@dataclass(frozen=True, slots=True)
class Connection:
    """A Core connection: what it executes gives columns, never entities."""

    is_async: bool


@dataclass(frozen=True, slots=True)
class SessionFactory:
    """A callable that makes sessions."""

    is_async: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """`select(…)`, `insert(…)` … `entities` are the types of a row's elements; None when not known."""

    kind: str
    entities: tuple[Type, ...] | None
    model: MappedClass | None = None
    flavor: str = "sqlalchemy"
    joined: tuple[MappedClass | None, ...] = ()  # classes joined, None for what is not known
    has_options: bool = False  # loader options, which may load what is lazy by default
    is_plain: bool = True  # nothing that may hold bound parameters of its own was added


@dataclass(frozen=True, slots=True)
class Query:
    """A legacy `Query`; `entities` as in `Statement`. `single`: rows are the entity itself."""

    entities: tuple[Type, ...] | None
    single: bool = False
    flask: bool = False
    joined: tuple[MappedClass | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What `execute` returns. `mode`: "rows", "scalars" or "mappings"."""

    entities: tuple[Type, ...] | None
    mode: str = "rows"
    is_async: bool = False
    is_lazy: bool = False  # of an asynchronous session, and its statement had no loader options


@dataclass(frozen=True, slots=True)
class Row:
    """A row of several elements."""

    entities: tuple[Type, ...] | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """Any iterable of one element type. `kind`: "list", "set", "tuple", "iterator", "relationship"."""

    element: Type
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Pagination:
    """A page of Flask-SQLAlchemy's `paginate`."""

    element: Type


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A tuple of known length."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Dict:
    """A mapping; `items` are set when all keys are known strings: (key, value's type, value's expression)."""

    key: Type
    value: Type
    items: tuple[tuple[str, Type, e.Expr], ...] | None = None


@dataclass(frozen=True, slots=True)
class Coroutine:
    """What an `async def` returns before it is awaited. `origin`: the session's method that gave it."""

    result: Type
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """A context manager: `entered` is what `as` binds."""

    entered: Type
    is_transaction: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project; `bound` is the object or class a method was taken from."""

    symbol: FunctionSymbol
    bound: Type | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A method of one of the ORM's own objects, or of a model's relationship or column."""

    receiver: Type
    name: str


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of a class."""

    cls: ClassSymbol
    bound: Type


@dataclass(frozen=True, slots=True)
class Factory:
    """A class that makes instances of another, made by a call: `make_factory(Video, title="a")`."""

    model: ClassSymbol
    declared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository or a service of advanced-alchemy over one model."""

    element: Type
    is_async: bool
    is_service: bool


@dataclass(frozen=True, slots=True)
class TypeVar:
    """A type variable of a generic class or function."""

    name: str


@dataclass(frozen=True, slots=True)
class TypeVarClass:
    """`type[T]`: the class a type variable stands for."""

    name: str


@dataclass(frozen=True, slots=True)
class Partial:
    """`functools.partial(function, …)`, and a lambda: `result` is what calling it gives."""

    result: Type


@dataclass(frozen=True, slots=True)
class Union_:
    """One of several types."""

    members: tuple[Type, ...]


Type: TypeAlias = (
    Unknown
    | Never
    | NoneType
    | Literal
    | Now
    | Moment
    | Builtin
    | Instance
    | ClassType
    | Aliased
    | EnumMember
    | ExternalObject
    | ModuleType
    | Loaded
    | Attr
    | SqlExpression
    | Session
    | Connection
    | SessionFactory
    | Statement
    | Query
    | Result
    | Row
    | Sequence
    | Pagination
    | TupleOf
    | Dict
    | Coroutine
    | Context
    | Function
    | Method
    | Super
    | Factory
    | Repository
    | TypeVar
    | TypeVarClass
    | Partial
    | Union_
)

NEVER = Never()
NONE = NoneType()
SQL = SqlExpression()


_MERGED = (Sequence, Coroutine, Dict, Query, Statement)
TOO_MANY = Unknown("too many possible types")
EMPTY = Unknown("elements of an empty list")
EMPTY_VALUES = Unknown("values of an empty dict")


@lru_cache(maxsize=1024)
def unknown(reason: str) -> Unknown:
    """Return the one `Unknown` of a reason."""
    return Unknown(reason)


def members(kind: Type) -> tuple[Type, ...]:
    """Return the members of a union, or the type alone."""
    return kind.members if isinstance(kind, Union_) else (kind,)


def join(kinds: Iterable[Type]) -> Type:
    """Return the type of a value that has one of these types."""
    seen: dict[Type, None] = {}
    last: Type | None = None
    is_merging = False
    for kind in kinds:
        if kind is last:
            continue
        last = kind
        if type(kind) is Union_:
            seen.update(dict.fromkeys(kind.members))
            is_merging = True
        else:
            seen[kind] = None
            is_merging = is_merging or type(kind) in _MERGED
    if len(seen) == 1:
        return next(iter(seen))
    if not seen:
        return unknown("nothing is known")
    seen.pop(NEVER, None)
    if is_merging and len(seen) > 1:
        seen = _merge(seen)
    if len(seen) == 1:
        return next(iter(seen))
    if len(seen) > MAX_UNION or TOO_MANY in seen:
        return TOO_MANY
    return Union_(tuple(seen))


def _merge(seen: dict[Type, None]) -> dict[Type, None]:
    """Make one list of several, one coroutine of several, and leave out an empty dict beside others.

    `list[A] | list[B]` gives what `list[A | B]` gives; and a type that grows in a loop or a circle of calls
    keeps no traces of its smaller beginnings.
    """
    if not any(type(kind) in _MERGED for kind in seen):
        return seen
    lists: dict[str, list[Type]] = {}
    coroutines: list[Coroutine] = []
    dicts = [kind for kind in seen if isinstance(kind, Dict)]
    has_empty = any(_is_empty(kind) for kind in dicts)
    full = [kind for kind in dicts if not _is_empty(kind)]
    merged: dict[Type, None] = {}
    queries: dict[Type, Type] = {}
    for kind in seen:
        if isinstance(kind, Sequence):
            lists.setdefault(kind.kind, []).append(kind.element)
        elif isinstance(kind, Coroutine):
            coroutines.append(kind)
        elif isinstance(kind, (Query, Statement)):
            # The same query, joined with more in one branch than in another: with what is no longer known.
            bare = (
                replace(kind, joined=())
                if isinstance(kind, Query)
                else replace(kind, joined=(), is_plain=True, has_options=False)
            )
            before = queries.get(bare)
            if before is not None and before != kind:
                kind = replace(kind, joined=(None,))
                if isinstance(kind, Statement):
                    kind = replace(kind, is_plain=False, has_options=True)
            queries[bare] = kind
        elif isinstance(kind, Dict) and has_empty and full:
            if kind in full:  # which keys there are is no longer known
                merged[Dict(kind.key, kind.value)] = None
        else:
            merged[kind] = None
    for shape, elements in lists.items():
        known = [element for element in elements if element != EMPTY]
        merged[Sequence(join(known) if known else EMPTY, shape)] = None
    if coroutines:
        origins = {kind.origin for kind in coroutines}
        origin = origins.pop() if len(origins) == 1 else ""
        merged[Coroutine(join(kind.result for kind in coroutines), origin)] = None
    merged.update(dict.fromkeys(queries.values()))
    return merged


def _is_empty(kind: Dict) -> bool:
    return kind.items == () and kind.value == EMPTY_VALUES


def optional(kind: Type) -> Type:
    """Return `kind | None`."""
    return join((kind, NONE))


def without_none(kind: Type) -> Type:
    """Return a type without None."""
    if not isinstance(kind, Union_):
        return kind
    rest = [member for member in kind.members if not isinstance(member, NoneType)]
    return join(rest) if rest else kind


def instances(kind: Type) -> tuple[Instance, ...]:
    """Return the possible instances, None left out; empty when it may be anything else."""
    found: list[Instance] = []
    for member in members(kind):
        if isinstance(member, Instance):
            found.append(member)
        elif not isinstance(member, NoneType):
            return ()
    return tuple(found)
