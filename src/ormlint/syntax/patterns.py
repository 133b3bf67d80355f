"""The patterns of `match` statements to facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ormlint.facts import statements as s
from ormlint.facts.expressions import Attribute, Expr, Name
from ormlint.syntax.expressions import ExpressionLowering, first_named

if TYPE_CHECKING:
    from tree_sitter import Node


class PatternLowering:
    """Lowers patterns; their values are lowered by the expressions' own lowering."""

    def __init__(self, expressions: ExpressionLowering) -> None:
        self.e = expressions

    def pattern(self, node: Node) -> s.Pattern:
        """Lower one pattern."""
        start, end = node.start_byte, node.end_byte
        kind = node.type
        inner = first_named(node)
        if kind == "case_pattern":
            if inner is None:
                text = self.e.text(node)
                return s.Pattern(start, end, "capture" if text == "_" else "opaque", None, "", ())
            return self.pattern(inner)
        if kind == "union_pattern":
            parts = tuple(self.pattern(child) for child in node.named_children)
            return s.Pattern(start, end, "or", None, "", parts)
        if kind == "dotted_name":
            names = [self.e.text(child) for child in node.named_children]
            if len(names) == 1:
                return s.Pattern(start, end, "capture", None, names[0], ())
            return s.Pattern(start, end, "value", self._dotted(node), "", ())
        if kind == "class_pattern" and inner is not None:
            captured = [self.pattern(child) for child in node.named_children[1:] if child.type == "case_pattern"]
            return s.Pattern(start, end, "class", self._dotted(inner), "", tuple(captured))
        if kind == "as_pattern":
            inner_parts = [self.pattern(child) for child in node.named_children if child.type == "case_pattern"]
            alias = node.named_children[-1]
            return s.Pattern(start, end, "or", None, self.e.text(alias), tuple(inner_parts))
        if kind in ("string", "concatenated_string", "integer", "float", "true", "false", "none"):
            return s.Pattern(start, end, "value", self.e.expr(node), "", ())
        return self.opaque(node, node.named_children)

    def opaque(self, node: Node, parts: Iterable[Node]) -> s.Pattern:
        """Return a pattern that is not read further, with the names it binds."""
        inner: list[s.Pattern] = []
        for part in parts:
            if part.type in ("case_pattern", "keyword_pattern", "splat_pattern"):
                inner.append(self.pattern(part))
            elif part.type == "identifier":
                name = self.e.text(part)
                inner.append(s.Pattern(part.start_byte, part.end_byte, "capture", None, name, ()))
        return s.Pattern(node.start_byte, node.end_byte, "opaque", None, "", tuple(inner))

    def _dotted(self, node: Node) -> Expr:
        children = node.named_children
        result: Expr = Name(children[0].start_byte, children[0].end_byte, self.e.text(children[0]))
        for child in children[1:]:
            result = Attribute(node.start_byte, child.end_byte, result, self.e.text(child))
        return result
