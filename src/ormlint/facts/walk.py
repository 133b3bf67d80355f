"""Walking over facts: the statements inside statements, the expressions inside either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

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
    pop, extend, parts = stack.pop, stack.extend, _parts
    while stack:
        item = pop()
        kind = type(item)
        if kind is tuple:
            extend(item)  # type: ignore[arg-type]
            continue
        inside = parts[kind]
        if inside is None:
            continue
        if kind is not Keyword:
            yield item  # type: ignore[misc]
        if inside:
            extend(inside(item))


class _Parts(dict[type, "Callable[[object], Sequence[object]] | tuple[()] | None"]):
    """How to take the fields of a node that may hold others; empty where none may, None for what is no node.

    Half of all fields are places and names: to leave them out makes a walk twice as fast.
    """

    def __missing__(self, kind: type) -> Callable[[object], Sequence[object]] | tuple[()] | None:
        found: Callable[[object], Sequence[object]] | tuple[()] | None = None
        if issubclass(kind, Node):
            names = [item.name for item in msgspec.structs.fields(kind) if not _is_plain(item.type)]
            # One name alone would be taken out bare: with a place beside it there is always a tuple.
            found = attrgetter(*names, "start") if names else ()
        self[kind] = found
        return found


def _is_plain(kind: object) -> bool:
    inside = getattr(kind, "__args__", ())
    return all(map(_is_plain, inside)) if inside else kind in _PLAIN


_PLAIN = (int, str, bool, float, type(None), None, Ellipsis)
_parts = _Parts()
