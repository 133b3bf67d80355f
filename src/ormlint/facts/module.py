"""ModuleFacts: the interface of a file, what others may ask of it, and its function bodies, apart."""

from __future__ import annotations

import msgspec

from ormlint.facts.expressions import Call, Expr, Keyword, Node, Param
from ormlint.facts.statements import Assign, Stmt
from ormlint.text.ranges import Range

# Raise it whenever a file would yield other facts than before: cached facts of older versions are misses.
FACTS_VERSION = 3


# Functions and methods that change a class from outside, by the last part of their name.
MARKED_CALLS = frozenset(
    ["setattr", "map_imperatively", "mapper", "add_property", "listen", "listens_for", "map_declaratively", "type"]
)


class FunctionFacts(Node, frozen=True, gc=False, eq=False):
    """The signature of a function or method. The range covers the whole definition, decorators excluded."""

    name: str
    name_start: int
    qualname: str  # as Python's __qualname__, without "<locals>"
    params: tuple[Param, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    type_params: tuple[str, ...]
    is_async: bool
    is_generator: bool
    owner: int  # index of the class whose body holds it, or -1
    self_stores: tuple[str, ...]  # attributes it sets on its first parameter
    forwarded: tuple[str, ...] | None  # of an `__init__(**kw)` that hands `kw` to super(): names popped from it

    @property
    def name_range(self) -> Range:
        """The range of the function's name."""
        return Range(self.name_start, self.name_start + len(self.name.encode()))


class ClassFacts(Node, frozen=True, gc=False, eq=False):
    """A class statement. Its body is kept as statements, methods as `FunctionStmt`."""

    name: str
    name_start: int
    qualname: str
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    type_params: tuple[str, ...]
    body: tuple[Stmt, ...]
    is_conditional: bool  # under an `if` or `try` of its scope: there may be another of its name
    function: int  # index of the function whose body holds it, or -1

    @property
    def name_range(self) -> Range:
        """The range of the class's name."""
        return Range(self.name_start, self.name_start + len(self.name.encode()))


class SyntaxProblem(Node, frozen=True, gc=False, eq=False):
    """A region that is not Python."""

    message: str


class Comment(Node, frozen=True, gc=False, eq=False):
    """A comment that may speak to a tool (`noqa`, `ormlint:`, `type: ignore`)."""

    text: str
    standalone: bool  # nothing but blanks before it on its line


class ModuleInterface(msgspec.Struct, array_like=True, frozen=True, gc=False, eq=False):
    """What a file says to others: its top-level statements, classes and signatures."""

    body: tuple[Stmt, ...]
    classes: tuple[ClassFacts, ...]
    functions: tuple[FunctionFacts, ...]
    problems: tuple[SyntaxProblem, ...]
    comments: tuple[Comment, ...]
    attached: tuple[Assign, ...]  # `Class.name = value`, in whatever scope
    marked_calls: tuple[Call, ...]  # calls in whatever scope that may change a class: see `MARKED_CALLS`


class ModuleBodies(msgspec.Struct, array_like=True, frozen=True, gc=False, eq=False):
    """The bodies of a file's functions, in the order of `ModuleInterface.functions`."""

    functions: tuple[tuple[Stmt, ...], ...]


class ModuleFacts(msgspec.Struct, frozen=True, gc=False, eq=False):
    """All that one file says by itself. Nothing in it is resolved."""

    interface: ModuleInterface
    bodies: ModuleBodies
