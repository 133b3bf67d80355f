"""What the whole project ever gives a column: every value, as far as all of them are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ormlint.index.model import MappedClass, ModelAttribute
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


class WrittenColumns:
    """Answers what is written to a column, over all records."""

    def __init__(self, records: Iterable[FunctionRecord]) -> None:
        self.sites: dict[tuple[str, str], list[ColumnWrite]] = {}
        self.loose: dict[str, set[t.Type]] = {}
        self.opened: set[str] = set()  # keys of classes
        self.changed: set[tuple[str, str]] = set()  # (class, attribute) set to what is not seen
        self.constructed: set[str] = set()
        for record in records:
            self.opened |= record.opened
            for name, kinds in record.loose.items():
                self.loose.setdefault(name, set()).update(kinds)
            for event in record.events:
                self._read(event)

    def _read(self, event: object) -> None:
        if isinstance(event, ColumnWrite):
            self.sites.setdefault(_key(event.mapped, event.attribute), []).append(event)
        elif isinstance(event, AttributeStore) and event.value is None:
            for model in event.models:
                attribute = model.attributes.get(event.name)
                if attribute is not None:
                    self.changed.add(_key(model, attribute))
        elif isinstance(event, ConstructorCall):
            self.constructed.add(event.mapped.symbol.key)
            if not event.is_complete:
                self.opened.add(event.mapped.symbol.key)

    def of(self, family: Iterable[ClassSymbol], mapped: MappedClass, attribute: ModelAttribute) -> Written:
        """Return what is written to an attribute; `family` are the classes whose instances have it."""
        key = _key(mapped, attribute)
        is_open = "*" in self.opened or key in self.changed or any(item.key in self.opened for item in family)
        return Written(self.sites.get(key, []), self.loose.get(attribute.name, set()), is_open)


def _key(mapped: MappedClass, attribute: ModelAttribute) -> tuple[str, str]:
    return (attribute.owner or mapped.symbol).key, attribute.name
