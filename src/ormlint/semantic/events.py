"""What the interpreter saw: the subjects of rules about code, each with its place and its types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.enums import EnumColumn
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.semantic.types import Type

if TYPE_CHECKING:
    from ormlint.semantic.records import FunctionRecord


@dataclass(eq=False, slots=True)
class GivenKeyword:
    """One keyword of a constructor call, also of a `**` dict whose keys are known."""

    name: str
    node: e.Node  # the keyword, or the literal key of a dict
    value: e.Expr
    type: Type


@dataclass(eq=False, slots=True)
class ConstructorCall:
    """`Model(...)`. `is_complete` is false when a `**` hides further keywords."""

    mapped: MappedClass
    node: e.Call
    keywords: tuple[GivenKeyword, ...]
    is_complete: bool
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class AttributeStore:
    """`instance.name = value`, `instance.name += value`, `setattr(instance, "name", value)`."""

    models: tuple[MappedClass, ...]  # the classes the instance may be of
    name: str
    node: e.Node  # the whole target, or the `setattr` call
    place: e.Node  # the name alone where that has a place of its own
    value: e.Expr | None
    type: Type
    statement: int  # start of the statement, for questions about what follows
    record: FunctionRecord
    via_self: bool = False  # `self.name = …` in a method of the model
    receiver: str = ""  # the variable, where it is one


@dataclass(eq=False, slots=True)
class UnknownAttributeLoad:
    """A read of a name that the class does not have. `is_class`: read on the class itself."""

    models: tuple[MappedClass, ...]
    name: str
    node: e.Attribute
    is_class: bool
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class EnumOperand:
    """A value meeting an enum column.

    `context`: "constructor", "assignment", "comparison" (a SQL expression), "filter_by", "values",
    "instance" (Python compares a loaded value), "default" or "server_default".
    """

    mapped: MappedClass
    attribute: ModelAttribute
    enum: EnumColumn
    node: e.Expr
    type: Type
    context: str
    record: FunctionRecord | None
    operator: str = ""


@dataclass(eq=False, slots=True)
class ColumnWrite:
    """A value given to a column by hand: constructor, assignment, `values()`, parameter list."""

    mapped: MappedClass
    attribute: ModelAttribute
    node: e.Node
    value: e.Expr
    type: Type
    context: str
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class SqlText:
    """A literal text of SQL. `pieces` are its parts in order, each with the expression it comes from."""

    node: e.Call  # the call of `text()`, `op.execute()` …
    argument: e.Expr
    text: str
    pieces: tuple[tuple[str, e.Expr], ...]
    parameters: tuple[tuple[str, Type, e.Expr], ...]  # that it is executed with, where that is seen
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class Reveal:
    """`reveal_type(x)` or `reveal_mapping(X)` in a test document."""

    node: e.Call
    text: str
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class ProjectCall:
    """A call of a function of the project, for questions about callers."""

    callee: int  # id of the FunctionSymbol
    node: e.Call
    statement: int
    record: FunctionRecord
