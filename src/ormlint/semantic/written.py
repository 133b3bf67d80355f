"""What the whole project ever gives a column: every value, as far as all of them are known.

What a file's bodies give is put together as plain data first (`writes_of`), so that it can be kept with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from ormlint.semantic import types as t
from ormlint.semantic.events import AttributeStore, ColumnWrite, ConstructorCall
from ormlint.text import Range

if TYPE_CHECKING:
    from ormlint.index.idents import Idents
    from ormlint.index.model import MappedClass, ModelAttribute
    from ormlint.semantic.records import FunctionRecord

ANY = "*"
# What a value is: a string, None, or anything else.
STRING, NONE, OTHER = "s", "n", "o"


class Value(msgspec.Struct, array_like=True, frozen=True):
    """One value given to a column or a name; `text` where it is a string."""

    kind: str
    text: str = ""


class Site(msgspec.Struct, array_like=True, frozen=True):
    """A write that is surely to a column. `column` is its class's name in `Idents` and its own.

    `values` are what it may give.
    """

    column: tuple[str, str]
    values: tuple[Value, ...]
    path: str
    start: int
    end: int

    @property
    def range(self) -> Range:
        """Where the value stands."""
        return Range(self.start, self.end)


class FileWrites(msgspec.Struct, array_like=True, frozen=True):
    """What the bodies of a file give columns."""

    sites: tuple[Site, ...] = ()
    loose: tuple[tuple[str, Value], ...] = ()  # given to a name on objects that are not known
    opened: tuple[str, ...] = ()  # classes, by their names in `Idents`, that are written by names not seen; "*" for any
    changed: tuple[tuple[str, str], ...] = ()  # columns set to what is not seen
    constructed: tuple[str, ...] = ()  # classes


def writes_of(records: Iterable[FunctionRecord], idents: Idents) -> FileWrites:
    """Return what some records give columns."""
    sites: list[Site] = []
    loose: set[tuple[str, Value]] = set()
    opened: set[str] = set()
    changed: set[tuple[str, str]] = set()
    constructed: set[str] = set()
    for record in records:
        opened.update(idents.of(symbol) if symbol is not None else ANY for symbol in record.opened)
        for name, kinds in record.loose.items():
            loose.update((name, value) for kind in kinds for value in _values(kind, None))
        for event in record.events:
            if isinstance(event, ColumnWrite):
                values = tuple(_values(event.type, event.attribute))
                where = event.value.range
                column = _key(event.mapped, event.attribute, idents)
                sites.append(Site(column, values, record.module.path, where.start, where.end))
            elif isinstance(event, AttributeStore) and event.value is None:
                for model in event.models:
                    attribute = model.attributes.get(event.name)
                    if attribute is not None:
                        changed.add(_key(model, attribute, idents))
            elif isinstance(event, ConstructorCall):
                constructed.add(idents.of(event.mapped.symbol))
                if not event.is_complete:
                    opened.add(idents.of(event.mapped.symbol))
    return FileWrites(
        tuple(sites),
        tuple(sorted(loose, key=lambda item: (item[0], item[1].kind, item[1].text))),
        tuple(sorted(opened)),
        tuple(sorted(changed)),
        tuple(sorted(constructed)),
    )


def _values(kind: t.Type, own: ModelAttribute | None) -> Iterator[Value]:
    for member in t.members(kind):
        if isinstance(member, t.Literal) and isinstance(member.value, str):
            yield Value(STRING, member.value)
        elif isinstance(member, t.NoneType):
            yield Value(NONE)
        elif not (own is not None and isinstance(member, t.Loaded) and member.attribute is own):
            yield Value(OTHER)


@dataclass(eq=False, slots=True)
class Written:
    """The values given to one column by name. `sites` are the writes that are surely to this column."""

    sites: list[Site] = field(default_factory=list)
    loose: set[Value] = field(default_factory=set)
    is_open: bool = False  # something writes it that is not seen


class WrittenColumns:
    """Answers what is written to a column, over all files."""

    def __init__(self, files: Iterable[FileWrites], idents: Idents) -> None:
        self.idents = idents
        self.sites: dict[tuple[str, str], list[Site]] = {}
        self.loose: dict[str, set[Value]] = {}
        self.opened: set[str] = set()
        self.changed: set[tuple[str, str]] = set()
        self.constructed: set[str] = set()
        for file in files:
            for site in file.sites:
                self.sites.setdefault(site.column, []).append(site)
            for name, value in file.loose:
                self.loose.setdefault(name, set()).add(value)
            self.opened.update(file.opened)
            self.changed.update(file.changed)
            self.constructed.update(file.constructed)

    def of(self, family: Iterable[str], mapped: MappedClass, attribute: ModelAttribute) -> Written:
        """Return what is written to an attribute; `family` are the classes whose instances have it."""
        key = _key(mapped, attribute, self.idents)
        is_open = ANY in self.opened or key in self.changed or not self.opened.isdisjoint(family)
        return Written(self.sites.get(key, []), self.loose.get(attribute.name, set()), is_open)


def _key(mapped: MappedClass, attribute: ModelAttribute, idents: Idents) -> tuple[str, str]:
    return idents.of(attribute.owner or mapped.symbol), attribute.name
