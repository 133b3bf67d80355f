"""Which series of SQLAlchemy a project runs on: as its lock file, requirements or metadata say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ormlint.settings import Settings
from ormlint.settings.model import SQLALCHEMY_SERIES

_LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock")
_LOCKED = re.compile(r"""^name = ["']sqlalchemy["']\s*\nversion = ["']([^"']+)["']""", re.IGNORECASE | re.MULTILINE)
# `SQLAlchemy[asyncio] >= 2.0, < 2.1 ; python_version > "3"`, in a requirements file or a string of a list.
_REQUIRED = re.compile(
    r"""^[\s"']*sqlalchemy(?:\[[^\]]*\])?\s*\(?(?P<versions>[<>=!~^\d][^;#"'\n)\\]*)?""", re.IGNORECASE | re.MULTILINE
)
# `sqlalchemy = "^2.0"` and `sqlalchemy = {version = "^2.0", extras = [...]}`, as Poetry writes it.
_TABLE_ENTRY = re.compile(
    r"""^\s*["']?sqlalchemy["']?\s*=\s*(?:\{[^}\n]*?\bversion\s*=\s*)?["']([^"'\n]*)["']""",
    re.IGNORECASE | re.MULTILINE,
)
_LIST_ITEM = re.compile(r"""["']\s*(sqlalchemy\b[^"'\n]*)["']""", re.IGNORECASE)
_CLAUSE = re.compile(r"^(===|==|~=|!=|<=|>=|<|>|\^|~)?\s*v?(\d+(?:\.\d+)*)(\.\*)?")

_Version = tuple[int, ...]


def with_target(settings: Settings, root: Path) -> Settings:
    """Return settings whose `target_sqlalchemy` is filled from the project's files where it is not configured."""
    return settings if settings.target_sqlalchemy else replace(settings, target_sqlalchemy=find_target(root))


def find_target(root: Path) -> tuple[str, ...]:
    """Return the series the project may run on, oldest first; empty where nothing says it."""
    return read_target(root)[0]


def read_target(root: Path) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Return the series the project may run on, and the files that say so.

    A lock file is believed before requirements, and these before what the metadata allow. Where the root has
    none of them, the folders in it are asked.
    """
    found, files = _in_folder(root)
    if not found:
        try:
            folders = sorted(item for item in root.iterdir() if item.is_dir() and not item.name.startswith("."))
        except OSError:
            return (), ()
        for folder in folders:
            series, saying = _in_folder(folder)
            found, files = found | series, files + saying
    return tuple(series for series in SQLALCHEMY_SERIES if series in found), files


_Mention = tuple[Path, set[str]]  # a file, and the series it allows


def _in_folder(folder: Path) -> tuple[set[str], tuple[Path, ...]]:
    for source in (_locked, _required, _declared):
        mentions = [(path, series) for path, series in source(folder) if series]
        if mentions:
            return _common([series for _, series in mentions]), tuple(dict.fromkeys(path for path, _ in mentions))
    return set(), ()


def _common(sets: list[set[str]]) -> set[str]:
    """Return what all mentions allow, or all that any of them does where they contradict each other."""
    return set.intersection(*sets) or set.union(*sets)


def _locked(folder: Path) -> Iterator[_Mention]:
    for name in _LOCK_FILES:
        for version in _LOCKED.findall(_text(folder / name)):
            yield folder / name, allowed_series(f"=={version}")
    text = _text(folder / "Pipfile.lock")
    if text:
        try:
            version = json.loads(text)["default"]["sqlalchemy"]["version"]
        except (ValueError, KeyError, TypeError):
            return
        if isinstance(version, str):
            yield folder / "Pipfile.lock", allowed_series(version)


def _required(folder: Path) -> Iterator[_Mention]:
    try:
        files = sorted([*folder.glob("requirements*.txt"), *folder.glob("requirements/*.txt")])
    except OSError:
        return
    for file in files:
        for match in _REQUIRED.finditer(_text(file)):
            yield file, allowed_series(match["versions"] or "")


def _declared(folder: Path) -> Iterator[_Mention]:
    project = folder / "pyproject.toml"
    text = _text(project)
    for item in _LIST_ITEM.findall(text):
        match = _REQUIRED.match(item)
        if match is not None and not re.match(r"sqlalchemy[-_.\w]", item, re.IGNORECASE):
            yield project, allowed_series(match["versions"] or "")
    for versions in _TABLE_ENTRY.findall(text):
        yield project, allowed_series(versions)
    for match in _REQUIRED.finditer(_text(folder / "setup.cfg")):
        yield folder / "setup.cfg", allowed_series(match["versions"] or "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""


def allowed_series(specifier: str) -> set[str]:
    """Return the series that have a release a specifier allows; empty for one that says nothing of a series."""
    low: _Version = ()
    high: _Version | None = None  # the first version that is too new
    said = False
    for part in specifier.split(","):
        match = _CLAUSE.match(part.strip())
        if match is None or match[1] == "!=":
            continue
        said = True
        operator, version = match[1] or "==", tuple(int(number) for number in match[2].split("."))
        if operator in (">=", ">"):
            low = max(low, version)
            continue
        if operator == "<":
            limit = version
        elif operator == "<=":
            limit = (*version, 1)
        else:
            low = max(low, version)
            limit = _next(operator, version, is_prefix=match[3] is not None)
        high = limit if high is None else min(high, limit)
    if not said:
        return set()
    found = set()
    for series in SQLALCHEMY_SERIES:
        major, minor = (int(number) for number in series.split("."))
        if (major, minor + 1) > low and (high is None or (major, minor) < _trimmed(high)):
            found.add(series)
    return found


def _next(operator: str, version: _Version, *, is_prefix: bool) -> _Version:
    """Return the first version that `==`, `~=`, `^` or `~` no longer allows."""
    if operator == "^":
        kept = 1
    elif operator == "~=":
        kept = max(len(version) - 1, 1)
    elif operator == "~":
        kept = min(len(version), 2)
    else:
        if not is_prefix:
            return (*version, 1)
        kept = len(version)
    return (*version[: kept - 1], version[kept - 1] + 1)


def _trimmed(version: _Version) -> _Version:
    """Return a version without zeros at its end, so that `2.1.0` is where 2.1 begins."""
    while version and version[-1] == 0:
        version = version[:-1]
    return version
