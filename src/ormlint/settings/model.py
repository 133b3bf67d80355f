"""Settings: what the user decided, complete and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIMESTAMP_PAIRS: tuple[tuple[str, str], ...] = (
    ("created_at", "updated_at"),
    ("created_on", "updated_on"),
    ("created", "updated"),
    ("created", "modified"),
    ("created_at", "modified_at"),
    ("date_created", "date_modified"),
    ("inserted_at", "updated_at"),
)


@dataclass(frozen=True)
class Settings:
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    preview: bool = False
    timestamp_pairs: tuple[tuple[str, str], ...] = TIMESTAMP_PAIRS
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
