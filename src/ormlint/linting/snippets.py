"""Pieces of the source text in messages."""

from __future__ import annotations

from ormlint.facts.expressions import Node
from ormlint.linting.context import Context


def snippet(context: Context, node: Node, most: int = 60) -> str:
    """Return the text of a node on one line, shortened, for a message."""
    text = " ".join(context.data[node.start : node.end].decode("utf-8", "replace").split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
