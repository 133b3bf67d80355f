"""Pieces of the source text in messages."""

from __future__ import annotations

import re

from ormlint.facts.expressions import Node
from ormlint.linting.context import Context

# A string, which may hold a `#`; a comment; a line that goes on by a backslash.
_LEFT_OUT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|#[^\n]*|\\\n""")


def snippet(context: Context, node: Node, most: int = 60) -> str:
    """Return the text of a node on one line, without comments and shortened, for a message."""
    text = context.data[node.start : node.end].decode("utf-8", "replace")
    if "\n" in text:
        text = _LEFT_OUT.sub(r"\1", text)
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
