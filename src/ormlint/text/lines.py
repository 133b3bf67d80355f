"""Byte offsets to rows and columns and back, in bytes, code points and UTF-16 units."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

# Python and editors agree on these three; form feed, U+2028 and their like do not end a line.
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Location(NamedTuple):
    """A place for people: 1-based row, 1-based column in code points."""

    row: int
    column: int


class LineIndex:
    """Line starts of one text, given as UTF-8 bytes."""

    __slots__ = ("data", "starts")

    def __init__(self, data: bytes) -> None:
        self.data = data
        if b"\r" in data:
            self.starts = [0, *(match.end() for match in _LINE_END.finditer(data))]
        else:  # a tenth of the time
            self.starts = list(accumulate([len(line) + 1 for line in data.split(b"\n")], initial=0))
            self.starts.pop()

    def row(self, offset: int) -> int:
        """Return the 1-based row of a byte offset; offsets past the end belong to the last row."""
        return bisect_right(self.starts, offset)

    def location(self, offset: int) -> Location:
        """Return the row and the code point column (both 1-based) of a byte offset."""
        row = bisect_right(self.starts, offset)
        prefix = self.data[self.starts[row - 1] : offset]
        if not prefix.isascii():
            return Location(row, len(prefix.decode("utf-8", "replace")) + 1)
        return Location(row, len(prefix) + 1)

    def offset(self, location: Location) -> int:
        """Return the byte offset of a location; columns past the line's end are its end."""
        start, end = self.span(location.row)
        line = self.data[start:end]
        if line.isascii():
            return start + min(location.column - 1, len(line))
        return start + len(line.decode("utf-8", "replace")[: location.column - 1].encode())

    def span(self, row: int) -> tuple[int, int]:
        """Return the byte range of a 1-based row, its line end included."""
        start = self.starts[row - 1]
        end = self.starts[row] if row < len(self.starts) else len(self.data)
        return start, end

    def line(self, row: int) -> str:
        """Return the text of a 1-based row without its line end."""
        start, end = self.span(row)
        return self.data[start:end].decode("utf-8", "replace").rstrip("\r\n")

    def utf16_column(self, offset: int) -> int:
        """Return the 0-based UTF-16 column of a byte offset, as language servers count by default."""
        start = self.starts[self.row(offset) - 1]
        return len(self.data[start:offset].decode("utf-8", "replace").encode("utf-16-le")) // 2
