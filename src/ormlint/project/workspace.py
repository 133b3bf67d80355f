"""The files of a run as text: read from disk, or given in their place (stdin, open buffers)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path

from ormlint.text import SourceError, SourceText, decode_source


def read_files(
    root: Path, paths: Iterable[str], overlays: Mapping[str, bytes] | None = None
) -> dict[str, SourceText | SourceError]:
    """Read files by their paths relative to `root`; an overlay's bytes stand in for the file's."""
    overlays = overlays or {}
    files: dict[str, SourceText | SourceError] = {}
    folder = str(root)
    for path in sorted({*paths, *overlays}):
        try:
            files[path] = decode_source(overlays[path] if path in overlays else _read(f"{folder}/{path}"))
        except SourceError as error:
            files[path] = error
        except OSError as error:
            files[path] = SourceError(f"it cannot be opened: {error.strerror or error}")
    return files


def _read(path: str) -> bytes:
    with FileIO(path) as file:  # `Path.read_bytes` takes three times as long for a small file
        return file.readall()


# Files besides Python that say where Alembic's revisions are.
_DOCUMENTS = ("alembic.ini", "pyproject.toml")
# What may say which database is used, in the root and the folders of the first level.
_HINT = re.compile(
    r"requirements.*\.txt|setup\.(?:cfg|py)|Pipfile|(?:docker-)?compose.*\.ya?ml|\.env(?:\..*)?", re.DOTALL
)


def read_documents(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the text of the `alembic.ini` and `pyproject.toml` files in the folders above the given files.

    With them come files that name a database: lists of requirements, compose files, environments of a process.
    """
    folders = {"", *(f"{folder}/" for folder in ("conf", "config", "etc"))}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and f"{folder}/" not in folders:
            folders.add(f"{folder}/")
            folder = folder.rpartition("/")[0]
    documents: dict[str, str] = {}
    for folder in sorted(folders):
        for name in _DOCUMENTS:
            try:
                documents[f"{folder}{name}"] = (root / folder / name).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
    near = sorted(folder for folder in folders if folder.count("/") < 2)
    for folder in [*near, *(f"{folder}requirements/" for folder in near)]:
        for name in _names(root / folder):
            if _HINT.fullmatch(name) or (folder.endswith("requirements/") and name.endswith(".txt")):
                with suppress(OSError):
                    text = (root / folder / name).read_text(encoding="utf-8", errors="replace")
                    documents[f"{folder}{name}"] = text
    return documents


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
