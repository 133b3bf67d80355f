"""What is wrong with a project's settings and is only seen when its files are linked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class MigrationPathError(ValueError):
    """A configured folder of migrations that holds none."""

    path: str

    def __str__(self) -> str:
        return f"`migrations` names {self.path}, where no Python file has a `revision`: name a `versions` folder"
