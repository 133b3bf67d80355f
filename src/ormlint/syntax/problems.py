"""Where a file is not Python, and how the rest of it is read all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ormlint.facts.module import SyntaxProblem
from ormlint.syntax.parser import parse

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
            if text[:1] in ("'", '"') and len(text.strip("'\"")) == 0:
                problems.append(SyntaxProblem(start, max(end, start), "this string is not closed"))
                continue
            shown = text if len(text) <= 40 else f"{text[:37]}..."
            message = f"`{shown}` is not Python" if shown else "this is not Python"
            problems.append(SyntaxProblem(start, max(end, start), message))
        elif node.has_error:
            stack.extend(reversed(node.children))
    return problems


def blank_broken_region(root: Node, data: bytes) -> bytes | None:
    """Return the text with one broken region blanked that swallows later definitions; None when there is none.

    An open bracket makes the parser take the definitions that follow for its contents. The text from the
    line of the error up to the first of them becomes a `pass`, and lengths stay the same.
    """
    for match in _TOP_LEVEL.finditer(data):
        offset = match.start()
        holder = _child_holding(root, offset)
        if holder is None or not holder.has_error or (holder.start_byte == offset and holder.type != "ERROR"):
            continue
        if holder.start_byte == offset:
            holder = root
        for start in _suspects(holder, data, offset):
            remaining = _without(data, start, offset)
            found = _child_holding(parse(remaining).root_node, offset)
            if found is not None and found.start_byte == offset:
                return remaining
        remaining = _without(data, holder.start_byte, offset)
        if remaining != data:
            return remaining
    return None


def _suspects(holder: Node, data: bytes, offset: int) -> Iterator[int]:
    """Yield where the broken statement before `offset` may start: its last lines, then the line of the error."""
    end = offset
    for _ in range(3):
        end = len(data[:end].rstrip())
        if end <= holder.start_byte:
            break
        yield data.rfind(b"\n", 0, end) + 1
        end = data.rfind(b"\n", 0, end) + 1
    yield data.rfind(b"\n", 0, min(_first_error(holder), offset)) + 1


def _without(data: bytes, begin: int, end: int) -> bytes:
    """Return the text with a region blanked, a `pass` in its first line where there is room."""
    region = data[begin:end]
    indent = len(region) - len(region.lstrip(b" \t"))
    blank = bytearray(re.sub(rb"[^\r\n]", b" ", region))
    line_end = blank.find(b"\n")
    if indent + 4 <= (line_end if line_end >= 0 else len(blank)):
        blank[:indent] = region[:indent]
        blank[indent : indent + 4] = b"pass"
    return data[:begin] + bytes(blank) + data[end:]


def _child_holding(root: Node, offset: int) -> Node | None:
    """Return the top-level node that an offset lies in; an `ERROR` at the top counts by its own children."""
    for child in root.children:
        if child.start_byte <= offset < child.end_byte:
            if child.type == "ERROR":
                inner = _child_holding(child, offset)
                if inner is not None and inner.start_byte == offset and inner.type in _DEFINITIONS:
                    return inner
            return child
    return None


_DEFINITIONS = frozenset(
    {
        "class_definition",
        "function_definition",
        "decorated_definition",
        "import_statement",
        "import_from_statement",
        "future_import_statement",
    }
)


def _first_error(node: Node) -> int:
    """Return where the first broken place of a node starts."""
    stack = [node]
    while stack:
        item = stack.pop()
        if item.type == "ERROR" or item.is_missing:
            return item.start_byte
        if item.has_error:
            stack.extend(reversed(item.children))
    return node.start_byte
