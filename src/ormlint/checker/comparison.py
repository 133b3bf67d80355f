"""Which files are other ones than when they were kept, and whether what they say to others is still the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ormlint.checker.kept import Kept
from ormlint.checker.reading import FactsStore, stored_facts
from ormlint.checker.readings import Contents, path_of
from ormlint.index.installed import Facts
from ormlint.index.scopes import build_module
from ormlint.index.symbols import FunctionSymbol
from ormlint.text import SourceText


class Comparison:
    """The files of a project beside those that were kept. Facts alone are looked at, nothing is linked."""

    def __init__(
        self, kept: Kept, sources: Mapping[str, SourceText], facts: Mapping[str, Facts], store: FactsStore | None
    ) -> None:
        self.kept = kept
        self.facts = facts
        self.store = store
        before = kept.files
        self.removed = [path for path in before if path not in sources]
        self.changed = [
            path for path, source in sources.items() if path not in before or before[path].digest != source.digest
        ]
        self.changed_set = frozenset(self.changed)
        self.added = [path for path in self.changed if path not in before]
        self._before: dict[str, Contents | None] = {}
        self._now: dict[str, Contents] = {}

    @property
    def has_other_paths(self) -> bool:
        """Whether there are other files than before."""
        return bool(self.removed or self.added)

    @cached_property
    def is_linked_alike(self) -> bool:
        """Whether linking finds what it found before: the same files, and no other interface among them."""
        return bool(self.kept.files) and not self.is_other(self.kept.linked)

    def is_other(self, linked: Iterable[str]) -> bool:
        """Tell whether a file says something else to others; `linked` are the bodies that linking reads."""
        if self.has_other_paths:
            return True
        bodies: dict[str, list[str]] = {}
        for name in linked:
            bodies.setdefault(path_of(name), []).append(name)
        return any(self.differs(path, [f"m\n{path}", *bodies.get(path, ())]) for path in self.changed)

    def differs(self, path: str, names: Iterable[str]) -> bool:
        """Tell whether one of these reads of a file that changed says something else; so it does where none is kept."""
        before = self.before(path)
        if before is None:
            return True
        now = self.now(path)
        return any(before.digest(name) != now.digest(name) for name in names)

    def before(self, path: str) -> Contents | None:
        """Return the facts of a file as they were; None when they are not remembered."""
        if path not in self._before:
            self._before[path] = self._read_before(path)
        return self._before[path]

    def _read_before(self, path: str) -> Contents | None:
        if path not in self.kept.files or self.store is None:
            return None
        facts = stored_facts(self.store, self.kept.files[path].digest, None)
        return _contents(path, facts) if facts is not None else None

    def now(self, path: str) -> Contents:
        """Return the facts of a file as they are."""
        if path not in self._now:
            self._now[path] = _contents(path, self.facts[path])
        return self._now[path]


def _contents(path: str, facts: Facts) -> Contents:
    def body(function: FunctionSymbol) -> object:
        try:
            return facts.bodies.functions[function.index]
        except LookupError:
            return None

    return Contents(build_module(path, "", facts.interface), body)
