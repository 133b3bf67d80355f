"""Expression nodes to the facts' expression language."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from ormlint.facts import expressions as f
from ormlint.facts.module import MARKED_CALLS
from ormlint.syntax.strings import string_prefix, string_value

if TYPE_CHECKING:
    from tree_sitter import Node

    from ormlint.facts.expressions import Expr

# Python's own parser stops near 200 nested parentheses; expressions of generated code that go deeper
# are chains of `+`, whose operands no rule asks for.
MAX_DEPTH = 200

# Nodes that may stand between any two others and mean nothing.
EXTRAS = frozenset({"comment", "line_continuation"})

_QUOTES = (b"'", b'"')
_TRIPLE_QUOTES = (b"'''", b'"""')
_SHORT = 40  # longer texts are seldom the same as another
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "none": None}
_MAX_INT = 2**63  # larger integers do not fit the cache's encoding, and no rule needs them


# The escapes of formatted strings; rarer ones stay as they are written.
_ESCAPE = re.compile(r"\\([\\\n'\"nrtabfv])")
_ESCAPES = {
    "\\": "\\",
    "\n": "",
    "'": "'",
    '"': '"',
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
}


_MAX_PLACES = 1 << 17
_places: list[int] = []


def places(size: int) -> Sequence[int]:
    """Return the numbers up to a size, each an object that all files share.

    Facts are two places to each node: with numbers of their own they took 60 of 146 MB for 2,160 files.
    """
    global _places
    if size >= _MAX_PLACES:
        return range(size + 1)
    if size >= len(_places):  # a new list, never a longer one: another thread may be doing the same
        _places = [*_places, *range(len(_places), max(1 << 15, 1 << size.bit_length()))]
    return _places


