"""Completion: keywords of a model's constructor, attributes of a model and of its instances, members of enums.

A half-typed line is no Python yet. What is called or asked for by its name is read from the text before the cursor, and
looked up in the last state of the project; for the rest the function is read again, with the line as if finished.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsprotocol import types as lsp

from ormlint.index.card_text import attribute_line
from ormlint.index.enums import EnumClass, EnumColumn
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol, Module
from ormlint.linting.imports import spelling
from ormlint.lsp import asking
from ormlint.lsp.lookup import model_named
from ormlint.lsp.positions import Encoding, to_position
from ormlint.lsp.session import State
from ormlint.lsp.unfinished import REACH, blanked, open_string, receiver
from ormlint.semantic import types as t
from ormlint.text import SourceText

_CALLED = re.compile(r"([A-Za-z_][\w.]*)\s*\Z")
_KEYWORD_START = re.compile(r"(?:^|,)\s*\w*\Z")
_GIVEN = re.compile(r"\b(\w+)\s*=(?!=)")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.]*)\.\w*\Z")
_VALUE_START = re.compile(r"(?:[=!]=|=)[ \t]*(?P<typed>\w*)\Z")
_WORD = re.compile(r"\A\w*")
_PAIRS = {")": "(", "]": "[", "}": "{"}
TRIGGERS = ("(", ",", ".", " ", "=", '"', "'")


@dataclass(frozen=True)
class Place:
    """The text around the cursor, and how the client counts in it."""

    path: str
    before: str
    after: str
    encoding: Encoding

    def range(self, start: int, length: int = 0) -> lsp.Range:
        """Return the range from a character before the cursor to `length` characters behind it."""
        source = SourceText(f"{self.before}{self.after}".encode("utf-8", "replace"))
        offsets = (start, len(self.before) + length)
        places = (len((self.before + self.after)[:offset].encode("utf-8", "replace")) for offset in offsets)
        first, last = (to_position(source.lines, place, self.encoding) for place in places)
        return lsp.Range(first, last)


def completions(state: State, place: Place) -> list[lsp.CompletionItem]:
    """Return what fits at the cursor."""
    string = open_string(place.before)
    if string is not None:
        return _in_string(state, place, *string)
    before = blanked(place.before[-REACH:])
    attribute = _ATTRIBUTE.search(before)
    if attribute is not None:
        mapped = model_named(state, place.path, attribute[1])
        if mapped is not None:
            return [*_items(state, mapped, "", set(mapped.attributes))]
    start = receiver(place.before)
    if start is not None:
        return _attributes(state, place, start)
    value = _VALUE_START.search(before)
    if value is not None:
        return _values(state, place, len(place.before) - len(value["typed"]))
    return _keywords(state, place.path, before)


# -- attributes


def _attributes(state: State, place: Place, start: int) -> list[lsp.CompletionItem]:
    """Return the attributes of what stands before the dot, by its type."""
    expression = place.before[: place.before.rindex(".")]
    kind = asking.type_of(state, place.path, expression, start, _WORD.sub("", place.after, count=1))
    index = state.analysis.index
    items: dict[str, lsp.CompletionItem] = {}
    for member in t.members(kind) if kind is not None else ():
        if not isinstance(member, (t.Instance, t.ClassType, t.Aliased)):
            continue
        mapped = index.mapped_of(member.cls)
        enum = index.enum_of(member.cls) if isinstance(member, t.ClassType) else None
        found = _items(state, mapped, "", set(mapped.attributes)) if mapped is not None else _enum_names(enum)
        for item in found:
            items.setdefault(item.label, item)
    return list(items.values())


def _enum_names(enum: EnumClass | None) -> Iterator[lsp.CompletionItem]:
    if enum is not None:
        for name, value in enum.members.items():
            detail = f"{enum.name}.{name} = {value!r}"
            yield lsp.CompletionItem(label=name, kind=lsp.CompletionItemKind.EnumMember, detail=detail)


# -- enums


def _in_string(state: State, place: Place, start: int, quote: str) -> list[lsp.CompletionItem]:
    """Return what a string that meets an enum column can be: a member in its place, or a label in it."""
    typed = place.before[start + 1 :]
    closed = place.after.startswith(quote)
    after = place.after[1:] if closed else place.after
    enum = asking.enum_of(state, place.path, place.before, start, f"{quote}{typed}{quote}", after)
    if enum is None:
        return []
    if enum.enum is not None:
        return _members(state, place, enum.enum, place.range(start, int(closed)), quote)
    where = place.range(start + 1)
    return [
        lsp.CompletionItem(
            label=label,
            kind=lsp.CompletionItemKind.EnumMember,
            sort_text=f"{number:03}",
            text_edit=lsp.TextEdit(where, label),
        )
        for number, label in enumerate(enum.labels or ())
    ]


def _values(state: State, place: Place, start: int) -> list[lsp.CompletionItem]:
    """Return what can be given to an enum column, or compared with it, where nothing but a name is begun."""
    enum: EnumColumn | None = asking.enum_of(state, place.path, place.before, start, '""', place.after)
    if enum is None:
        return []
    where = place.range(start)
    if enum.enum is not None:
        return _members(state, place, enum.enum, where, "")
    return [
        lsp.CompletionItem(
            label=f'"{label}"',
            kind=lsp.CompletionItemKind.EnumMember,
            sort_text=f"{number:03}",
            filter_text=label,
            text_edit=lsp.TextEdit(where, f'"{label}"'),
        )
        for number, label in enumerate(enum.labels or ())
    ]


def _members(state: State, place: Place, enum: EnumClass, where: lsp.Range, quote: str) -> list[lsp.CompletionItem]:
    """Return the members of an enum, written as the file writes the class; with the import where it lacks one."""
    module = state.analysis.index.modules.get(place.path)
    written = _written(state, module, enum.symbol, place) if module is not None else None
    if written is None:
        return []
    name, imported = written
    return [
        lsp.CompletionItem(
            label=f"{name}.{member}",
            kind=lsp.CompletionItemKind.EnumMember,
            detail=f"{enum.name}.{member} = {value!r}",
            sort_text=f"{number:03}",
            # What is typed may be the start of the member's name or of its value.
            filter_text=f"{quote}{member} {value}" if quote else f"{name}.{member}",
            text_edit=lsp.TextEdit(where, f"{name}.{member}"),
            additional_text_edits=list(imported) or None,
        )
        for number, (member, value) in enumerate(enum.members.items())
        if member not in enum.aliases
    ]


def _written(
    state: State, module: Module, symbol: ClassSymbol, place: Place
) -> tuple[str, tuple[lsp.TextEdit, ...]] | None:
    """Return how a file writes a class, and the edits that import it; None where no file shows from where."""
    index = state.analysis.index
    for name in module.scope:
        found = index.resolver.name(module, name)
        if found is symbol:
            return name, ()
    for name in module.scope:
        if index.resolver.attribute(index.resolver.name(module, name), symbol.name) is symbol:
            return f"{name}.{symbol.name}", ()
    source = spelling(index, module, symbol)
    if source is None or symbol.name in module.scope:
        return None
    row = _row_for_import(place.before)
    where = lsp.Range(lsp.Position(row, 0), lsp.Position(row, 0))
    return symbol.name, (lsp.TextEdit(where, f"from {source[0]} import {symbol.name}\n"),)


def _row_for_import(before: str) -> int:
    """Return the row, from 0, behind the last import that begins a line and ends on it; rows end as clients count."""
    lines = re.split(r"\r\n|\r|\n", before)
    last = 0
    for row, line in enumerate(lines):
        if re.match(r"(?:from|import)\s", line):
            last = row + 1
            if "(" in line and ")" not in line:
                last = next((end + 1 for end in range(row, len(lines)) if lines[end].startswith(")")), last)
        elif re.match(r"(?:class|def|async|@)", line):
            break
    return last


# -- keywords


def _keywords(state: State, path: str, before: str) -> list[lsp.CompletionItem]:
    """Return the keywords of the constructor whose call is open."""
    opened = _open_call(before)
    if opened is None:
        return []
    called, arguments = before[:opened], before[opened + 1 :]
    name = _CALLED.search(called)
    if name is None or not _KEYWORD_START.search(_own(arguments)):
        return []
    mapped = model_named(state, path, name[1])
    if mapped is None:
        return []
    given = set(_GIVEN.findall(_own(arguments)))
    constructor = mapped.constructor
    accepted = set(constructor.accepted) if constructor.accepted is not None else set(mapped.attributes)
    return [*_items(state, mapped, "=", accepted - given)]


def _open_call(text: str) -> int | None:
    """Return where the innermost open parenthesis stands."""
    closed: list[str] = []
    for place in range(len(text) - 1, -1, -1):
        char = text[place]
        if char in _PAIRS:
            closed.append(_PAIRS[char])
        elif char in "([{":
            if not closed:
                return place if char == "(" else None
            if closed.pop() != char:
                return None
    return None


def _own(arguments: str) -> str:
    """Return arguments without what stands in brackets inside them."""
    depth = 0
    kept: list[str] = []
    for char in arguments:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def _items(state: State, mapped: MappedClass, suffix: str, names: Iterable[str]) -> Iterator[lsp.CompletionItem]:
    shown = state.card(mapped)["attributes"]
    for name, attribute in shown.items():
        kind = attribute["kind"]
        if name not in names or name.startswith("_") or kind in ("unknown",):
            continue
        if suffix and kind in ("method", "plain", "property"):
            continue
        is_filled = any(attribute.get(key) for key in ("server_managed", "default", "primary_key"))
        needed = kind == "column" and attribute.get("nullable") is False and not is_filled
        yield lsp.CompletionItem(
            label=f"{name}{suffix}",
            kind=lsp.CompletionItemKind.Method if kind == "method" else lsp.CompletionItemKind.Field,
            detail=attribute_line(name, attribute),
            # What a row cannot be without comes first.
            sort_text=f"{0 if needed else 1}{name}",
            insert_text=f"{name}{suffix}",
        )
