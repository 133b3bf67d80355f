"""Changes of one top-level statement: an expression replaced, an item or a statement removed, an argument added."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Union

import libcst as cst
from libcst.metadata import CodeSpan

from ormlint.diagnostics import Edit
from ormlint.text import Range

Statement = Union[cst.SimpleStatementLine, cst.BaseCompoundStatement]
_ITEMS = (cst.Arg, cst.Element, cst.StarredElement, cst.DictElement, cst.StarredDictElement)
_FOR_TOOLS = re.compile(r"#\s*(?:noqa|type:|pyright:|mypy:|pylint:|ormlint:|pragma|isort:|fmt:|ruff:)", re.IGNORECASE)

# Expressions that need parentheses inside another one; what is not listed binds as tightly as a name.
_LOOSE = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.UnaryOperation,
    cst.Comparison,
    cst.IfExp,
    cst.Lambda,
    cst.NamedExpr,
    cst.Await,
    cst.Yield,
    cst.Tuple,
)
_AROUND = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.UnaryOperation,
    cst.Comparison,
    cst.ComparisonTarget,
    cst.Attribute,
    cst.Await,
    cst.IfExp,
    cst.StarredElement,
)


class NoPlaceError(ValueError):
    """There is nothing at a place that the change could be made to."""


class Tree:
    """A top-level statement with the byte spans and the parents of the nodes in it."""

    def __init__(self, module: cst.Module, statement: Statement, spans: Mapping[cst.CSTNode, CodeSpan]) -> None:
        self.module = module
        self.statement = statement
        self.spans = spans
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.by_range: dict[Range, list[cst.CSTNode]] = {}
        stack: list[cst.CSTNode] = [statement]
        while stack:
            node = stack.pop()
            span = spans.get(node)
            if span is not None:
                self.by_range.setdefault(Range(span.start, span.start + span.length), []).append(node)
            for child in node.children:
                self.parents[child] = node
                stack.append(child)

    def at(self, where: Range, *kinds: Any) -> cst.CSTNode:
        """Return the outermost node of these kinds at just this range.

        Raises:
            NoPlaceError: there is none.
        """
        for node in self.by_range.get(where, ()):
            if isinstance(node, kinds):
                found: cst.CSTNode = node
                return found
        raise NoPlaceError("the place of this fix is not what it is for")

    def with_node(self, old: cst.CSTNode, new: cst.CSTNode) -> cst.CSTNode:
        """Return the statement with one node in the place of another."""
        if old is self.statement:
            return new
        changed = self.statement.deep_replace(old, new)
        assert isinstance(changed, cst.CSTNode)
        return changed


def smallest_edit(old: str, code: str, start: int) -> Edit:
    """Return the smallest edit that makes `code` of `old`, which begins at the byte `start`."""
    limit = min(len(old), len(code))
    head = 0
    while head < limit and old[head] == code[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == code[-1 - tail]:
        tail += 1
    begin = start + len(old[:head].encode())
    return Edit(Range(begin, start + len(old[: len(old) - tail].encode())), code[head : len(code) - tail])


def replaced(tree: Tree, where: Range, code: str) -> cst.CSTNode:
    """Return the statement with other code in the place of an expression."""
    old = tree.at(where, cst.BaseExpression)
    assert isinstance(old, cst.BaseExpression)
    new = cst.parse_expression(code, config=tree.module.config_for_parsing)
    parent = tree.parents.get(old)
    if old.lpar:
        new = new.with_changes(lpar=old.lpar, rpar=old.rpar)
    elif not getattr(new, "lpar", ()) and isinstance(new, _LOOSE):
        is_inside = isinstance(parent, _AROUND) or (
            isinstance(parent, (cst.Call, cst.Subscript))
            and old in (getattr(parent, "func", None), getattr(parent, "value", None))
        )
        if is_inside or isinstance(new, (cst.NamedExpr, cst.Yield)):
            new = new.with_changes(lpar=(cst.LeftParen(),), rpar=(cst.RightParen(),))
    return tree.with_node(old, new)


# -- items


def without_item(tree: Tree, where: Range) -> cst.CSTNode:
    """Return the statement without one argument, dict item or element."""
    item = tree.at(where, *_ITEMS)
    parent = tree.parents[item]
    if isinstance(parent, cst.Call):
        return tree.with_node(parent, _without_argument(parent, item))
    if isinstance(parent, (cst.List, cst.Dict)) or (isinstance(parent, cst.Set) and len(parent.elements) > 1):
        return tree.with_node(parent, _without_element(parent, item))
    raise NoPlaceError("the place of this fix holds nothing that can be left out")


def _without_argument(call: cst.Call, item: cst.CSTNode) -> cst.Call:
    args = list(call.args)
    position = _position(args, item)
    removed = args.pop(position)
    if not args:
        return call.with_changes(args=(), whitespace_before_args=cst.SimpleWhitespace(""))
    if position == len(args):
        last = args[-1]
        comma, after = _closing(last.comma, removed.comma, removed.whitespace_after_arg)
        args[-1] = last.with_changes(comma=comma, whitespace_after_arg=after)
    return call.with_changes(args=args)


def _without_element(display: cst.List | cst.Set | cst.Dict, item: cst.CSTNode) -> cst.CSTNode:
    elements = list(display.elements)
    position = _position(elements, item)
    removed = elements.pop(position)
    brace = "rbracket" if isinstance(display, cst.List) else "rbrace"
    closing = getattr(display, brace)
    if not elements:
        opening = "lbracket" if isinstance(display, cst.List) else "lbrace"
        plain = cst.SimpleWhitespace("")
        return display.with_changes(
            elements=(),
            **{
                opening: getattr(display, opening).with_changes(whitespace_after=plain),
                brace: closing.with_changes(whitespace_before=plain),
            },
        )
    if position == len(elements):
        last = elements[-1]
        comma, before = _closing(last.comma, removed.comma, closing.whitespace_before)
        elements[-1] = last.with_changes(comma=comma)
        closing = closing.with_changes(whitespace_before=before)
    return display.with_changes(elements=elements, **{brace: closing})


def _position(items: Sequence[cst.CSTNode], item: cst.CSTNode) -> int:
    return next(position for position, candidate in enumerate(items) if candidate is item)


Comma = Union[cst.Comma, cst.MaybeSentinel]


def _closing(
    before: Comma, removed: Comma, space: cst.BaseParenthesizableWhitespace
) -> tuple[Comma, cst.BaseParenthesizableWhitespace]:
    """Return the comma and the space that end a list whose last item went.

    `before` is the comma of the item that is last now, whose comment stays; `removed` that of the one that went,
    or none, and then `space` leads to the bracket.
    """
    ending = removed.whitespace_after if isinstance(removed, cst.Comma) else space
    line = before.whitespace_after if isinstance(before, cst.Comma) else None
    if isinstance(line, cst.ParenthesizedWhitespace) and line.first_line.comment is not None:
        if isinstance(ending, cst.ParenthesizedWhitespace):
            ending = ending.with_changes(first_line=line.first_line)
        else:
            ending = line
    if isinstance(removed, cst.Comma):
        return removed.with_changes(whitespace_after=ending), space
    return cst.MaybeSentinel.DEFAULT, ending


def with_argument(tree: Tree, where: Range, code: str) -> cst.CSTNode:
    """Return the statement with an argument more at the end of a call."""
    call = tree.at(where, cst.Call)
    assert isinstance(call, cst.Call)
    parsed = cst.parse_expression(f"f({code})", config=tree.module.config_for_parsing)
    assert isinstance(parsed, cst.Call)
    new = parsed.args[0]
    if not call.args:
        return tree.with_node(call, call.with_changes(args=(new,)))
    *first, last = call.args
    between: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if first and isinstance(first[-1].comma, cst.Comma):
        between = first[-1].comma.whitespace_after
    elif isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace):
        between = call.whitespace_before_args
    if isinstance(between, cst.ParenthesizedWhitespace):
        between = between.with_changes(first_line=between.first_line.with_changes(comment=None), empty_lines=())
    ending = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else last.whitespace_after_arg
    if isinstance(ending, cst.ParenthesizedWhitespace) and ending.first_line.comment is not None:
        note = ending.first_line
        if not isinstance(between, cst.ParenthesizedWhitespace):
            between = ending
        between = between.with_changes(first_line=note)
        ending = ending.with_changes(first_line=note.with_changes(comment=None, whitespace=cst.SimpleWhitespace("")))
    if isinstance(last.comma, cst.Comma):
        new = new.with_changes(comma=last.comma.with_changes(whitespace_after=ending))
        last = last.with_changes(comma=last.comma.with_changes(whitespace_after=between))
    else:
        new = new.with_changes(whitespace_after_arg=ending)
        empty = cst.SimpleWhitespace("")
        last = last.with_changes(comma=cst.Comma(whitespace_after=between), whitespace_after_arg=empty)
    return tree.with_node(call, call.with_changes(args=(*first, last, new)))


# -- statements


def without_statement(tree: Tree, where: Range) -> cst.CSTNode:
    """Return the top-level statement without a statement inside it."""
    found = tree.at(where, cst.BaseSmallStatement, cst.BaseCompoundStatement)
    parent = tree.parents.get(found)
    if isinstance(found, cst.BaseSmallStatement):
        if isinstance(parent, cst.SimpleStatementSuite) or (
            isinstance(parent, cst.SimpleStatementLine) and len(parent.body) > 1
        ):
            return tree.with_node(parent, _without_small(parent, found))
        if not isinstance(parent, cst.SimpleStatementLine):
            raise NoPlaceError("the place of this fix is no statement")
        line: cst.CSTNode = parent
    else:
        line = found
    block = tree.parents.get(line)
    if not isinstance(block, cst.IndentedBlock):
        raise NoPlaceError("the place of this fix stands in no block")
    return tree.with_node(block, _without_line(block, line))


def _without_small(
    holder: cst.SimpleStatementLine | cst.SimpleStatementSuite, found: cst.BaseSmallStatement
) -> cst.CSTNode:
    body = list(holder.body)
    position = _position(body, found)
    body.pop(position)
    if not body:
        return holder.with_changes(body=(cst.Pass(),))
    if position == len(body):
        body[-1] = body[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    return holder.with_changes(body=body)


def _without_line(block: cst.IndentedBlock, line: cst.CSTNode) -> cst.IndentedBlock:
    body = list(block.body)
    position = _position(body, line)
    removed = body.pop(position)
    above = list(getattr(removed, "leading_lines", ()))
    kept = [*above, *_trailing(removed)]
    if not body:
        return block.with_changes(body=(cst.SimpleStatementLine((cst.Pass(),), leading_lines=kept),))
    if position < len(body):
        following = body[position]
        below = list(getattr(following, "leading_lines", ()))
        body[position] = following.with_changes(leading_lines=_joined(kept, below))
        return block.with_changes(body=body)
    return block.with_changes(body=body, footer=(*(kept if _has_comment(kept) else ()), *block.footer))


def what_stays(module: cst.Module, statement: Statement) -> str:
    """Return what is left of a top-level statement that is removed: the comments above and behind it."""
    kept = [*statement.leading_lines, *_trailing(statement)]
    return "".join(module.code_for_node(line) for line in kept) if _has_comment(kept) else ""


def _joined(kept: list[cst.EmptyLine], below: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return the lines between two statements when the one between them went: comments, and one gap."""
    if _has_comment(kept):
        return [*kept, *below]
    return max(kept, below, key=lambda lines: _gap(lines)) if not _has_comment(below) else _with_gap(kept, below)


def _gap(lines: list[cst.EmptyLine]) -> int:
    return next((count for count, line in enumerate(lines) if line.comment is not None), len(lines))


def _with_gap(kept: list[cst.EmptyLine], below: list[cst.EmptyLine]) -> list[cst.EmptyLine]:
    return [*kept[_gap(below) :], *below] if len(kept) > _gap(below) else below


def _has_comment(lines: Sequence[cst.EmptyLine]) -> bool:
    return any(line.comment is not None for line in lines)


def _trailing(statement: cst.CSTNode) -> list[cst.EmptyLine]:
    """Return the comment behind a statement as a line of its own; one that speaks to a tool goes with it."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    trailing = statement.trailing_whitespace
    if trailing.comment is None or _FOR_TOOLS.match(trailing.comment.value):
        return []
    return [cst.EmptyLine(comment=trailing.comment, newline=trailing.newline)]
