"""What a revision does that fails on a database with a history or with rows, though a fresh one takes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ormlint.schema.replay.simulated import SimSchema, SimTable, Step
from ormlint.schema.replay.values import Built


@dataclass(frozen=True, slots=True)
class Hazard:
    """One such place.

    `kind`: "enum-again" (a table is created whose enum type an earlier revision made), "enum-missing" (a column gets
    an enum type that nothing made), "not-null" (a NOT NULL column without a server default is added to a table that
    may have rows), "enum-left" (the downgrade drops the last column of a type that the revision made, and not the
    type), "unknown-target" (a table, or the column `name`, that no revision makes) or "opaque" (a step that hides what
    later ones do). `name` is the enum type or the column; `earlier` where the type or the table was made.
    """

    kind: str
    step: Step
    table: str
    name: str
    earlier: Step | None = None
    is_generic: bool = False  # `sqlalchemy.Enum(create_type=False)`, which SQLAlchemy before 2.1 does not look at


_EMPTIES = re.compile(
    r'\b(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?["`]?([\w.]+)["`]?(?!.*\bWHERE\b)', re.I | re.S
)


_VIEW = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+)?(?:VIEW|FOREIGN\s+TABLE)\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r'["`]?([\w.]+)',
    re.I,
)


class Hazards:
    """The hazards met so far, and what has to be remembered of the revision at hand."""

    def __init__(self) -> None:
        self.found: list[Hazard] = []
        self.emptied: set[str] = set()  # tables whose rows the revision at hand deletes
        self.unread = False  # a statement was computed
        self.views: set[str] = set()  # in small letters, without schema

    def begin(self) -> None:
        """Begin a revision."""
        self.emptied.clear()

    def sql(self, text: str) -> None:
        """Note a statement given as a string."""
        self.emptied.update(found.rpartition(".")[2] for found in _EMPTIES.findall(text))
        self.views.update(found.rpartition(".")[2].lower() for found in _VIEW.findall(text))

    def enum_in_new_table(self, schema: SimSchema, table: SimTable, value: Any, name: str | None, step: Step) -> None:
        """Note a native enum type in a `create_table`."""
        enum = schema.enums.get(name or "")
        if schema.dialect != "postgresql" or enum is None or enum.step is None or enum.step.revision == step.revision:
            return
        enum_call = _enum_call(value)
        if enum_call is None:
            return
        given = enum_call.keywords.get("create_type")
        if given is not None and given is not True and given is not False:
            return
        is_generic = enum_call.last == "Enum"
        if given is False and not is_generic:
            return
        if enum_call.keywords.get("metadata") is not None:
            return  # its metadata creates it
        self.found.append(Hazard("enum-again", step, table.name, name or "", enum.step, is_generic and given is False))

    def enum_in_old_table(self, schema: SimSchema, table: SimTable, value: Any, name: str | None, step: Step) -> None:
        """Note a native enum type in an `add_column` or `alter_column`."""
        if schema.dialect != "postgresql" or name is None or name in schema.enums or _enum_call(value) is None:
            return
        if self.unread or schema.open or any(item.baseline for item in schema.tables.values()):
            return  # there may be types that are not known
        self.found.append(Hazard("enum-missing", step, table.name, name))

    def required_column(self, schema: SimSchema, table: SimTable, value: Built, name: str, step: Step) -> None:
        """Note an `add_column`. MySQL fills the rows that are there with the type's own zero."""
        if schema.dialect == "mysql":
            return
        if value.keywords.get("nullable") is not False or value.keywords.get("primary_key") is True:
            return
        if value.keywords.get("server_default") is not None or "**" in value.keywords:
            return
        neutral = ("Identity", "Computed", "Sequence", "FetchedValue", "DefaultClause")
        if any(isinstance(argument, Built) and argument.last in neutral for argument in value.args):
            return
        first = table.steps[0] if table.steps else None
        if table.name in self.emptied or (first is not None and first.revision == step.revision and not table.baseline):
            return
        self.found.append(Hazard("not-null", step, table.name, name, first))


def _enum_call(value: Any) -> Built | None:
    while isinstance(value, Built) and value.last == "ARRAY" and value.args:
        value = value.args[0]
    return value if isinstance(value, Built) and value.last in ("Enum", "ENUM") else None