class ExpressionLowering:
    """Lowers the expressions of one file.

    `data` is the file's UTF-8 text; `shift` and `fixed` serve annotations given as strings: with `fixed`
    set, every node gets that range, because offsets inside a literal are not offsets of the file.
    """

    def __init__(self, data: bytes, parse: Callable[[bytes], Node], fixed: tuple[int, int] | None = None) -> None:
        self.data = data
        self.places = places(len(data))
        self.parse = parse
        self.fixed = fixed
        self.depth = 0
        self.saw_yield = False
        self.marked_calls: list[f.Call] = []
        self.names: dict[bytes, str] = {}

    def expr(self, node: Node | None) -> Expr:
        """Lower one expression; what is missing or unknown becomes `Opaque`."""
        if node is None:
            return f.Opaque(0, 0, "missing")
        kind = node.type
        if self.fixed is None:
            start, end = self.places[node.start_byte], self.places[node.end_byte]
        else:
            start, end = self.fixed
        handler = _HANDLERS.get(kind)
        if handler is None:
            return f.Opaque(start, end, kind)
        if self.depth >= MAX_DEPTH:
            return f.Opaque(start, end, "nested too deeply")
        self.depth += 1
        try:
            return handler(self, node, start, end)
        finally:
            self.depth -= 1

    def place(self, node: Node) -> tuple[int, int]:
        """Return where a node starts and ends."""
        return self.places[node.start_byte], self.places[node.end_byte]

    def text(self, node: Node) -> str:
        """Return a node's text; equal texts are one object."""
        raw = self.data[node.start_byte : node.end_byte]
        text = self.names.get(raw)
        if text is None:
            text = self.names[raw] = sys.intern(raw.decode("utf-8", "replace"))
        return text

    def annotation(self, node: Node | None) -> Expr | None:
        """Lower an annotation; string literals in it are read as the expressions they hold."""
        if node is None:
            return None
        return self.unquote(self.expr(node))

    def unquote(self, expr: Expr) -> Expr:
        """Replace the string literals of an annotation by the expressions they hold."""
        if isinstance(expr, f.Str):
            return self._parse_string(expr)
        if isinstance(expr, f.Subscript):
            name = f.dotted_name(expr.value) or ""
            if name.endswith("Literal"):
                return expr
            if name.endswith("Annotated"):
                index = expr.index
                if isinstance(index, f.Display) and index.elements:
                    first = self.unquote(index.elements[0])
                    index = f.Display(index.start, index.end, index.kind, (first, *index.elements[1:]))
                return f.Subscript(expr.start, expr.end, expr.value, index)
            return f.Subscript(expr.start, expr.end, self.unquote(expr.value), self.unquote(expr.index))
        if isinstance(expr, f.Display):
            elements = tuple(self.unquote(element) for element in expr.elements)
            return f.Display(expr.start, expr.end, expr.kind, elements)
        if isinstance(expr, f.Binary):
            return f.Binary(expr.start, expr.end, expr.op, self.unquote(expr.left), self.unquote(expr.right))
        return expr

    def _parse_string(self, literal: f.Str) -> Expr:
        text = literal.value.strip()
        if text.isidentifier():
            return f.Name(literal.start, literal.end, text)
        if not text or len(text) > 2000 or "\n" in text:
            return literal
        data = text.encode()
        root = self.parse(data)
        statement = root.named_children[0] if root.named_child_count == 1 else None
        if root.has_error or statement is None or statement.type != "expression_statement":
            return literal
        inner = ExpressionLowering(data, self.parse, (literal.start, literal.end))
        return inner.unquote(inner.expr(statement.named_children[0]))

    # -- names and calls

    def _name(self, node: Node, start: int, end: int) -> Expr:
        if self.fixed is not None:
            return f.Name(start, end, self.text(node))
        raw = self.data[start:end]
        text = self.names.get(raw)
        if text is None:
            text = self.names[raw] = sys.intern(raw.decode("utf-8", "replace"))
        return f.Name(start, end, text)

    def _attribute(self, node: Node, start: int, end: int) -> Expr:
        children = node.children
        if len(children) == 3:
            return f.Attribute(start, end, self.expr(children[0]), self.text(children[2]))
        attr = node.child_by_field_name("attribute")
        value = self.expr(node.child_by_field_name("object"))
        return f.Attribute(start, end, value, self.text(attr) if attr is not None else "")

    def _call(self, node: Node, start: int, end: int) -> Expr:
        func = self.expr(node.child_by_field_name("function"))
        arguments = node.child_by_field_name("arguments")
        if arguments is None:
            return f.Call(start, end, func, (), ())
        if arguments.type == "generator_expression":
            return f.Call(start, end, func, (self.expr(arguments),), ())
        args, keywords = self.arguments(arguments)
        name = func.id if isinstance(func, f.Name) else func.attr if isinstance(func, f.Attribute) else ""
        if name == "cast" and args and isinstance(args[0], f.Str):
            args = (self.unquote(args[0]), *args[1:])
        call = f.Call(start, end, func, args, keywords)
        if name in MARKED_CALLS and (name != "type" or len(args) == 3):
            self.marked_calls.append(call)
        return call

    def arguments(self, node: Node) -> tuple[tuple[Expr, ...], tuple[f.Keyword, ...]]:
        """Lower an argument list to positional arguments and keywords."""
        args: list[Expr] = []
        keywords: list[f.Keyword] = []
        for child in node.named_children:
            kind = child.type
            if kind == "keyword_argument":
                name = child.child_by_field_name("name")
                value = self.expr(child.child_by_field_name("value"))
                start, end = self.fixed or self.place(child)
                keywords.append(f.Keyword(start, end, self.text(name) if name is not None else "", value))
            elif kind == "dictionary_splat":
                start, end = self.fixed or self.place(child)
                keywords.append(f.Keyword(start, end, "", self.expr(first_named(child))))
            elif kind not in EXTRAS:
                args.append(self.expr(child))
        return tuple(args), tuple(keywords)

    # -- literals

    def _string(self, node: Node, start: int, end: int) -> Expr:
        first, last = node.start_byte, node.end_byte
        raw = self.data[first:last]
        if raw[:1] in _QUOTES:  # most literals: no prefix, no escape
            quote = raw[:3] if raw[:3] in _TRIPLE_QUOTES else raw[:1]
            if len(raw) >= 2 * len(quote) and raw.endswith(quote) and b"\\" not in raw and b"\r" not in raw:
                body = raw[len(quote) : -len(quote)]
                known = self.names.get(body)
                if known is None:
                    known = body.decode("utf-8", "replace")
                    if len(body) <= _SHORT:
                        known = self.names[body] = sys.intern(known)
                return f.Str(start, end, known)
        text = self.text(node)
        prefix = string_prefix(text)
        if "b" in prefix:
            return f.Bytes(start, end)
        if "f" in prefix or "t" in prefix:
            return self._formatted(node, start, end)
        value = string_value(text)
        return f.Opaque(start, end, "string") if value is None else f.Str(start, end, value)

    def _formatted(self, node: Node, start: int, end: int) -> Expr:
        parts: list[Expr] = []
        is_raw = "r" in string_prefix(self.text(node))
        for child in node.named_children:
            place = self.fixed or self.place(child)
            if child.type == "string_content":
                raw = self.text(child).replace("{{", "{").replace("}}", "}")
                if not is_raw:
                    raw = _ESCAPE.sub(lambda match: _ESCAPES[match.group(1)], raw)
                parts.append(f.Str(*place, raw))
            elif child.type == "interpolation":
                parts.append(self.expr(child.child_by_field_name("expression")))
        return f.FString(start, end, tuple(parts))

    def _concatenated(self, node: Node, start: int, end: int) -> Expr:
        parts = [self.expr(child) for child in node.named_children if child.type == "string"]
        if all(isinstance(part, f.Str) for part in parts):
            return f.Str(start, end, "".join(part.value for part in parts if isinstance(part, f.Str)))
        if any(isinstance(part, f.Bytes) for part in parts):
            return f.Bytes(start, end)
        flat: list[Expr] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, f.FString) else (part,))
        return f.FString(start, end, tuple(flat))

    def _integer(self, node: Node, start: int, end: int) -> Expr:
        text = self.text(node).replace("_", "").rstrip("lL")
        try:
            value = int(text, 0) if len(text) < 100 else _MAX_INT
        except ValueError:
            return f.Opaque(start, end, "number")
        return f.Constant(start, end, value) if value < _MAX_INT else f.Opaque(start, end, "number")

    def _float(self, node: Node, start: int, end: int) -> Expr:
        try:
            return f.Constant(start, end, float(self.text(node).replace("_", "")))
        except ValueError:
            return f.Opaque(start, end, "number")

    def _constant(self, node: Node, start: int, end: int) -> Expr:
        return f.Constant(start, end, _CONSTANTS[node.type])

    def _ellipsis(self, node: Node, start: int, end: int) -> Expr:
        return f.EllipsisLiteral(start, end)

    def _display(self, node: Node, start: int, end: int) -> Expr:
        kind = node.type
        kind = "list" if kind.startswith("list") else "set" if kind == "set" else "tuple"
        children = [child for child in node.named_children if child.type not in EXTRAS]
        return f.Display(start, end, kind, tuple([_star_outside(self.expr(child)) for child in children]))

    def _dictionary(self, node: Node, start: int, end: int) -> Expr:
        items: list[f.DictItem] = []
        for child in node.named_children:
            place = self.fixed or self.place(child)
            if child.type == "pair":
                key = self.expr(child.child_by_field_name("key"))
                items.append(f.DictItem(*place, key, self.expr(child.child_by_field_name("value"))))
            elif child.type == "dictionary_splat":
                items.append(f.DictItem(*place, None, self.expr(first_named(child))))
        return f.DictDisplay(start, end, tuple(items))

    # -- subscripts

    def _subscript(self, node: Node, start: int, end: int) -> Expr:
        value = self.expr(node.child_by_field_name("value"))
        indices = node.children_by_field_name("subscript")
        if len(indices) == 1:
            return f.Subscript(start, end, value, self.expr(indices[0]))
        elements = tuple(self.expr(index) for index in indices)
        inner = self.fixed or ((indices[0].start_byte, indices[-1].end_byte) if indices else (start, end))
        return f.Subscript(start, end, value, f.Display(*inner, "tuple", elements))

    def _generic_type(self, node: Node, start: int, end: int) -> Expr:
        children = node.named_children
        value = self.expr(children[0]) if children else f.Opaque(start, end, "generic")
        parameters = children[1] if len(children) > 1 else None
        elements = tuple(self.expr(child) for child in parameters.named_children) if parameters else ()
        if len(elements) == 1:
            return f.Subscript(start, end, value, elements[0])
        return f.Subscript(start, end, value, f.Display(start, end, "tuple", elements))

    def _slice(self, node: Node, start: int, end: int) -> Expr:
        parts: list[Expr | None] = [None, None, None]
        position = 0
        for child in node.children:
            if child.type == ":":
                position += 1
            elif child.is_named and position < 3:
                parts[position] = self.expr(child)
        return f.Slice(start, end, parts[0], parts[1], parts[2])

    # -- operators

    def _comparison(self, node: Node, start: int, end: int) -> Expr:
        left: Expr | None = None
        rest: list[f.Comparison] = []
        op = ""
        for child in node.children:
            if not child.is_named:
                op = f"{op} {child.type}" if op else child.type
            elif child.type in EXTRAS:
                continue
            elif left is None:
                left = self.expr(child)
            else:
                place = self.fixed or self.place(child)
                rest.append(f.Comparison(*place, op, self.expr(child)))
                op = ""
        return f.Compare(start, end, left or f.Opaque(start, end, "missing"), tuple(rest))

    def _boolean(self, node: Node, start: int, end: int) -> Expr:
        op = node.child_by_field_name("operator")
        left = self.expr(node.child_by_field_name("left"))
        right = self.expr(node.child_by_field_name("right"))
        return f.BoolOp(start, end, op.type if op is not None else "and", left, right)

    def _not(self, node: Node, start: int, end: int) -> Expr:
        return f.Unary(start, end, "not", self.expr(node.child_by_field_name("argument")))

    def _unary(self, node: Node, start: int, end: int) -> Expr:
        op = node.child_by_field_name("operator")
        operand = self.expr(node.child_by_field_name("argument"))
        return f.Unary(start, end, op.type if op is not None else "-", operand)

    def _binary(self, node: Node, start: int, end: int) -> Expr:
        op = node.child_by_field_name("operator")
        left = self.expr(node.child_by_field_name("left"))
        right = self.expr(node.child_by_field_name("right"))
        return f.Binary(start, end, op.type if op is not None else "+", left, right)

    def _union_type(self, node: Node, start: int, end: int) -> Expr:
        children = node.named_children
        result = self.expr(children[0]) if children else f.Opaque(start, end, "union")
        for child in children[1:]:
            result = f.Binary(start, end, "|", result, self.expr(child))
        return result

    def _member_type(self, node: Node, start: int, end: int) -> Expr:
        children = node.named_children
        if len(children) != 2:
            return f.Opaque(start, end, "member type")
        return f.Attribute(start, end, self.expr(children[0]), self.text(children[1]))

    def _conditional(self, node: Node, start: int, end: int) -> Expr:
        parts = [self.expr(child) for child in node.named_children if child.type not in EXTRAS]
        if len(parts) != 3:
            return f.Opaque(start, end, "conditional")
        return f.Conditional(start, end, parts[1], parts[0], parts[2])

    # -- the rest

    def _await(self, node: Node, start: int, end: int) -> Expr:
        return f.Await(start, end, self.expr(first_named(node)))

    def _starred(self, node: Node, start: int, end: int) -> Expr:
        return f.Starred(start, end, self.expr(first_named(node)))

    def _inner(self, node: Node, start: int, end: int) -> Expr:
        inner = first_named(node)
        return self.expr(inner) if inner is not None else f.Opaque(start, end, node.type)

    def _walrus(self, node: Node, start: int, end: int) -> Expr:
        name = node.child_by_field_name("name")
        value = self.expr(node.child_by_field_name("value"))
        return f.Walrus(start, end, self.text(name) if name is not None else "", value)

    def _yield(self, node: Node, start: int, end: int) -> Expr:
        self.saw_yield = True
        inner = first_named(node)
        is_from = any(child.type == "from" for child in node.children)
        return f.Yield(start, end, self.expr(inner) if inner is not None else None, is_from)

    def _comprehension(self, node: Node, start: int, end: int) -> Expr:
        kind = node.type.partition("_")[0].replace("dictionary", "dict")
        body = node.child_by_field_name("body")
        value: Expr | None = None
        if body is not None and body.type == "pair":
            element = self.expr(body.child_by_field_name("key"))
            value = self.expr(body.child_by_field_name("value"))
        else:
            element = self.expr(body)
        clauses: list[f.Clause] = []
        for child in node.named_children:
            if child.type == "for_in_clause":
                place = self.fixed or self.place(child)
                target = self.expr(child.child_by_field_name("left"))
                rights = child.children_by_field_name("right")
                iterable = self.expr(rights[0]) if rights else f.Opaque(*place, "missing")
                is_async = child.children[0].type == "async"
                clauses.append(f.Clause(*place, target, iterable, (), is_async))
            elif child.type == "if_clause" and clauses:
                last = clauses[-1]
                conditions = (*last.conditions, self.expr(first_named(child)))
                clauses[-1] = f.Clause(last.start, last.end, last.target, last.iter, conditions, last.is_async)
        return f.Comprehension(start, end, kind, element, value, tuple(clauses))

    def _lambda(self, node: Node, start: int, end: int) -> Expr:
        saw_yield = self.saw_yield
        parameters = node.child_by_field_name("parameters")
        params = self.parameters(parameters) if parameters is not None else ()
        body = self.expr(node.child_by_field_name("body"))
        self.saw_yield = saw_yield
        return f.Lambda(start, end, params, body)

    def parameters(self, node: Node) -> tuple[f.Param, ...]:
        """Lower the parameters of a function or lambda."""
        params: list[f.Param] = []
        keyword_only = False
        for child in node.named_children:
            kind = child.type
            place = self.fixed or self.place(child)
            rest = "=" if keyword_only else ""
            if kind == "identifier":
                params.append(f.Param(*place, self.text(child), rest, None, None))
            elif kind in ("typed_parameter", "default_parameter", "typed_default_parameter"):
                name = child.child_by_field_name("name") or first_named(child)
                annotation = self.annotation(child.child_by_field_name("type"))
                value = child.child_by_field_name("value")
                default = self.expr(value) if value is not None else None
                if name is not None and name.type in ("list_splat_pattern", "dictionary_splat_pattern"):
                    rest = "*" if name.type == "list_splat_pattern" else "**"
                    keyword_only = True
                    name = first_named(name)
                text = self.text(name) if name is not None else ""
                params.append(f.Param(*place, text, rest, annotation, default))
            elif kind in ("list_splat_pattern", "dictionary_splat_pattern"):
                name = first_named(child)
                text = self.text(name) if name is not None else ""
                star = "*" if kind == "list_splat_pattern" else "**"
                params.append(f.Param(*place, text, star, None, None))
                keyword_only = True
            elif kind == "keyword_separator":
                keyword_only = True
            elif kind == "positional_separator":
                params = [f.Param(p.start, p.end, p.name, "/", p.annotation, p.default) for p in params]
            elif kind == "tuple_pattern":
                params.append(f.Param(*place, "", rest, None, None))
        return tuple(params)


