"""One run: the project of the given paths, its files read, checked as one program."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ormlint.checker.result import CheckResult, Progress
from ormlint.diagnostics import Diagnostic
from ormlint.project.cache import FOLDER, Cache, Warn
from ormlint.project.config import Project, load_project
from ormlint.project.discovery import folder_files, is_excluded, project_files
from ormlint.project.environment import NoEnvironmentError, SitePackages, find_environment
from ormlint.project.remembered import pack_run, run_key, tool_version, unpack_run
from ormlint.project.target import with_target
from ormlint.project.workspace import read_documents, read_files
from ormlint.text import SourceError, SourceText

if TYPE_CHECKING:
    from ormlint.checker.baseline import Entry


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


@dataclass(frozen=True)
class Baseline:
    """A file of known findings; `path` is relative to the root where it lies below it."""

    path: str
    text: str
    entries: tuple[Entry, ...]


@dataclass
class Run:
    """A loaded project: its files, and those whose findings are wanted (None: all)."""

    project: Project
    files: dict[str, SourceText | SourceError]
    only: frozenset[str] | None
    environment: SitePackages | None = None
    documents: dict[str, str] = field(default_factory=dict)
    is_from_disk: bool = True  # no text stands in a file's place
    baseline: Baseline | None = None

    def wants(self, path: str) -> bool:
        """Tell whether a file is among those asked for."""
        return self.only is None or path in self.only

    def check(self, progress: Progress | None = None, cache: Cache | None = None, jobs: int = 1) -> CheckResult:
        """Check the files, and leave out what the baseline knows; see `_check`."""
        result = self._check(progress, cache, jobs)
        result.diagnostics = self.keep(self.files, result.diagnostics)
        return result

    def _check(self, progress: Progress | None, cache: Cache | None, jobs: int) -> CheckResult:
        """Check the files; with a cache only what changed is read, and nothing is done when nothing changed.

        Raises:
            SelectorError: a selector of the settings means no rule.
            WorkerDied: a process that read files ended without an answer.
        """
        settings = self.project.settings
        key = run_key(self.files, self.documents, settings, self.only, self.environment) if cache is not None else b""
        if cache is not None and (data := cache.run(key)) is not None:
            known = unpack_run(data, self.files, self.environment)
            if known is not None:
                return known
        # Imported here: a run in which nothing changed needs neither the rules nor the inference.
        from ormlint.checker.engine import check_again
        from ormlint.project.between import Between

        between = Between(cache, self.project.root, self.documents, settings, self.environment) if cache else None
        result, found, _ = check_again(
            self.files,
            settings,
            between.load() if between is not None else None,
            only=self.only,
            progress=progress,
            environment=self.environment,
            documents=self.documents,
            store=cache,
            jobs=jobs,
            keep=cache is not None and self.is_from_disk,
        )
        if cache is not None and between is not None and self.is_from_disk:
            kept = pack_run(result, self.environment)
            if kept is not None:
                cache.keep_run(key, kept)
            between.keep(found, [source.digest for source in self.files.values() if isinstance(source, SourceText)])
        return result

    def keep(self, files: Mapping[str, SourceText | SourceError], diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """Return the diagnostics that the baseline does not hide, and what is stale of it."""
        if self.baseline is None:
            return diagnostics
        from ormlint.checker.baseline import hide, stale_diagnostics

        known, settings = self.baseline, self.project.settings
        kept, stale = hide(diagnostics, files, known.entries)
        kept += stale_diagnostics(stale, known.path, known.text, settings, files, self.only)
        return sorted(kept, key=lambda item: item.sort_key)


def open_cache(project: Project, folder: str | None, warn: Warn) -> Cache:
    """Open the project's cache, in its root or in a folder of its own."""
    return Cache(Path(folder) if folder else project.root / FOLDER, tool_version(), warn)


