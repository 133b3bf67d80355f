"""The evaluated arguments of a call."""

from __future__ import annotations

from dataclasses import dataclass

from ormlint.facts import expressions as e
from ormlint.semantic import types as t


@dataclass(slots=True)
class Arguments:
    """The evaluated arguments of a call. `rest` holds the types of `**` arguments."""

    node: e.Call
    args: tuple[tuple[e.Expr, t.Type], ...]
    keywords: tuple[tuple[e.Keyword, t.Type], ...]
    rest: tuple[tuple[e.Keyword, t.Type], ...]
    has_star: bool
    has_never: bool = False  # an argument never comes, and so the call is never made

    def type(self, position: int, name: str = "") -> t.Type | None:
        """Return the type of an argument given by position or by name, or None."""
        if position < len(self.args) and not self.has_star:
            return self.args[position][1]
        for keyword, kind in self.keywords:
            if keyword.name == name:
                return kind
        return None