def first_named(node: Node) -> Node | None:
    """Return the first named child that is no comment."""
    for child in node.named_children:
        if child.type not in EXTRAS:
            return child
    return None


def _star_outside(expr: Expr) -> Expr:
    """Return `*(a.b())` for what the grammar reads as `(*a).b()`: the only element of a display."""
    bare = _without_star(expr)
    return expr if bare is None or isinstance(expr, f.Starred) else f.Starred(expr.start, expr.end, bare)


def _without_star(expr: Expr) -> Expr | None:
    """Return an expression without the star at its very left, or None where there is none."""
    if isinstance(expr, f.Starred):
        return expr.value
    name = _LEFTMOST.get(type(expr))
    if name is None:
        return None
    inner = _without_star(getattr(expr, name))
    return None if inner is None else msgspec.structs.replace(expr, start=inner.start, **{name: inner})


_LEFTMOST: dict[type, str] = {f.Call: "func", f.Attribute: "value", f.Subscript: "value", f.Binary: "left"}


# Of the class and not of each file: methods bound to an instance would keep it, and all it holds, in a circle.
_HANDLERS: dict[str, Callable[[ExpressionLowering, Node, int, int], Expr]] = {
    "identifier": ExpressionLowering._name,
    "attribute": ExpressionLowering._attribute,
    "call": ExpressionLowering._call,
    "string": ExpressionLowering._string,
    "concatenated_string": ExpressionLowering._concatenated,
    "integer": ExpressionLowering._integer,
    "float": ExpressionLowering._float,
    "true": ExpressionLowering._constant,
    "false": ExpressionLowering._constant,
    "none": ExpressionLowering._constant,
    "ellipsis": ExpressionLowering._ellipsis,
    "list": ExpressionLowering._display,
    "tuple": ExpressionLowering._display,
    "set": ExpressionLowering._display,
    "expression_list": ExpressionLowering._display,
    "pattern_list": ExpressionLowering._display,
    "tuple_pattern": ExpressionLowering._display,
    "list_pattern": ExpressionLowering._display,
    "dictionary": ExpressionLowering._dictionary,
    "subscript": ExpressionLowering._subscript,
    "generic_type": ExpressionLowering._generic_type,
    "slice": ExpressionLowering._slice,
    "comparison_operator": ExpressionLowering._comparison,
    "boolean_operator": ExpressionLowering._boolean,
    "not_operator": ExpressionLowering._not,
    "unary_operator": ExpressionLowering._unary,
    "binary_operator": ExpressionLowering._binary,
    "union_type": ExpressionLowering._union_type,
    "member_type": ExpressionLowering._member_type,
    "conditional_expression": ExpressionLowering._conditional,
    "await": ExpressionLowering._await,
    "list_comprehension": ExpressionLowering._comprehension,
    "set_comprehension": ExpressionLowering._comprehension,
    "dictionary_comprehension": ExpressionLowering._comprehension,
    "generator_expression": ExpressionLowering._comprehension,
    "lambda": ExpressionLowering._lambda,
    "named_expression": ExpressionLowering._walrus,
    "yield": ExpressionLowering._yield,
    "parenthesized_expression": ExpressionLowering._inner,
    "type": ExpressionLowering._inner,
    "constrained_type": ExpressionLowering._inner,
    "list_splat": ExpressionLowering._starred,
    "list_splat_pattern": ExpressionLowering._starred,
    "parenthesized_list_splat": ExpressionLowering._inner,
    "splat_type": ExpressionLowering._starred,
}
