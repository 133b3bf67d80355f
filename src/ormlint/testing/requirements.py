"""What a section of a document needs of its surroundings: `python>=3.12`, `sqlalchemy>=2.1`, `flask_sqlalchemy`."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

_REQUIREMENT = re.compile(r"(?P<name>[\w-]+)(?:>=(?P<least>[\d.]+))?$")


def missing(requirements: Iterable[str]) -> str | None:
    """Return the first requirement that does not hold here, or None.

    Raises:
        ValueError: a requirement that cannot be read.
    """
    for text in requirements:
        match = _REQUIREMENT.match(text)
        if match is None:
            raise ValueError(f"`{text}` is no requirement; write a package's name, or name>=1.2")
        found = _version(match["name"])
        if found is None or (match["least"] and found < _parts(match["least"])):
            return text
    return None


def _version(name: str) -> tuple[int, ...] | None:
    if name == "python":
        return sys.version_info[:2]
    if importlib.util.find_spec(name) is None:
        return None
    try:
        return _parts(version(name.replace("_", "-")))
    except PackageNotFoundError:
        return (0,)


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
