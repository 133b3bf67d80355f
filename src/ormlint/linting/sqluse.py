"""What the rules about SQL text share: its readings, the project's tables, and places in the string."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from ormlint.diagnostics import Fix
from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.tables import KnownTable
from ormlint.index.vocabulary.others import ALEMBIC_VERSION_TABLE
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context
from ormlint.linting.sqltext import SqlReading, TableUse, read_sql
from ormlint.text import Range

# Revisions, their helpers and their tests: the tables they name are those of their own time.
_MIGRATION = re.compile(r"(?:^|[/_])(?:migrations?|alembic|versions)(?:[/_.]|$)")

T = TypeVar("T", bound=Hashable)


def readings(context: Context, subject: subjects.SqlText) -> list[SqlReading]:
    """Return what the project's databases read in a text.

    Empty for revisions, whose tables are those of their own time, and where no table of the project is mentioned.
    """
    if context.module.has("down_revision") or _MIGRATION.search(context.module.path):
        return []
    lowered = subject.text.lower()
    if not any(name in lowered for name in context.index.tables.by_name):
        return []
    return read_sql(subject.text, context.settings.dialects)


def agreed(found: list[SqlReading], select: Callable[[SqlReading], Iterable[T]]) -> list[T]:
    """Return what `select` finds in every reading, in the order of the first."""
    if not found:
        return []
    first, *others = ([*select(reading)] for reading in found)
    kept = [set(other) for other in others]
    return [item for item in dict.fromkeys(first) if all(item in other for other in kept)]


def table_of(context: Context, use: TableUse) -> KnownTable | None:
    """Return the project's table that is meant, or None."""
    name = use.name.lower()
    if name == ALEMBIC_VERSION_TABLE:
        return None  # a project may have a model of a part of it, or a stand-in in its tests
    return context.index.tables.by_name.get(name)


def may_be_created(context: Context, name: str) -> bool:
    """Tell whether a table that no model declares may be there: some string of the project names or creates it."""
    pattern = re.compile(rf"\bcreate\b[^;]*?\b(?:table|view)\b[^;(]*?\b{re.escape(name)}\b", re.IGNORECASE)
    for module in context.index.modules.values():
        bodies = [module.interface.body, *(context.index.body(function) for function in module.functions)]
        for body in bodies:
            for node in walk_nodes(body):
                if isinstance(node, e.Str) and (node.value.lower() == name.lower() or pattern.search(node.value)):
                    return True
    return False


def place(context: Context, subject: subjects.SqlText, start: int, end: int) -> Range:
    """Return where code points `start` to `end` of the text stand in the file, or the whole string."""
    if start >= 0:
        offset = 0
        for text, expr in subject.pieces:
            if start < offset + len(text):
                return _inside(context.data, text, expr.range, start - offset, end - offset) or expr.range
            offset += len(text)
    return subject.argument.range


def respelling(context: Context, where: Range, word: str, meant: str | None) -> Fix | None:
    """Return the fix that writes another word in SQL, where the place is just this word."""
    if not meant or context.data[where.start : where.end] != word.encode():
        return None
    return fixes.fix(f"Use `{meant}`", fixes.rename(where, meant), safe=False)


def _inside(data: bytes, text: str, where: Range, start: int, end: int) -> Range | None:
    """Find a word of a literal in its source: the n-th time that it stands in the one it does in the other."""
    word = text[start:end].encode()
    source = data[where.start : where.end]
    if not word or source.count(word) != text.encode().count(word):
        return None
    position = -1
    for _ in range(text[:start].encode().count(word) + 1):
        position = source.find(word, position + 1 if position < 0 else position + len(word))
    begin = where.start + position
    return Range(begin, begin + len(word))
