"""Fixed files to disk: each replaced at once, and left alone when it changed since it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ormlint.project.atomic import replace_file
from ormlint.text import SourceError, SourceText, decode_source

Files = Mapping[str, "SourceText | SourceError"]


def write_files(root: Path, paths: Iterable[str], before: Files, after: Files) -> dict[str, str]:
    """Write the files at `paths`, and return why those that were not written were left alone.

    Mode, owner, links, encoding, byte order mark and line ends are kept.
    """
    left: dict[str, str] = {}
    for path in paths:
        old, new = before[path], after[path]
        if not isinstance(old, SourceText) or not isinstance(new, SourceText):
            continue
        target = root / path
        try:
            if decode_source(target.read_bytes()) != old:
                left[path] = "it was changed while it was checked"
                continue
            replace_file(target, new.encode(new.text))
        except SourceError:
            left[path] = "it was changed while it was checked"
        except OSError as error:
            left[path] = f"it cannot be written: {error.strerror or error}"
    return left
