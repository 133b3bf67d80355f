"""The values of the partial evaluator: what an expression of a migration is known to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module

PLAIN = (str, int, float, bool, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is not known, and why.

    `name` is set for an item of a list that is there or not, `text` for a string that is known but for the places of
    `?`, and `of_schema` for an answer about what the database already has.
    """

    reason: str
    name: str | None = None
    text: str | None = None
    of_schema: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """An object of a package, by its canonical name."""

    name: str

    @property
    def last(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


@dataclass(eq=False, slots=True)
class Built:
    """What calling something external gives: the function, the arguments, attributes set afterwards."""

    func: Any
    args: list[Any]
    keywords: dict[str, Any]
    node: e.Node | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The canonical name of what was called, or an empty string."""
        return self.func.name if isinstance(self.func, Ref) else ""

    @property
    def last(self) -> str:
        """The last part of that name."""
        return self.name.rpartition(".")[2]


@dataclass(eq=False, slots=True)
class Bound:
    """A method not yet called."""

    owner: Any
    name: str


@dataclass(eq=False, slots=True)
class Scope:
    """Names of a function, or of a module's top level."""

    parent: Scope | None
    module: Module
    names: dict[str, Any] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Function:
    """A function, method or lambda of the project with the scope it was made in."""

    params: tuple[e.Param, ...]
    body: tuple[s.Stmt, ...] | e.Expr
    scope: Scope
    name: str = "<lambda>"
    is_generator: bool = False
    kind: str = ""  # "property", "static" or "class"
    owner: Any = None  # what it is bound to
    symbol: FunctionSymbol | None = None


@dataclass(eq=False, slots=True)
class ClassValue:
    """A class of the project."""

    symbol: ClassSymbol
    scope: Scope
    bases: list[Any]
    attributes: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """The class's name."""
        return self.symbol.name


@dataclass(eq=False, slots=True)
class Instance:
    """An instance of a class of the project."""

    cls: ClassValue
    args: list[Any]
    keywords: dict[str, Any]
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum of the project."""

    owner: ClassValue
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Handle:
    """The connection, its dialect, the inspector, Alembic's context: `kind` says which."""

    kind: str


BIND = Handle("bind")
DIALECT = Handle("dialect")
INSPECTOR = Handle("inspector")
CONTEXT = Handle("context")
QUERY = Handle("query")


@dataclass(frozen=True, slots=True)
class Batch:
    """What `op.batch_alter_table` gives."""

    table: Any
    schema: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The result of a query: the database is taken to be empty."""

    sql: str = ""


@dataclass(frozen=True, slots=True)
class ReflectedType:
    """A column's type as the simulated inspector gives it."""

    type: Any
    enum: str | None


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module of the project."""

    module: Module


def doubt(reason: str, *causes: Any) -> Unknown:
    """Return what is not known because of other values: an answer about the schema stays one."""
    return next((cause for cause in causes if isinstance(cause, Unknown) and cause.of_schema), Unknown(reason))


def text_of(value: Any) -> str | None:
    """Return a known string: a plain one, an enum member's, or that of `quoted_name` and `op.f`."""
    if isinstance(value, Member):
        value = value.value
    if isinstance(value, Built) and value.last in ("quoted_name", "conv") and value.args:
        value = value.args[0]
    return value if isinstance(value, str) else None


def same_value(first: Any, second: Any, depth: int = 0) -> bool:
    """Tell whether two values are surely the same; what is nested deeply or not known to be so is not."""
    if first is second:
        return True
    if type(first) is not type(second) or depth > 8:
        return False
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(
            same_value(one, other, depth + 1) for one, other in zip(first, second, strict=True)
        )
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(
            same_value(value, second[key], depth + 1) for key, value in first.items()
        )
    if isinstance(first, Built):
        parts = ((first.func, second.func), (first.args, second.args), (first.keywords, second.keywords))
        return all(same_value(one, other, depth + 1) for one, other in parts) and same_value(
            first.extra, second.extra, depth + 1
        )
    if isinstance(first, Bound):
        return first.name == second.name and same_value(first.owner, second.owner, depth + 1)
    if isinstance(first, Instance):
        return first.cls is second.cls and same_value(first.attributes, second.attributes, depth + 1)
    if isinstance(first, Member):
        return first.owner is second.owner and first.name == second.name
    if isinstance(first, Function):
        return first.body is second.body and same_value(first.owner, second.owner, depth + 1)
    return isinstance(first, (*PLAIN, set, frozenset, Unknown, Ref, Handle, Rows)) and bool(first == second)
