"""Source text: decoding, ranges in bytes, and their conversion to rows and columns."""

from ormlint.text.lines import LineIndex, Location
from ormlint.text.ranges import Range
from ormlint.text.source import SourceError, SourceText, decode_source

__all__ = ["LineIndex", "Location", "Range", "SourceError", "SourceText", "decode_source"]
