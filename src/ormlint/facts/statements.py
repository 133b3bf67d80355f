"""The statement language of the facts. Ranges are bytes of the UTF-8 text."""

from __future__ import annotations

from typing import Union

from ormlint.facts.expressions import Expr, Node


class ExprStmt(Node, tag="e", frozen=True, gc=False, eq=False):
    """An expression whose value is thrown away."""

    value: Expr


class Assign(Node, tag="a", frozen=True, gc=False, eq=False):
    """`a = b = value`, `a: annotation = value` or `a: annotation`."""

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None


class AugAssign(Node, tag="+", frozen=True, gc=False, eq=False):
    """`target op= value`; `op` without the `=`."""

    target: Expr
    op: str
    value: Expr


class Delete(Node, tag="d", frozen=True, gc=False, eq=False):
    """`del targets`."""

    targets: tuple[Expr, ...]


class Return(Node, tag="r", frozen=True, gc=False, eq=False):
    """`return value`."""

    value: Expr | None


class Raise(Node, tag="x", frozen=True, gc=False, eq=False):
    """`raise value`."""

    value: Expr | None


class Assert(Node, tag="A", frozen=True, gc=False, eq=False):
    """`assert test`."""

    test: Expr


class If(Node, tag="i", frozen=True, gc=False, eq=False):
    """`if test: body else: orelse`; `elif` is an `If` alone in `orelse`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class For(Node, tag="f", frozen=True, gc=False, eq=False):
    """`for target in iter: body else: orelse`."""

    target: Expr
    iter: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool


class While(Node, tag="w", frozen=True, gc=False, eq=False):
    """`while test: body else: orelse`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class WithItem(Node, frozen=True, gc=False, eq=False):
    """`context as target`."""

    context: Expr
    target: Expr | None


class With(Node, tag="W", frozen=True, gc=False, eq=False):
    """`with items: body`."""

    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool


class Handler(Node, frozen=True, gc=False, eq=False):
    """`except type as name: body`."""

    type: Expr | None
    name: str
    body: tuple[Stmt, ...]


class Try(Node, tag="t", frozen=True, gc=False, eq=False):
    """`try: body except …: handlers else: orelse finally: final`."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]


class Pattern(Node, frozen=True, gc=False, eq=False):
    """A pattern of a `case`.

    `kind`: "value" (equal to `value`), "class" (instance of `value`), "capture" (binds `name`; empty for
    `_`), "or" (any of `parts`), "opaque" (not read; binds the names of `parts`).
    """

    kind: str
    value: Expr | None
    name: str
    parts: tuple[Pattern, ...]


class Case(Node, frozen=True, gc=False, eq=False):
    """`case pattern if guard: body`."""

    pattern: Pattern
    guard: Expr | None
    body: tuple[Stmt, ...]


class Match(Node, tag="m", frozen=True, gc=False, eq=False):
    """`match subject: cases`."""

    subject: Expr
    cases: tuple[Case, ...]


class FunctionStmt(Node, tag="F", frozen=True, gc=False, eq=False):
    """`def name`: `index` counts in the functions of the module's interface."""

    name: str
    index: int


class ClassStmt(Node, tag="C", frozen=True, gc=False, eq=False):
    """`class name`: `index` counts in the classes of the module's interface."""

    name: str
    index: int


class ImportBinding(Node, frozen=True, gc=False, eq=False):
    """One name bound by an import.

    `import a.b` binds `a` to module `a` (`member` empty); `import a.b as c` binds `c` to module `a.b`;
    `from .m import x as y` binds `y` to member `x` of module `m` at `level` 1. The star import has the
    name and the member `*`.
    """

    name: str
    module: str
    member: str
    level: int


class Import(Node, tag="I", frozen=True, gc=False, eq=False):
    """An import statement."""

    bindings: tuple[ImportBinding, ...]


class Jump(Node, tag="j", frozen=True, gc=False, eq=False):
    """`break`, `continue` or `pass`, as `kind` says."""

    kind: str


class ScopeNames(Node, tag="g", frozen=True, gc=False, eq=False):
    """`global` or `nonlocal` names."""

    names: tuple[str, ...]


class TypeAlias(Node, tag="T", frozen=True, gc=False, eq=False):
    """`type name = value` (PEP 695)."""

    name: str
    value: Expr


class OpaqueStmt(Node, tag="o", frozen=True, gc=False, eq=False):
    """A statement that was not read, with the reason."""

    reason: str


Stmt = Union[
    ExprStmt,
    Assign,
    AugAssign,
    Delete,
    Return,
    Raise,
    Assert,
    If,
    For,
    While,
    With,
    Try,
    Match,
    FunctionStmt,
    ClassStmt,
    Import,
    Jump,
    ScopeNames,
    TypeAlias,
    OpaqueStmt,
]
