"""What the scripts that run in a project's own environment share; like them it knows nothing of ormlint."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from typing import Any

ENUM_LABELS = """
SELECT t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)::text[]
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.oid, t.typname
"""


class _Anything(types.ModuleType):
    """A stand-in for a module that is only called: whatever is asked of it is there."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        from unittest.mock import MagicMock

        return MagicMock(name=name)


def stand_in(names: Iterable[str]) -> None:
    """Put stand-ins in the place of modules, each as an attribute of its parent where that is one, too."""
    names = list(names)
    for name in names:
        parent, _, last = name.rpartition(".")
        sys.modules[name] = _Anything(name)
        if parent in names:
            setattr(sys.modules[parent], last, sys.modules[name])
