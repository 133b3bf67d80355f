"""Places in the units of the client: lines from 0, characters as bytes, UTF-16 units or code points."""

from __future__ import annotations

from lsprotocol import types as lsp

from ormlint.text import LineIndex, Range, SourceText

Encoding = lsp.PositionEncodingKind | str
_UTF8, _UTF32 = lsp.PositionEncodingKind.Utf8.value, lsp.PositionEncodingKind.Utf32.value


def to_position(lines: LineIndex, offset: int, encoding: Encoding) -> lsp.Position:
    """Return the position of a byte offset."""
    row = lines.row(offset)
    if encoding == _UTF8:
        column = offset - lines.starts[row - 1]
    elif encoding == _UTF32:
        column = lines.location(offset).column - 1
    else:
        column = lines.utf16_column(offset)
    return lsp.Position(row - 1, column)


def to_range(source: SourceText, where: Range, encoding: Encoding) -> lsp.Range:
    """Return the range of a range of bytes."""
    lines = source.lines
    return lsp.Range(to_position(lines, where.start, encoding), to_position(lines, where.end, encoding))


def to_offset(source: SourceText, position: lsp.Position, encoding: Encoding) -> int:
    """Return the byte offset of a position; what lies past the end of a line is its end."""
    lines = source.lines
    if position.line >= len(lines.starts):
        return len(source.data)
    text = lines.line(position.line + 1)
    start = lines.starts[position.line]
    if encoding == _UTF8:
        return start + min(position.character, len(text.encode()))
    if encoding == _UTF32:
        return start + len(text[: position.character].encode())
    units = text.encode("utf-16-le")[: position.character * 2]
    return start + len(units.decode("utf-16-le", "ignore").encode())
