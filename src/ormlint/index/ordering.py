"""The order in which `alembic upgrade heads` runs revisions on an empty database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def upgrade_order(below: Mapping[str, Sequence[str]], dependent: set[str]) -> list[str]:
    """Return ids in the order of Alembic's `RevisionMap._topological_sort`, which walks from the heads down.

    Where branches lie side by side it matters which one runs first: one may rename a table that the other changes.
    `below` holds, in the order of the files, what each revision follows: its parents, then what it depends on;
    `dependent` are those that depend on something. There is no circle in it.
    """
    ancestors = _Ancestors(below)
    followed = {key for keys in below.values() for key in keys}
    todo = set(below)
    heads = [key for key in below if key not in followed]
    reached = [ancestors.of(key) for key in heads]
    downwards: list[str] = []
    at = 0
    while heads:
        candidate = heads[at]
        other = next((n for n, keys in enumerate(reached) if n != at and candidate in keys), None)
        if other is not None:
            at = other  # something else has to be undone first
            continue
        if candidate in todo:
            downwards.append(candidate)
            todo.remove(candidate)
        further = [key for key in below[candidate] if key in todo and key not in heads]
        if not further:
            del heads[at], reached[at]
            at = max(at - 1, 0)
            continue
        heads[at] = further[0]
        if len(below[candidate]) == 1 and candidate not in dependent:
            reached[at].discard(candidate)
        else:
            heads.extend(further[1:])
            reached[at] = ancestors.of(further[0])
            reached.extend(ancestors.of(key) for key in further[1:])
    return downwards[::-1]


class _Ancestors:
    """What revisions follow, themselves included."""

    def __init__(self, below: Mapping[str, Sequence[str]]) -> None:
        self.below = below

    def of(self, revision: str) -> set[str]:
        """Return a set that may be changed."""
        found: set[str] = set()
        stack = [revision]
        while stack:
            key = stack.pop()
            if key not in found:
                found.add(key)
                stack.extend(self.below[key])
        return found
