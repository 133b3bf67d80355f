"""What is known at a place of a text that is being typed: one function is read again, as it would be when finished."""

from __future__ import annotations

from collections.abc import Iterable

from ormlint.index.enums import EnumColumn
from ormlint.lsp.session import State
from ormlint.lsp.unfinished import Variant, variants
from ormlint.semantic import types as t
from ormlint.semantic.asking import records_around
from ormlint.semantic.events import EnumOperand, Reveal
from ormlint.semantic.records import FunctionRecord
from ormlint.syntax import lower_parsed, parse_module
from ormlint.text import SourceText


def type_of(state: State, path: str, before: str, start: int, after: str) -> t.Type | None:
    """Return the type of the expression `before[start:]`; `after` is what stands behind it, or is left of it."""
    return _revealed(state, path, variants(before, start, f"reveal_type({before[start:]})", after))


def enum_of(state: State, path: str, before: str, start: int, written: str, after: str) -> EnumColumn | None:
    """Return the enum of the column that a string meets, which stands as `written` in place of `before[start:]`."""
    for variant in variants(before, start, written, after):
        records = _records(state, path, variant)
        if records is None:
            continue
        for record in records:
            for event in record.events:
                if isinstance(event, EnumOperand) and event.node.start <= variant.offset < event.node.end:
                    return event.enum
        if records:
            return None
    return None


def _revealed(state: State, path: str, texts: Iterable[Variant]) -> t.Type | None:
    for variant in texts:
        for record in _records(state, path, variant) or ():
            for event in record.events:
                if isinstance(event, Reveal) and event.node.start == variant.offset:
                    return event.type
    return None


def _records(state: State, path: str, variant: Variant) -> list[FunctionRecord] | None:
    """Return what is seen around a place; None when the text is no Python there."""
    source = SourceText(variant.text.encode("utf-8", "replace"))
    facts = lower_parsed(parse_module(source))
    start, end = source.lines.span(source.lines.row(variant.offset))
    if any(problem.start < end and start < problem.end for problem in facts.interface.problems):
        return None
    return records_around(state.analysis.model, path, facts, variant.offset)
