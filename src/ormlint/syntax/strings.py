"""The value of a string literal from its source text."""

from __future__ import annotations

import ast
import re
import warnings

_PREFIX = re.compile(r"^([A-Za-z]*)('''|\"\"\"|'|\")")


def string_prefix(text: str) -> str:
    """Return the lower-cased prefix of a literal: "", "r", "b", "f" and their like."""
    match = _PREFIX.match(text)
    return match[1].lower() if match else ""


def string_value(text: str) -> str | None:
    """Return the value of a string literal that is neither bytes nor formatted; None when it is malformed."""
    match = _PREFIX.match(text)
    if match is None or not text.endswith(match[2]) or len(text) < len(match[0]) + len(match[2]):
        return None
    body = text[match.end() : len(text) - len(match[2])]
    if "\\" not in body and "\r" not in body:
        return body
    if "r" in match[1].lower():
        return body.replace("\r\n", "\n").replace("\r", "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape is a warning of Python's, kept as written
        try:
            value = ast.literal_eval(text)
        except (SyntaxError, ValueError, MemoryError):
            return None
    return value if isinstance(value, str) else None
