"""One run: the project of the given paths, its files read, checked as one program."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ormlint.checker.analysis import Progress
from ormlint.checker.engine import CheckResult, check_project
from ormlint.project.config import Project, load_project
from ormlint.project.discovery import is_excluded, project_files
from ormlint.project.workspace import read_files
from ormlint.text import SourceError, SourceText


class UsageError(ValueError):
    """A command line that cannot be followed; the message says why."""


@dataclass
class Request:
    """What the command line asks for."""

    paths: Sequence[str] = ()
    config: str | None = None
    isolated: bool = False
    overrides: Mapping[str, Any] | None = None  # settings the command line replaces
    stdin: bytes | None = None
    stdin_filename: str | None = None


@dataclass
class Run:
    """A loaded project: its files, and those whose findings are wanted (None: all)."""

    project: Project
    files: dict[str, SourceText | SourceError]
    only: frozenset[str] | None

    def wants(self, path: str) -> bool:
        """Tell whether a file is among those asked for."""
        return self.only is None or path in self.only

    def check(self, progress: Progress | None = None) -> CheckResult:
        """Check the files."""
        return check_project(self.files, self.project.settings, only=self.only, progress=progress)


def load_run(request: Request) -> Run:
    """Find the project of the requested paths and read its files.

    The whole project is read, whatever paths are given: they only say whose findings are wanted. A path outside
    the working directory's project brings its own project with it.

    Raises:
        UsageError: a path does not exist, or paths belong to several projects.
        ConfigError: the configuration cannot be used.
        DiscoveryError: a folder cannot be read.
    """
    start = _start(request)
    config = Path(request.config) if request.config else None
    if config is not None and not config.is_file():
        raise UsageError(f"{config}: there is no such configuration file")
    project = load_project(start, config, isolated=request.isolated)
    if config is not None:
        project = replace(project, root=load_project(start, isolated=True).root)
    if request.overrides:
        project = replace(project, settings=replace(project.settings, **request.overrides))
    root = project.root.resolve()
    project = replace(project, root=root)
    settings = project.settings
    paths = set(project_files(root, settings))
    only: set[str] | None = None
    overlays: dict[str, bytes] = {}
    if request.stdin is not None:
        name = _relative(Path(request.stdin_filename or "stdin.py"), root)
        only = set()
        if not (settings.force_exclude and is_excluded(name, settings)):
            overlays[name] = request.stdin
            only.add(name)
    elif request.paths:
        only = set()
        for given in request.paths:
            _wanted(Path(given), root, paths, only, project)
    return Run(project, read_files(root, paths, overlays), frozenset(only) if only is not None else None)


def _start(request: Request) -> Path:
    """Return the path whose project is meant: the working directory, unless a path lies outside of it."""
    here = Path.cwd()
    given = [Path(path) for path in request.paths]
    if request.stdin_filename:
        given = [Path(request.stdin_filename).parent]
    for path in given:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    if not given:
        return here
    absolute = [path.resolve() for path in given]
    root = load_project(here, isolated=request.isolated).root.resolve()
    if all(path == root or root in path.parents for path in absolute):
        return here
    return Path(os.path.commonpath([str(path if path.is_dir() else path.parent) for path in absolute]))


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root).as_posix()
    except ValueError:
        raise UsageError(f"{path}: lies outside the project at {root}") from None


def _wanted(path: Path, root: Path, paths: set[str], only: set[str], project: Project) -> None:
    """Add the files below a given path to those wanted; a file named outright is read even when excluded."""
    name = _relative(path, root)
    if path.is_dir():
        prefix = "" if name == "." else f"{name}/"
        only.update(item for item in paths if item.startswith(prefix))
        return
    if project.settings.force_exclude and is_excluded(name, project.settings):
        return
    paths.add(name)
    only.add(name)
