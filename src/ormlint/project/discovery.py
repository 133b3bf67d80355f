"""Which files belong to a project: git's own list inside a work tree, a walk with ignore files elsewhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from ormlint.checker.selection import matches_glob
from ormlint.settings import Settings


class DiscoveryError(OSError):
    """A folder that cannot be listed; the message names it."""


def project_files(root: Path, settings: Settings) -> list[str]:
    """Return the project's Python files, relative to its root with forward slashes, sorted.

    Raises:
        DiscoveryError: a folder cannot be read.
    """
    if not os.access(root, os.R_OK | os.X_OK):
        raise DiscoveryError(f"{root}: this folder cannot be read")
    found: Iterable[str] | None = _git_files(root) if settings.respect_gitignore else None
    if found is None:
        found = _walk(root, settings)
    return sorted(path for path in set(found) if not is_excluded(path, settings))


def is_excluded(path: str, settings: Settings) -> bool:
    """Tell whether `exclude` or `extend-exclude` leaves a path out."""
    return any(matches_glob(path, pattern) for pattern in (*settings.exclude, *settings.extend_exclude))


def _git_files(root: Path) -> list[str] | None:
    """Return what git lists, or None outside a work tree.

    Under pre-commit (which sets PRE_COMMIT) only tracked files count: an untracked file is not part of the commit.
    """
    scope = ["--cached"] if os.environ.get("PRE_COMMIT") else ["--cached", "--others", "--exclude-standard"]
    command = ["git", "-c", "core.quotepath=off", "ls-files", "-z", *scope, "--", "*.py"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    if done.returncode != 0:
        return None
    names = [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
    return [name for name in names if (root / name).is_file()]


def _walk(root: Path, settings: Settings) -> Iterator[str]:
    stack: list[tuple[str, list[tuple[str, _Ignore]]]] = [("", [])]
    while stack:
        folder, ignores = stack.pop()
        if settings.respect_gitignore:
            ignore = _ignore_file(root / folder)
            if ignore is not None:
                ignores = [*ignores, (folder, ignore)]
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except PermissionError:
            raise DiscoveryError(f"{root / folder}: this folder cannot be read") from None
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if any(matches_glob(path, pattern) for pattern in (*settings.exclude, *settings.extend_exclude)):
                continue
            if _is_ignored(path, is_folder, ignores):
                continue
            if is_folder:
                stack.append((path, ignores))
            elif entry.name.endswith(".py") and entry.is_file():
                yield path


class _Ignore:
    """One ignore file's patterns, by pathspec, which knows git's own rules."""

    def __init__(self, lines: list[str]) -> None:
        import pathspec

        self.spec = pathspec.GitIgnoreSpec.from_lines(lines)

    def verdict(self, path: str) -> bool | None:
        """Return True for ignored, False for taken back in by `!`, None when no pattern speaks of the path."""
        return self.spec.check_file(path).include


def _ignore_file(folder: Path) -> _Ignore | None:
    path = folder / ".gitignore"
    try:
        return _Ignore(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return None


def _is_ignored(path: str, is_folder: bool, ignores: list[tuple[str, _Ignore]]) -> bool:
    verdict = False
    for folder, ignore in ignores:
        relative = path[len(folder) + 1 :] if folder else path
        found = ignore.verdict(f"{relative}/" if is_folder else relative)
        if found is not None:
            verdict = found
    return verdict
