"""What the interpreter saw: the subjects of rules about code, each with its place and its types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.enums import EnumColumn
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.semantic.types import Moment, Now, Type

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
    is_expected: bool = False  # where an exception is expected, as under `pytest.raises`


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
    is_expected: bool = False  # where an AttributeError is caught


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
class ComparedValue:
    """A string or an enum member compared with a column that is no enum. The rest is as in `EnumOperand`."""

    mapped: MappedClass
    attribute: ModelAttribute
    node: e.Expr
    type: Type
    context: str
    operator: str
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class TimeOperand:
    """A date and time that is surely naive or aware, meeting a column. `context` and `operator` as in `EnumOperand`."""

    mapped: MappedClass
    attribute: ModelAttribute
    node: e.Expr
    type: Now | Moment
    context: str
    record: FunctionRecord
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
    is_expected: bool = False  # where an exception is expected, as under `pytest.raises`


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
class PythonOperator:
    """Python's own operator on a SQL expression: it is settled before SQLAlchemy sees anything.

    `operator`: "is", "is not", "in", "not in", "not", "and", "or" or "chain". `outcome` is the operand that
    `and`, `or` and a chain leave over, and `truth` what the tested operand counts as: "true", "false",
    "raises", or empty where that is not known.
    """

    operator: str
    node: e.Expr
    operand: e.Expr  # the SQL expression that is tested
    type: Type
    other: e.Expr | None
    truth: str
    outcome: e.Expr | None
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class NullMembership:
    """`column.in_([…, None])` or `column.not_in([…, None])`."""

    node: e.Expr  # the None
    method: str
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class RelationshipOperand:
    """A relationship compared with what cannot be an instance, or a column with an instance.

    `form`: "scalar" (a many-to-one with a value), "collection" (a collection with anything), "column" (a
    column with an instance), "in_", "any" or "has" (the method that the relationship does not have).
    """

    mapped: MappedClass
    attribute: ModelAttribute
    node: e.Node
    form: str
    operator: str
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class GivenKey:
    """A name given for a column: `filter_by(name=…)`, `values(name=…)`, a key of a parameter list.

    `context`: "filter_by", "values" or "parameters". `models`: the classes the name may be of; `call` says
    which call takes it, as in `bulk_insert_mappings`; `kind` is "select", "query", "insert", "update" or "repository".
    `is_core`: it is given to a connection, which knows nothing of attributes.
    """

    models: tuple[MappedClass, ...]
    name: str
    node: e.Node
    context: str
    call: str
    kind: str
    record: FunctionRecord
    is_core: bool = False


@dataclass(eq=False, slots=True)
class Upsert:
    """`insert(Model).on_conflict_do_update(set_=…)` and MySQL's twin, where all names it sets are known.

    `targets` are the names of the conflict's target, as far as they are literals.
    """

    mapped: MappedClass
    node: e.Expr  # the dict, or the call
    method: str
    names: frozenset[str]
    targets: frozenset[str]
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class InPlaceChange:
    """A change inside the value of a column: `job.data["x"] = 1`, `job.tags.append("a")`, `del job.data["x"]`."""

    mapped: MappedClass
    attribute: ModelAttribute
    receiver: str  # the variable that holds the instance
    node: e.Node
    statement: int
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class LazyLoad:
    """A lazy relationship read, in a coroutine, on an object loaded there without loader options."""

    mapped: MappedClass
    attribute: ModelAttribute
    node: e.Attribute
    receiver: str
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class OrmCall:
    """A call of a method of a session, connection, query, statement or result."""

    receiver: Type
    name: str
    node: e.Call
    args: tuple[tuple[e.Expr, Type], ...]
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class DiscardedValue:
    """A call that is a statement of its own: its value is thrown away."""

    node: e.Call
    type: Type
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class CoroutineUse:
    """A coroutine of a session used as if it were its result. `use`: "attribute", "iteration" or "subscript"."""

    origin: str
    use: str
    name: str
    node: e.Expr
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class RowLoad:
    """A row asked for an attribute that it does not have and its entity has."""

    entities: tuple[Type, ...]
    mapped: MappedClass
    name: str
    node: e.Attribute
    record: FunctionRecord


@dataclass(eq=False, slots=True)
class Reveal:
    """`reveal_type(x)` or `reveal_mapping(X)` in a test document; `type` is that of `x`."""

    node: e.Call
    text: str
    record: FunctionRecord
    type: Type | None = None


@dataclass(eq=False, slots=True)
class ProjectCall:
    """A call of a function of the project, for questions about callers."""

    callee: int  # id of the FunctionSymbol
    node: e.Call
    statement: int
    record: FunctionRecord
