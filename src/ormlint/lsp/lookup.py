"""What stands at a place of a file: a rule's code in a suppression, a model, an attribute of one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ormlint.checker.registry import load_rules
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol
from ormlint.linting.rule import Rule
from ormlint.lsp.asking import type_of
from ormlint.lsp.session import State
from ormlint.lsp.unfinished import receiver
from ormlint.semantic import types as t
from ormlint.semantic.events import AttributeStore, ConstructorCall
from ormlint.text import Range

_WORD = re.compile(rb"[\w-]+")
_DOTTED = re.compile(rb"[A-Za-z_][\w.]*\Z")
_COMMENT = re.compile(r"#.*\b(?:noqa|ormlint:)")


@dataclass(frozen=True)
class Target:
    """A thing and where its name stands. A model's attribute has both."""

    range: Range
    rule: Rule | None = None
    model: MappedClass | None = None
    attribute: ModelAttribute | None = None


def target_at(state: State, path: str, offset: int) -> Target | None:
    """Return what stands at a byte offset, or None."""
    source = state.source(path)
    if source is None:
        return None
    where = _word(source.data, offset)
    if where is None:
        return None
    word = source.data[where.start : where.end].decode("utf-8", "replace")
    line = source.lines.line(source.lines.row(offset))
    if _COMMENT.search(line):
        for rule in load_rules().values():
            if word.upper() == rule.code or word == rule.name:
                return Target(where, rule=rule)
    word_range = _name(source.data, where, offset)
    name = source.data[word_range.start : word_range.end].decode("utf-8", "replace")
    return (
        _declared(state, path, word_range, name)
        or _used(state, path, word_range, name)
        or _named(state, path, source.data, word_range)
        or _read(state, path, source.data, word_range, name)
    )


def _word(data: bytes, offset: int) -> Range | None:
    start = data.rfind(b"\n", 0, offset) + 1
    for match in _WORD.finditer(data, start):
        if match.start() > offset:
            return None
        if offset <= match.end():
            return Range(match.start(), match.end())
    return None


def _name(data: bytes, where: Range, offset: int) -> Range:
    """Narrow a word with hyphens to the name around the offset."""
    text = data[where.start : where.end]
    before = text.rfind(b"-", 0, offset - where.start) + 1
    after = text.find(b"-", offset - where.start)
    return Range(where.start + before, where.end if after < 0 else where.start + after)


def _declared(state: State, path: str, where: Range, name: str) -> Target | None:
    for mapped in state.analysis.index.mapped.values():
        if mapped.symbol.module.path != path:
            continue
        facts = mapped.symbol.facts
        if facts.name_range == where:
            return Target(where, model=mapped)
        attribute = mapped.attributes.get(name)
        if attribute is not None and attribute.owner is mapped.symbol and facts.start <= where.start < facts.end:
            if attribute.range.start <= where.start < attribute.range.end:
                return Target(where, model=mapped, attribute=attribute)
    return None


def _used(state: State, path: str, where: Range, name: str) -> Target | None:
    """Find a keyword of a constructor or an attribute that is set, where the interpreter saw one."""
    for record in state.records(path):
        for event in record.events:
            if isinstance(event, ConstructorCall):
                for keyword in event.keywords:
                    if keyword.name == name and keyword.node.start == where.start:
                        return Target(where, model=event.mapped, attribute=event.mapped.attributes.get(name))
            elif isinstance(event, AttributeStore) and event.name == name and event.place.range.end == where.end:
                for mapped in event.models:
                    if name in mapped.attributes:
                        return Target(where, model=mapped, attribute=mapped.attributes[name])
    return None


def _named(state: State, path: str, data: bytes, where: Range) -> Target | None:
    """Find a model by its name, or `Model.attribute`."""
    match = _DOTTED.search(data[: where.end].rsplit(b"\n", 1)[-1])
    if match is None:
        return None
    parts = match.group().decode("utf-8", "replace").split(".")
    mapped = model_named(state, path, ".".join(parts))
    if mapped is not None:
        return Target(where, model=mapped)
    if len(parts) > 1:
        mapped = model_named(state, path, ".".join(parts[:-1]))
        if mapped is not None and parts[-1] in mapped.attributes:
            return Target(where, model=mapped, attribute=mapped.attributes[parts[-1]])
    return None


def _read(state: State, path: str, data: bytes, where: Range, name: str) -> Target | None:
    """Find an attribute that is read on an instance, by the type of what stands before the dot."""
    before = data[: where.end].decode("utf-8", "replace")
    start = receiver(before)
    if start is None:
        return None
    after = data[where.end :].decode("utf-8", "replace")
    kind = type_of(state, path, before[: before.rindex(".")], start, after)
    for member in t.members(kind) if kind is not None else ():
        if isinstance(member, (t.Instance, t.ClassType, t.Aliased)):
            mapped = state.analysis.index.mapped_of(member.cls)
            if mapped is not None and name in mapped.attributes:
                return Target(where, model=mapped, attribute=mapped.attributes[name])
    return None


def model_named(state: State, path: str, dotted: str) -> MappedClass | None:
    """Return the mapped class that a dotted name means at the top level of a file."""
    index = state.analysis.index
    module = index.modules.get(path)
    if module is None:
        return None
    first, *rest = dotted.split(".")
    symbol = index.resolver.name(module, first)
    for part in rest:
        symbol = index.resolver.attribute(symbol, part)
    return index.mapped_of(symbol) if isinstance(symbol, ClassSymbol) else None
