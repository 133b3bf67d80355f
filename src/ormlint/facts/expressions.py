"""The expression language of the facts. Ranges are bytes of the UTF-8 text."""

from __future__ import annotations

from typing import Union

import msgspec

from ormlint.text.ranges import Range


class Node(msgspec.Struct, array_like=True, frozen=True, gc=False, eq=False):
    """Anything with a place. Nodes compare by identity, so that they can be keys."""

    start: int
    end: int

    @property
    def range(self) -> Range:
        """The byte range of the node."""
        return Range(self.start, self.end)


class Name(Node, tag="N", frozen=True, gc=False, eq=False):
    """A bare name."""

    id: str


class Attribute(Node, tag="A", frozen=True, gc=False, eq=False):
    """`value.attr`."""

    value: Expr
    attr: str

    @property
    def attr_range(self) -> Range:
        """The range of the attribute's name alone."""
        return Range(self.end - len(self.attr.encode()), self.end)


class Keyword(Node, frozen=True, gc=False, eq=False):
    """`name=value` in a call or a class statement; the name is empty for `**value`."""

    name: str
    value: Expr

    @property
    def name_range(self) -> Range:
        """The range of the name alone."""
        return Range(self.start, self.start + len(self.name.encode()))


class Call(Node, tag="C", frozen=True, gc=False, eq=False):
    """`func(*args, **keywords)`; starred arguments are `Starred`."""

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]

    def keyword(self, name: str) -> Expr | None:
        """Return the value of a keyword, or None."""
        for keyword in self.keywords:
            if keyword.name == name:
                return keyword.value
        return None

    def argument(self, position: int, name: str) -> Expr | None:
        """Return an argument given by position or by name, or None."""
        if position < len(self.args):
            return self.args[position]
        return self.keyword(name)


class Str(Node, tag="S", frozen=True, gc=False, eq=False):
    """A string literal, adjacent literals joined."""

    value: str


class Bytes(Node, tag="b", frozen=True, gc=False, eq=False):
    """A bytes literal; its value is never asked for."""


class Constant(Node, tag="K", frozen=True, gc=False, eq=False):
    """None, True, False or a number."""

    value: int | float | bool | None


class EllipsisLiteral(Node, tag=".", frozen=True, gc=False, eq=False):
    """`...`."""


class FString(Node, tag="F", frozen=True, gc=False, eq=False):
    """A formatted string: literal parts are `Str`, the others the interpolated expressions."""

    parts: tuple[Expr, ...]


class Starred(Node, tag="*", frozen=True, gc=False, eq=False):
    """`*value`."""

    value: Expr


class Display(Node, tag="L", frozen=True, gc=False, eq=False):
    """A list, tuple or set display; `kind` is "list", "tuple" or "set"."""

    kind: str
    elements: tuple[Expr, ...]


class DictItem(Node, frozen=True, gc=False, eq=False):
    """`key: value`; the key is None for `**value`."""

    key: Expr | None
    value: Expr


class DictDisplay(Node, tag="D", frozen=True, gc=False, eq=False):
    """A dict display."""

    items: tuple[DictItem, ...]


class Subscript(Node, tag="I", frozen=True, gc=False, eq=False):
    """`value[index]`; several indices are a tuple display."""

    value: Expr
    index: Expr


class Slice(Node, tag=":", frozen=True, gc=False, eq=False):
    """`lower:upper:step`."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Comparison(Node, frozen=True, gc=False, eq=False):
    """One operator of a comparison with its right operand; `op` as written, single spaces."""

    op: str
    right: Expr


class Compare(Node, tag="=", frozen=True, gc=False, eq=False):
    """`left op right op right …`."""

    left: Expr
    rest: tuple[Comparison, ...]


class BoolOp(Node, tag="B", frozen=True, gc=False, eq=False):
    """`left and right` or `left or right`."""

    op: str
    left: Expr
    right: Expr


class Unary(Node, tag="U", frozen=True, gc=False, eq=False):
    """`not x`, `-x`, `+x`, `~x`."""

    op: str
    operand: Expr


class Binary(Node, tag="+", frozen=True, gc=False, eq=False):
    """An arithmetic or bitwise operation."""

    op: str
    left: Expr
    right: Expr


class Conditional(Node, tag="?", frozen=True, gc=False, eq=False):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Await(Node, tag="W", frozen=True, gc=False, eq=False):
    """`await value`."""

    value: Expr


class Clause(Node, frozen=True, gc=False, eq=False):
    """`for target in iter if condition …` of a comprehension."""

    target: Expr
    iter: Expr
    conditions: tuple[Expr, ...]
    is_async: bool


class Comprehension(Node, tag="c", frozen=True, gc=False, eq=False):
    """A comprehension; `kind` is "list", "set", "dict" or "generator"; `value` only for a dict."""

    kind: str
    element: Expr
    value: Expr | None
    clauses: tuple[Clause, ...]


class Param(Node, frozen=True, gc=False, eq=False):
    """A parameter. `kind`: "" ordinary, "/" positional only, "=" keyword only, "*" and "**" the rest."""

    name: str
    kind: str
    annotation: Expr | None
    default: Expr | None


class Lambda(Node, tag="l", frozen=True, gc=False, eq=False):
    """`lambda params: body`."""

    params: tuple[Param, ...]
    body: Expr


class Walrus(Node, tag="w", frozen=True, gc=False, eq=False):
    """`name := value`."""

    name: str
    value: Expr


class Yield(Node, tag="y", frozen=True, gc=False, eq=False):
    """`yield value` or `yield from value`."""

    value: Expr | None
    is_from: bool


class Opaque(Node, tag="o", frozen=True, gc=False, eq=False):
    """An expression that was not read, with the reason."""

    reason: str


Expr = Union[
    Name,
    Attribute,
    Call,
    Str,
    Bytes,
    Constant,
    EllipsisLiteral,
    FString,
    Starred,
    Display,
    DictDisplay,
    Subscript,
    Slice,
    Compare,
    BoolOp,
    Unary,
    Binary,
    Conditional,
    Await,
    Comprehension,
    Lambda,
    Walrus,
    Yield,
    Opaque,
]


def dotted_name(expr: Expr) -> str | None:
    """Return `a.b.c` for names and attributes of names, else None."""
    parts: list[str] = []
    while isinstance(expr, Attribute):
        parts.append(expr.attr)
        expr = expr.value
    if not isinstance(expr, Name):
        return None
    parts.append(expr.id)
    return ".".join(reversed(parts))
