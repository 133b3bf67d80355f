"""A range of bytes in a file's UTF-8 text."""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """Half-open byte range `[start, end)` in the UTF-8 form of a decoded file.

    Every range inside ormlint has this unit; rows, columns and UTF-16 units are made at the edges by
    `LineIndex`.
    """

    start: int
    end: int
