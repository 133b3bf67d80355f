"""Which files belong to a project: git's own list inside a work tree, a walk with ignore files elsewhere."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from ormlint.checker.selection import matches_glob
from ormlint.settings import Settings

# A hook's git sets these for its own repository and working directory; here the folder asked about decides.
_HOOK_VARIABLES = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"})
_IGNORE_FILE = ".gitignore"


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
        return sorted(_walk(root, settings))
    excludes = _excludes(settings.exclude, settings.extend_exclude)
    return sorted(path for path in set(found) if not excludes.match(path))


def folder_files(root: Path, folder: str, settings: Settings) -> list[str]:
    """Return the Python files below a folder that was named outright, relative to the root.

    That the folder itself is excluded or ignored does not matter; what lies below it is left out as anywhere.

    Raises:
        DiscoveryError: a folder cannot be read.
    """
    return sorted(f"{folder}/{path}" for path in _walk(root / folder, settings))


def is_excluded(path: str, settings: Settings) -> bool:
    """Tell whether `exclude` or `extend-exclude` leaves a path out."""
    return _excludes(settings.exclude, settings.extend_exclude).match(path)


class _Excludes:
    """Exclude patterns. Plain names are most of them, and looked up at once."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        plain = {pattern.removeprefix("./").rstrip("/") for pattern in patterns if not set(pattern) & set("*?[")}
        self.names = {pattern for pattern in plain if "/" not in pattern}
        self.globs = tuple(pattern for pattern in patterns if pattern.removeprefix("./").rstrip("/") not in self.names)

    def match(self, path: str) -> bool:
        return not self.names.isdisjoint(path.split("/")) or any(matches_glob(path, glob) for glob in self.globs)


@lru_cache(maxsize=8)
def _excludes(exclude: tuple[str, ...], extend_exclude: tuple[str, ...]) -> _Excludes:
    return _Excludes((*exclude, *extend_exclude))


def _git_files(root: Path) -> list[str] | None:
    """Return what git lists, or None outside a work tree.

    Under pre-commit (which sets PRE_COMMIT) only tracked files count: an untracked file is not part of the commit.
    """
    scope = ["--cached"] if os.environ.get("PRE_COMMIT") else ["--cached", "--others", "--exclude-standard"]
    # A checkout's own configuration may name a program as `core.fsmonitor`: listing files must not run it.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=off", "ls-files", "-z", *scope, "--", "*.py"]
    try:
        environment = {name: value for name, value in os.environ.items() if name not in _HOOK_VARIABLES}
        done = subprocess.run(command, cwd=root, capture_output=True, check=False, env=environment)
    except OSError:
        return None
    if done.returncode != 0:
        return None
    names = [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
    return [name for name in names if _is_file(root / name)]


def _is_file(path: Path) -> bool:
    """Tell whether a path that git tracks is there: a folder that may not be entered is no answer."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except PermissionError:
        raise DiscoveryError(f"{path.parent}: this folder cannot be read") from None
    except OSError:
        return False


def _walk(root: Path, settings: Settings) -> Iterator[str]:
    stack: list[tuple[str, list[tuple[str, _Ignore]]]] = [("", [])]
    excludes = _excludes(settings.exclude, settings.extend_exclude)
    while stack:
        folder, ignores = stack.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue  # removed meanwhile
        except OSError:
            raise DiscoveryError(f"{root / folder}: this folder cannot be read") from None
        if settings.respect_gitignore and any(entry.name == _IGNORE_FILE for entry in entries):
            ignore = _ignore_file(root / folder)
            if ignore is not None:
                ignores = [*ignores, (folder, ignore)]
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not entry.name.endswith(".py"):
                continue
            if excludes.match(path) or _is_ignored(path, is_folder, ignores):
                continue
            if is_folder:
                stack.append((path, ignores))
            elif _is_regular(entry):
                yield path


def _is_regular(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads back to itself
        return False


class _Ignore:
    """One ignore file's patterns, by pathspec, which knows git's own rules."""

    def __init__(self, lines: list[str]) -> None:
        import pathspec

        self.spec = pathspec.GitIgnoreSpec.from_lines(lines)

    def verdict(self, path: str) -> bool | None:
        """Return True for ignored, False for taken back in by `!`, None when no pattern speaks of the path."""
        return self.spec.check_file(path).include


def _ignore_file(folder: Path) -> _Ignore | None:
    path = folder / _IGNORE_FILE
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
