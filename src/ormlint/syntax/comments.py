"""Whether a row of a file can take a comment at its end."""

from __future__ import annotations

from ormlint.syntax.parser import parse


class RowEnds:
    """The ends of a file's rows; the file is parsed once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._root = parse(data).root_node

    def in_code(self, start: int, end: int) -> bool:
        """Tell whether the row `data[start:end]` ends outside strings, and without a backslash."""
        row = self.data[start:end].rstrip(b"\r\n")
        if row.endswith(b"\\"):
            return False
        last = start + max(len(row) - 1, 0)
        node = self._root.descendant_for_byte_range(last, last)
        while node is not None:
            if node.type == "string" and node.end_byte > last + 1:
                return False
            node = node.parent
        return True
