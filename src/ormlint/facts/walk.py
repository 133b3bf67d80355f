"""Walking over facts: the statements inside statements, the expressions inside either."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ormlint.facts import statements as s
from ormlint.facts.expressions import Keyword, Node


def walk_statements(block: Iterable[s.Stmt]) -> Iterator[s.Stmt]:
    """Yield the statements of a block and of the blocks inside it, in source order; not of definitions."""
    for statement in block:
        yield statement
        for inner in blocks_of(statement):
            yield from walk_statements(inner)


def blocks_of(statement: s.Stmt) -> tuple[tuple[s.Stmt, ...], ...]:
    """Return the blocks directly inside a statement."""
    if isinstance(statement, (s.If, s.For, s.While)):
        return (statement.body, statement.orelse)
    if isinstance(statement, s.With):
        return (statement.body,)
    if isinstance(statement, s.Try):
        handlers = tuple(handler.body for handler in statement.handlers)
        return (statement.body, *handlers, statement.orelse, statement.final)
    if isinstance(statement, s.Match):
        return tuple(case.body for case in statement.cases)
    return ()


def walk_nodes(node: object) -> Iterator[Node]:
    """Yield a node and all nodes below it, expressions and statements alike, in no promised order."""
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Node):
            if not isinstance(item, Keyword):
                yield item
            stack.extend(msgspec.structs.astuple(item))
        elif isinstance(item, tuple):
            stack.extend(item)
