"""Whether a row of a file can take a comment at its end."""

from __future__ import annotations

from ormlint.syntax.parser import parse


def ends_in_code(data: bytes, start: int, end: int) -> bool:
    """Tell whether the row `data[start:end]` ends outside strings, and without a backslash."""
    row = data[start:end].rstrip(b"\r\n")
    if row.endswith(b"\\"):
        return False
    last = start + max(len(row) - 1, 0)
    node = parse(data).root_node.descendant_for_byte_range(last, last)
    while node is not None:
        if node.type == "string" and node.end_byte > last + 1:
            return False
        node = node.parent
    return True
