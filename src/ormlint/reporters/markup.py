"""Text and attributes of XML: escaped, and without the characters that XML 1.0 cannot hold."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """Return a text for the body of an element."""
    return escape(_FORBIDDEN.sub("\ufffd", value))


def attributes(**values: str | int) -> str:
    """Return attributes in the order given."""
    return " ".join(f"{name}={quoteattr(_FORBIDDEN.sub(chr(0xFFFD), str(value)))}" for name, value in values.items())
