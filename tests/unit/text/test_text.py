"""Text: decoding as Python does, and places in every unit."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormlint.text import LineIndex, Location, SourceError, decode_source


@pytest.mark.parametrize(
    "raw",
    [
        b"x = 1\n",
        "x = 'é'\n".encode(),
        b"\xef\xbb\xbfx = 1\n",
        "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"),
        "# coding: utf-8\nx = '日本'\n".encode(),
        "# coding: shift_jis\nx = '日本'\n".encode("shift_jis"),
        b"",
        b"\r\nx = 1\r\n",
    ],
)
def test_decodes_as_python(raw: bytes) -> None:
    source = decode_source(raw)
    assert ast.dump(ast.parse(source.text)) == ast.dump(ast.parse(raw))
    assert source.encode(source.text) == raw


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"x = '\xe9'\n", "not UTF-8"),
        (b"# coding: klingon\n", "unknown encoding 'klingon'"),
        (b"\x00\x01", "null bytes"),
        ("x = 1\n".encode("utf-16"), "null bytes"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "byte order mark"),
        (b"# coding: ascii\nx = '\xe9'\n", "not UTF-8"),
    ],
)
def test_what_is_not_text(raw: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        decode_source(raw)


@given(st.text(alphabet="aé日\U0001f60b\n\r\x0c\u2028\t "))
def test_places_go_there_and_back(text: str) -> None:
    data = text.encode()
    lines = LineIndex(data)
    for position in range(len(text) + 1):
        offset = len(text[:position].encode())
        location = lines.location(offset)
        assert lines.offset(location) == offset or text[position - 1 : position + 1] == "\r\n"
        before = text[:position].replace("\r\n", "\n").replace("\r", "\n")
        if text[position - 1 : position + 1] != "\r\n":
            assert location == Location(before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
            assert lines.utf16_column(offset) == len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
