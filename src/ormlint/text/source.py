"""Bytes of a Python file to text: byte order mark, PEP 263 encoding, line ends."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from ormlint.text.lines import LineIndex

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


class SourceError(ValueError):
    """A file whose bytes are not Python text; `offset` is the byte where reading stopped."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True)
class SourceText:
    """A decoded file: its text as UTF-8 (`data`, what every `Range` counts), and how it was stored."""

    data: bytes
    encoding: str = "utf-8"
    has_bom: bool = False

    @cached_property
    def lines(self) -> LineIndex:
        """The line index of `data`."""
        return LineIndex(self.data)

    @cached_property
    def digest(self) -> bytes:
        """What the text is known by in the cache."""
        return hashlib.blake2b(self.data, digest_size=20).digest()

    @property
    def text(self) -> str:
        """The text as a string; line ends are as in the file."""
        return self.data.decode("utf-8")

    def encode(self, text: str) -> bytes:
        """Return `text` as the bytes this file would hold, in its own encoding.

        Raises:
            UnicodeEncodeError: the file's encoding cannot express `text`.
        """
        body = text.encode(self.encoding)
        return codecs.BOM_UTF8 + body if self.has_bom else body


def decode_source(raw: bytes) -> SourceText:
    """Decode a Python file as Python itself would (PEP 263).

    Raises:
        SourceError: binary content, an unknown encoding, or bytes that are not of the encoding.
    """
    has_bom = raw.startswith(codecs.BOM_UTF8)
    body = raw[len(codecs.BOM_UTF8) :] if has_bom else raw
    name = _declared_encoding(body)
    if name is None or name == "utf-8":
        if b"\0" in body:
            raise SourceError("this file holds null bytes: it is binary, not Python text", body.index(b"\0"))
        if not body.isascii():
            try:
                body.decode("utf-8")
            except UnicodeDecodeError as error:
                raise SourceError(
                    f"byte 0x{body[error.start]:02x} is not UTF-8, and the file declares no other encoding",
                    error.start,
                ) from None
        return SourceText(body, "utf-8", has_bom)
    if has_bom:
        raise SourceError(f"the file starts with a UTF-8 byte order mark but declares the encoding {name!r}")
    try:
        text = body.decode(name)
    except UnicodeDecodeError as error:
        raise SourceError(f"byte 0x{body[error.start]:02x} is not {name}", error.start) from None
    if "\0" in text:
        raise SourceError("this file holds null bytes: it is binary, not Python text", 0)
    return SourceText(text.encode("utf-8", "replace"), name)


def _declared_encoding(body: bytes) -> str | None:
    """Return the normalised name of the encoding declared in the first two lines, if any."""
    head = re.split(rb"\r\n|\r|\n", body[:1000], maxsplit=2)[:2]
    for line in head:
        if match := _COOKIE.match(line):
            declared = match[1].decode("ascii")
            try:
                name = codecs.lookup(declared).name
            except LookupError:
                raise SourceError(f"unknown encoding {declared!r}") from None
            return "utf-8" if name in ("utf-8", "ascii", "utf-8-sig") else name
        if not _BLANK.match(line):
            return None
    return None