def usable_cores() -> int:
    """Return how many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load_run(request: Request) -> Run:
    """Find the project of the requested paths and read its files.

    The whole project is read, whatever paths are given: they only say whose findings are wanted. Paths outside
    the working directory's project bring their own project with them.

    Raises:
        UsageError: a path does not exist, or paths belong to several projects.
        ConfigError: the configuration cannot be used.
        DiscoveryError: a folder cannot be read.
    """
    project = find_project(request)
    root = project.root
    settings = with_target(project.settings, root)
    project = replace(project, settings=settings)
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
    return _read(project, paths, overlays, frozenset(only) if only is not None else None)


def read_project(project: Project) -> Run:
    """Read all files of a project.

    Raises:
        UsageError: its baseline or its environment cannot be used.
        DiscoveryError: a folder cannot be read.
    """
    return _read(project, set(project_files(project.root, project.settings)), {}, None)


def _read(project: Project, paths: set[str], overlays: dict[str, bytes], only: frozenset[str] | None) -> Run:
    root, settings = project.root, project.settings
    try:
        environment = find_environment(root, settings)
    except NoEnvironmentError as error:
        raise UsageError(f"{project.config or root}: {error}") from None
    files = read_files(root, paths, overlays)
    known = _baseline(root, settings.baseline) if settings.baseline else None
    return Run(project, files, only, environment, read_documents(root, paths), not overlays, known)


def find_project(request: Request) -> Project:
    """Find the project of the requested paths, with its options and those of the command line; read no other file.

    Raises:
        UsageError: a path does not exist, or paths belong to several projects.
        ConfigError: the configuration cannot be used.
    """
    config = Path(request.config) if request.config else None
    if config is not None and request.isolated:
        raise UsageError("--config and --isolated cannot be given together")
    if config is not None and not config.is_file():
        raise UsageError(f"{config}: there is no such configuration file")
    start = _start(request)
    project = load_project(start, config, isolated=request.isolated)
    if config is not None:
        project = replace(project, root=load_project(start, isolated=True).root)
    if request.overrides:
        project = replace(project, settings=replace(project.settings, **request.overrides))
    return replace(project, root=project.root.resolve())


def _baseline(root: Path, name: str) -> Baseline:
    """Read the baseline.

    Raises:
        UsageError: there is none, or it cannot be used.
    """
    from ormlint.checker.baseline import BaselineError, parse

    path = root / name
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such baseline; `ormlint baseline` writes one") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a baseline: it is not UTF-8; write it anew with `ormlint baseline`") from None
    try:
        shown = path.resolve().relative_to(root).as_posix()
    except ValueError:
        shown = path.as_posix()
    try:
        return Baseline(shown, text, tuple(parse(text, shown)))
    except BaselineError as error:
        raise UsageError(str(error)) from None


def _start(request: Request) -> Path:
    """Return the path whose project is meant: the working directory, unless given paths lie in another project."""
    here = Path.cwd()
    if request.stdin_filename:
        given = [Path(request.stdin_filename).parent]
    else:
        given = [Path(path) for path in request.paths]
    for path in given:
        if not _exists(path):
            raise UsageError(f"{path}: no such file or folder")
    isolated = request.isolated or request.config is not None
    mine = load_project(here, isolated=isolated)
    root = mine.root.resolve()
    absolute = [_absolute(path) for path in given]
    if mine.is_marked and all(path.is_relative_to(root) for path in absolute):
        return here
    projects = {
        project.root.resolve(): project for project in (load_project(path, isolated=isolated) for path in absolute)
    }
    marked = [found for found, project in projects.items() if project.is_marked]
    if len(projects) == 1 and marked:
        return marked[0]
    if any(project.config is not None for project in projects.values()):
        names = ", ".join(str(found) for found in sorted(projects))
        raise UsageError(f"these paths belong to several projects ({names}): check them one at a time")
    if all(path.is_relative_to(here) for path in absolute):
        return here
    return Path(os.path.commonpath([str(path if path.is_dir() else path.parent) for path in absolute]))


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except PermissionError:
        raise UsageError(f"{path}: its folder cannot be read") from None
    except OSError:
        return False
    return True


def _absolute(path: Path) -> Path:
    """Return where a path is. A linked file is where the link is, as git and editors see it."""
    return path.resolve() if path.is_dir() or path.name in ("", "..") else path.parent.resolve() / path.name


def _relative(path: Path, root: Path) -> str:
    try:
        return _absolute(path).relative_to(root).as_posix()
    except ValueError:
        raise UsageError(f"{path}: lies outside the project at {root}") from None


def _wanted(path: Path, root: Path, paths: set[str], only: set[str], project: Project) -> None:
    """Add the files at or below a given path to those wanted; what is named outright is read even when excluded."""
    name = _relative(path, root)
    settings = project.settings
    if settings.force_exclude and is_excluded(name, settings):
        return
    if not path.is_dir():
        if not path.is_file():  # a pipe would be waited for
            raise UsageError(f"{path}: is neither a file nor a folder; `-` reads standard input")
        found = {name}
    elif name == ".":
        found = set(paths)
    else:
        found = {item for item in paths if item.startswith(f"{name}/")} or set(folder_files(root, name, settings))
    paths.update(found)
    only.update(found)
