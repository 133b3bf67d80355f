"""Where the project's packages are installed: its own virtual environment, or the one its settings name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText, decode_source

_FOLDERS = (".venv", "venv", "env")


class NoEnvironmentError(ValueError):
    """A configured environment that is none; the message says what is missing."""


def find_environment(root: Path, settings: Settings) -> SitePackages | None:
    """Return the environment that `python` names, else the project's own `.venv`; None without one.

    No interpreter is run: the folders say all that is needed.

    Raises:
        NoEnvironmentError: `python` names no environment.
    """
    if settings.python:
        given = root / Path(settings.python).expanduser()
        found = _of_interpreter(given) if given.is_file() else _of_folder(given)
        if not found:
            raise NoEnvironmentError(
                f"`python`: {given} is no Python interpreter or environment with a `site-packages` folder"
            )
        return SitePackages(found)
    for name in _FOLDERS:
        if (root / name / "pyvenv.cfg").is_file():
            found = _of_folder(root / name)
            if found:
                return SitePackages(found)
    return None


def _of_interpreter(path: Path) -> list[Path]:
    # The interpreter of a virtual environment is a link to another one, whose packages are not meant.
    return _of_folder(path.parent.parent) or _of_folder(path.parent) or _of_folder(path.resolve().parent.parent)


def _of_folder(prefix: Path) -> list[Path]:
    """Return the folders of packages below an environment's own, the newest Python's first."""
    if prefix.name in ("site-packages", "dist-packages") and prefix.is_dir():
        folders = [prefix]
    else:
        patterns = ("lib/python3*/site-packages", "Lib/site-packages", "lib/python3*/dist-packages")
        folders = [found for pattern in patterns for found in prefix.glob(pattern) if found.is_dir()]
        folders.sort(key=lambda folder: [int(part) for part in re.findall(r"\d+", folder.parent.name)], reverse=True)
    return [*folders, *(added for folder in folders for added in _added_by_pth(folder))]


def _added_by_pth(folder: Path) -> list[Path]:
    """Return the folders that `.pth` files add, as editable installs do; lines of code are not run."""
    added: list[Path] = []
    for file in sorted(folder.glob("*.pth")):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.strip() and not line.startswith(("#", "import ", "import\t")):
                added.append(folder / line.strip())
    return [path for path in added if path.is_dir()]


class SitePackages:
    """The folders of an environment that hold packages, as paths with forward slashes."""

    def __init__(self, roots: list[Path]) -> None:
        self.roots = tuple(root.as_posix() for root in roots)
        self.found: dict[str, str | None] = {}  # all that was asked with `at`, and the answers
        self.contents: dict[str, bytes] = {}  # digests of all that was read; empty for what could not be

    def at(self, stem: str) -> str | None:
        """Return the path of the module or package at a path without ending, or None."""
        if stem not in self.found:
            self.found[stem] = _at(stem)
        return self.found[stem]

    def read(self, path: str) -> SourceText | SourceError | None:
        """Return the text of a module; None when it cannot be opened."""
        try:
            raw = Path(path).read_bytes()
        except OSError:
            self.contents[path] = b""
            return None
        self.contents[path] = _digest(raw)
        try:
            return decode_source(raw)
        except SourceError as error:
            return error

    def still(self, found: Mapping[str, str | None], contents: Mapping[str, bytes]) -> bool:
        """Tell whether the answers and texts of an earlier run are still the same."""
        return all(_at(stem) == path for stem, path in found.items()) and all(
            _content(path) == digest for path, digest in contents.items()
        )


def _at(stem: str) -> str | None:
    for path in (f"{stem}/__init__.py", f"{stem}.py"):
        if Path(path).is_file():
            return path
    return f"{stem}/" if Path(stem).is_dir() else None


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=20).digest()


def _content(path: str) -> bytes:
    try:
        return _digest(Path(path).read_bytes())
    except OSError:
        return b""
