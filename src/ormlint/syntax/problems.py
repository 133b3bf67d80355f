"""Where a file is not Python, and how the rest of it is read all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ormlint.facts.module import SyntaxProblem

if TYPE_CHECKING:
    from tree_sitter import Node

# A line that can only start a statement of the module: what stands before it cannot swallow it.
_TOP_LEVEL = re.compile(rb"^(?:def |class |async def |@|import |from [\w.]+ import )", re.MULTILINE)
_MAX_PROBLEMS = 20


def syntax_problems(root: Node, data: bytes) -> list[SyntaxProblem]:
    """Return the outermost broken regions of a tree, in order, each cut to its first line."""
    problems: list[SyntaxProblem] = []
    stack = [root]
    while stack and len(problems) < _MAX_PROBLEMS:
        node = stack.pop()
        if node.is_missing:
            wanted = node.type if not node.type.isidentifier() else node.type.replace("_", " ")
            problems.append(SyntaxProblem(node.start_byte, node.end_byte, f"expected `{wanted}`"))
        elif node.type == "ERROR":
            start = node.start_byte
            line_end = data.find(b"\n", start)
            end = min(node.end_byte, line_end if line_end >= 0 else len(data))
            text = data[start:end].decode("utf-8", "replace").strip()
            shown = text if len(text) <= 40 else f"{text[:37]}..."
            message = f"`{shown}` is not Python" if shown else "this is not Python"
            problems.append(SyntaxProblem(start, max(end, start), message))
        elif node.has_error:
            stack.extend(reversed(node.children))
    return problems


def blank_broken_region(root: Node, data: bytes) -> bytes | None:
    """Return the text with one region blanked that swallows later definitions; None when there is none.

    An open bracket makes the parser take the following definitions for its contents. The broken
    statement is blanked, up to the next line that can only start a statement, and lengths stay the same.
    """
    for node in _errors(root):
        start = node.start_byte
        line_start = data.rfind(b"\n", 0, start) + 1
        following = _TOP_LEVEL.search(data, start + 1)
        if following is None or following.start() >= node.end_byte:
            continue
        earlier = [match.start() for match in _TOP_LEVEL.finditer(data, 0, start + 1)]
        begin = earlier[-1] if earlier and line_start != start else line_start
        region = data[begin : following.start()]
        blank = re.sub(rb"[^\r\n]", b" ", region)
        return data[:begin] + blank + data[following.start() :]
    return None


def _errors(root: Node) -> list[Node]:
    found: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "ERROR":
            found.append(node)
        elif node.has_error:
            stack.extend(reversed(node.children))
    return found
