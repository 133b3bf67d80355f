"""A replayed schema against a reflected one, counted column by column."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ormlint.index.vocabulary.others import ALEMBIC_VERSION_TABLE
from ormlint.schema.replay.run import Replay
from ormlint.schema.replay.simulated import Default, SimColumn, SimTable
from ormlint.schema.replay.values import Unknown


@dataclass
class Score:
    """How a replay did. A part that is unknown is counted apart from one that is wrong."""

    tables: Counter[str] = field(default_factory=Counter)
    columns: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    nullable: Counter[str] = field(default_factory=Counter)
    defaults: Counter[str] = field(default_factory=Counter)
    enums: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)
    unique: Counter[str] = field(default_factory=Counter)
    indexes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)  # reason → columns

    def note(self, counter: Counter[str], kind: str, what: str) -> None:
        """Count one, and keep what is wrong."""
        counter[kind] += 1
        if kind in ("wrong", "missing", "extra"):
            self.wrong.append(f"{kind}: {what}")


def compare(replay: Replay, answer: dict[str, Any], left_out: tuple[str, ...] = ()) -> Score:
    """Compare all tables."""
    score = Score()
    theirs = {
        name: table
        for name, table in answer["tables"].items()
        if not name.endswith(ALEMBIC_VERSION_TABLE) and not name.startswith(left_out or ("\0",))
    }
    mine = {name: table for name, table in replay.schema.tables.items() if not name.startswith(left_out or ("\0",))}
    for name, table in theirs.items():
        own = mine.get(name)
        if own is None:
            reason = replay.schema.open
            score.note(score.tables, "unknown" if reason else "missing", f"table {name}")
            for column in table["columns"]:
                score.note(score.columns, "unknown" if reason else "missing", f"{name}.{column}")
                score.unknown[reason or ""] += bool(reason)
            continue
        score.note(score.tables, "unknown" if own.maybe or own.baseline else "right", name)
        _columns(score, replay, name, own, table["columns"], answer["static"].get(name, {}))
        if not own.open and not own.maybe:
            _constraints(score, name, own, table)
    for name, own in mine.items():
        if name not in theirs:
            score.note(score.tables, "unknown" if own.maybe or own.baseline else "extra", f"table {name}")
    for name, labels in answer["enums"].items():
        enum = replay.schema.enums.get(name)
        known = enum.labels if enum is not None else None
        kind = "unknown" if known is None and (enum is not None or replay.schema.open) else "wrong"
        score.note(score.enums, "right" if known == labels else kind, f"enum {name}: {known}, is {labels}")
    for name in replay.schema.enums:
        if answer["enums"] and name not in answer["enums"]:
            score.note(score.enums, "extra", f"enum {name}")
    return score


def _columns(
    score: Score, replay: Replay, name: str, own: SimTable, theirs: dict[str, Any], static: dict[str, Any]
) -> None:
    for column, real in theirs.items():
        what = f"{name}.{column}"
        mine = own.columns.get(column)
        reason = own.open or own.maybe or (mine.maybe if mine is not None else None)
        if mine is None or mine.maybe:
            score.note(score.columns, "unknown" if reason else "missing", what)
            score.unknown[reason or ""] += bool(reason)
            continue
        score.note(score.columns, "right", what)
        _type(score, what, mine, real, static.get(column, [None, "not compiled"]))
        if isinstance(mine.nullable, Unknown):
            score.note(score.nullable, "unknown", what)
            score.unknown[f"nullable: {mine.nullable.reason}"] += 1
        else:
            kind = "right" if mine.nullable is real["nullable"] or _is_row_id(mine, real) else "wrong"
            score.note(score.nullable, kind, f"{what}: nullable {mine.nullable}")
        _default(score, what, mine, real, static.get(column, [None, None]))
    for column, mine in own.columns.items():
        if column not in theirs:
            score.note(score.columns, "unknown" if mine.maybe or own.maybe else "extra", f"{name}.{column}")


def _is_row_id(mine: SimColumn, real: dict[str, Any]) -> bool:
    """Tell whether it is SQLite's own notion of a primary key, which reflection shows as nullable."""
    return mine.primary_key and real["type"].upper() == real["type"]


def _type(score: Score, what: str, mine: SimColumn, real: dict[str, Any], static: list[Any]) -> None:
    if isinstance(mine.type, Unknown):
        score.note(score.types, "unknown", what)
        score.unknown[f"type: {mine.type.reason}"] += 1
        return
    right = static[0] == real["type"] and mine.enum == real["enum"]
    found = static[0] if static[0] is not None else f"{mine.type!r} ({static[1]})"
    score.note(score.types, "right" if right else "wrong", f"{what}: type {found} {mine.enum}, is {real['type']}")


def _default(score: Score, what: str, mine: SimColumn, real: dict[str, Any], static: list[Any]) -> None:
    if isinstance(mine.default, Unknown):
        score.note(score.defaults, "unknown", what)
        score.unknown[f"default: {mine.default.reason}"] += 1
        return
    has = real["default"] is not None or bool(real["special"])
    if (real["default"] or "").startswith("nextval(") or real["special"]:
        neutral = mine.default is None or mine.default.is_neutral
        score.note(score.defaults, "right" if neutral else "wrong", f"{what}: default {mine.default}")
        return
    if (mine.default is not None) is not has and not (isinstance(mine.default, Default) and mine.default.is_neutral):
        score.note(score.defaults, "wrong", f"{what}: default {mine.default}, is {real['default']}")
        return
    alike = not has or _without_casts(static[1]) == _without_casts(real["default"])
    score.note(score.defaults, "right" if alike else "spelled", what)
    if not alike:
        score.wrong.append(f"spelled: {what}: default {static[1]}, is {real['default']}")


def _without_casts(text: str | None) -> str:
    """Return a default without PostgreSQL's casts: they tell what the column's type was at the time."""
    return re.sub(r"::[a-z][a-z ]*(?:\(\d+\))?(?:\[\])?", "", text or "")


def _constraints(score: Score, name: str, own: SimTable, table: dict[str, Any]) -> None:
    kinds = {"foreign": ("f", score.foreign), "unique": ("u", score.unique)}
    named = any(called is not None for _, called, *_ in table["constraints"])
    for kind, (letter, counter) in kinds.items():
        mine = Counter(
            (item.columns, item.target, item.target_columns, item.name if named else None)
            for item in own.constraints
            if item.kind == kind
        )
        theirs = Counter(
            (tuple(columns), target, tuple(remote), called)
            for found, called, columns, target, remote, _ in table["constraints"]
            if found == letter
        )
        if kind == "unique":  # a database keeps one of those that say the same, or all: it makes no difference
            mine, theirs = Counter(set(mine)), Counter(set(theirs))
        if kind in own.unsure:
            counter["unknown"] += theirs.total()
            continue
        _count(score, counter, f"{kind} of {name}", mine, theirs)
    if "index" in own.unsure:
        score.indexes["unknown"] += len(table["indexes"])
        return
    mine_indexes = Counter((item.name, item.columns, item.unique) for item in own.constraints if item.kind == "index")
    their_indexes = Counter(
        (index, tuple(column for column in columns if column), unique) for index, columns, unique in table["indexes"]
    )
    _count(score, score.indexes, f"index of {name}", mine_indexes, their_indexes)


def _count(score: Score, counter: Counter[str], what: str, mine: Counter[Any], theirs: Counter[Any]) -> None:
    counter["right"] += (mine & theirs).total()
    for key in (theirs - mine).elements():
        score.note(counter, "missing", f"{what}: {key}")
    for key in (mine - theirs).elements():
        score.note(counter, "extra", f"{what}: {key}")
