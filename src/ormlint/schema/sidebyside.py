"""Two schemas side by side, table by table and column by column: what `schema --diff` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One difference. `sign`: "+" only the models have it, "-" only the migrations, "~" both, "?" not compared."""

    sign: str
    table: str
    what: str  # a column, an index, a constraint, or empty for the table itself
    models: str = ""
    migrations: str = ""

    def __str__(self) -> str:
        name = f"{self.table}.{self.what}" if self.what else self.table
        if self.sign == "~":
            return f"~ {name}: {self.models} in the models, {self.migrations} in the migrations"
        shown = self.models or self.migrations
        return f"{self.sign} {name}{': ' if shown else ''}{shown}"


def differences(models: dict[str, Any], migrations: dict[str, Any]) -> list[Line]:
    """Compare two schemas as `as_data` gives them; what is not known of one side is told and not compared."""
    ours, theirs = models["tables"], migrations["tables"]
    lines: list[Line] = []
    for name in sorted({*ours, *theirs}):
        if name not in theirs:
            if migrations.get("open"):
                lines.append(Line("?", name, "", migrations=migrations["open"]))
            else:
                lines.append(Line("+", name, ""))
        elif name not in ours:
            lines.append(Line("-", name, ""))
        else:
            lines.extend(_table(name, ours[name], theirs[name]))
    return lines


def _table(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Line]:
    for side, data in (("models", ours), ("migrations", theirs)):
        if data["open"]:
            yield Line("?", name, "", **{side: data["open"]})
    for column in dict.fromkeys((*ours["columns"], *theirs["columns"])):
        mine, other = ours["columns"].get(column), theirs["columns"].get(column)
        if mine is None:
            if not ours["open"]:
                yield Line("-", name, column, migrations=_shown(other))
        elif other is None:
            if not theirs["open"]:
                yield Line("+", name, column, models=_shown(mine))
        else:
            yield from _column(name, column, mine, other, {**ours["unknown"], **theirs["unknown"]})
    if ours["open"] or theirs["open"]:
        return
    yield from _named(name, "index", ours["indexes"], theirs["indexes"], theirs["unsure"].get("index"))
    for kind, letter in (("UniqueConstraint", "unique"), ("ForeignKeyConstraint", "foreign")):
        mine_of, other_of = ([item for item in side["constraints"] if item["type"] == kind] for side in (ours, theirs))
        yield from _unnamed(name, kind, mine_of, other_of, theirs["unsure"].get(letter))


def _column(
    table: str, column: str, mine: dict[str, Any], other: dict[str, Any], unknown: dict[str, str]
) -> Iterator[Line]:
    if column in unknown:
        yield Line("?", table, column, models=unknown[column])
    if mine["type"] and other["type"] and mine["type"] != other["type"] and column not in unknown:
        yield Line("~", table, column, mine["type"], other["type"])
    if column in unknown or mine["primary_key"] or other["primary_key"]:
        return
    if mine["nullable"] is not other["nullable"]:
        words = {True: "nullable", False: "NOT NULL"}
        yield Line("~", table, column, words[mine["nullable"]], words[other["nullable"]])
    if _plain(mine["server_default"]) != _plain(other["server_default"]):
        shown = [
            f"DEFAULT {side['server_default']}" if side["server_default"] else "no default" for side in (mine, other)
        ]
        yield Line("~", table, column, *shown)


def _named(
    table: str, kind: str, ours: list[dict[str, Any]], theirs: list[dict[str, Any]], unsure: str | None
) -> Iterator[Line]:
    mine, other = {item["name"]: item for item in ours}, {item["name"]: item for item in theirs}
    if unsure is not None and mine != other:
        yield Line("?", table, kind, migrations=unsure)
        return
    for name in sorted({*mine, *other}, key=str):
        first, second = mine.get(name), other.get(name)
        if first is None or second is None:
            side = {"models": _columns(first)} if first is not None else {"migrations": _columns(second)}
            yield Line("+" if first is not None else "-", table, f"{kind} {name}", **side)
        elif first != second:
            yield Line("~", table, f"{kind} {name}", _columns(first), _columns(second))


def _unnamed(
    table: str, kind: str, ours: list[dict[str, Any]], theirs: list[dict[str, Any]], unsure: str | None
) -> Iterator[Line]:
    mine, other = ({tuple(item["columns"]) for item in side} for side in (ours, theirs))
    if unsure is not None and mine != other:
        yield Line("?", table, kind, migrations=unsure)
        return
    for columns in sorted(mine ^ other):
        side = {"models" if columns in mine else "migrations": f"({', '.join(columns)})"}
        yield Line("+" if columns in mine else "-", table, kind, **side)


def _columns(item: dict[str, Any] | None) -> str:
    if item is None:
        return ""
    return f"{'unique ' if item.get('unique') else ''}({', '.join(item['columns'])})"


def _shown(column: dict[str, Any]) -> str:
    parts = [column["type"] or "of a type that is not known"]
    if not column["nullable"]:
        parts.append("NOT NULL")
    if column["server_default"]:
        parts.append(f"DEFAULT {column['server_default']}")
    return " ".join(parts)


def _plain(default: str | None) -> str | None:
    """Return a default without quotes, casts and brackets: databases take one spelling for another."""
    if default is None or default.upper() == "NULL":
        return None
    text = re.sub(r"::[\w ]+(\[\])?", "", default).strip().lower()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    text = text.strip("'\"")
    same = {"now()": "current_timestamp", "current_timestamp()": "current_timestamp", "true": "1", "false": "0"}
    return same.get(text, text)
