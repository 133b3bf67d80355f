"""What the whole project ever gives a column: every value, as far as all of them are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ormlint.index.symbols import ClassSymbol
from ormlint.semantic import types as t
from ormlint.semantic.events import AttributeStore, ColumnWrite, ConstructorCall
from ormlint.semantic.records import FunctionRecord


@dataclass(eq=False, slots=True)
class Written:
    """The values given to one column by name. `sites` are the writes that are surely to this column."""

    sites: list[ColumnWrite] = field(default_factory=list)
    loose: set[t.Type] = field(default_factory=set)  # given to this name on objects that are not known
    is_open: bool = False  # something writes it that is not seen

    def values(self) -> list[t.Type]:
        """Return all that is given to the column, each once."""
        found: dict[t.Type, None] = {}
        for kind in (*(site.type for site in self.sites), *sorted(self.loose, key=repr)):
            found.update(dict.fromkeys(t.members(kind)))
        return list(found)


class FileWrites:
    """What the bodies of one file write, as far as other files ask for it."""

    def __init__(self, records: Iterable[FunctionRecord]) -> None:
        self.sites: dict[str, list[ColumnWrite]] = {}  # by attribute
        self.loose: dict[str, set[t.Type]] = {}
        self.opened: set[ClassSymbol | None] = set()
        self.changed: set[tuple[ClassSymbol, str]] = set()  # (class, attribute) set to what is not seen
        self.constructed: set[ClassSymbol] = set()
        for record in records:
            self.opened |= record.opened
            for name, kinds in record.loose.items():
                self.loose.setdefault(name, set()).update(kinds)
            for event in record.events:
                self._read(event)

    @property
    def names(self) -> list[str]:
        """The attributes that are written, in order."""
        return sorted({*self.sites, *self.loose})

    def _read(self, event: object) -> None:
        if isinstance(event, ColumnWrite):
            self.sites.setdefault(event.attribute.name, []).append(event)
        elif isinstance(event, AttributeStore) and event.value is None:
            for model in event.models:
                attribute = model.attributes.get(event.name)
                if attribute is not None:
                    self.changed.add((attribute.owner or model.symbol, attribute.name))
        elif isinstance(event, ConstructorCall):
            self.constructed.add(event.mapped.symbol)
            if not event.is_complete:
                self.opened.add(event.mapped.symbol)
