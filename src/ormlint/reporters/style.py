"""Colour and width on terminals: when to colour, how wide text is, control characters made visible."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO
from unicodedata import combining, east_asian_width

# Control characters have pictures; those of the upper range and those that turn the direction of writing have none.
_CONTROLS = {code: 0x2400 + code for code in range(32) if code != 9} | {127: 0x2421}
_CONTROLS |= dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029), 0xFFFD)
_TAB = 4


def use_color(stream: TextIO, choice: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Decide on colour: the flag, then NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM, then whether it is a terminal."""
    if choice in ("always", "never"):
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR") not in (None, "", "0"):
        return True
    if environment.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    if environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def paint(code: str, text: str, color: bool) -> str:
    """Return text in an ANSI style, or as it is."""
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def width(text: str) -> int:
    """Return how many terminal cells a text takes."""
    return sum(_cells(char) for char in text)


def visible(text: str) -> str:
    """Return a source line as shown: tabs as blanks, control characters as their pictures."""
    shown: list[str] = []
    column = 0
    for char in text.translate(_CONTROLS):
        if char == "\t":
            blanks = _TAB - column % _TAB
            shown.append(" " * blanks)
            column += blanks
        else:
            shown.append(char)
            column += _cells(char)
    return "".join(shown)


def one_line(text: str) -> str:
    """Return a message as shown: what it quotes of a file must neither end the line nor speak to the terminal."""
    return text.translate(_CONTROLS).replace("\t", "\u2409")


def _cells(char: str) -> int:
    if combining(char) or char in "\u200d\ufe0f":
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
