"""One project in the editor: its files, with open buffers in their place, checked again when they change."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ormlint.checker.analysis import Analysis
from ormlint.checker.engine import check_again
from ormlint.checker.kept import Kept
from ormlint.checker.reading import FactsInMemory
from ormlint.diagnostics import Diagnostic
from ormlint.index.card import model_card
from ormlint.index.errors import MigrationPathError
from ormlint.index.model import MappedClass
from ormlint.project.config import Project, load_project
from ormlint.project.discovery import is_excluded, project_files
from ormlint.project.environment import SitePackages, find_environment
from ormlint.project.target import with_target
from ormlint.project.workspace import read_documents, read_files
from ormlint.semantic.records import FunctionRecord
from ormlint.text import SourceError, SourceText

if TYPE_CHECKING:
    from ormlint.schema.replay.run import Replay


@dataclass
class State:
    """What was found at one moment. It is never changed, so it can be read while the next is worked out."""

    files: dict[str, SourceText | SourceError]
    analysis: Analysis
    diagnostics: dict[str, list[Diagnostic]]
    generation: int

    def source(self, path: str) -> SourceText | None:
        """Return the text of a file."""
        found = self.files.get(path)
        return found if isinstance(found, SourceText) else None

    def records(self, path: str) -> list[FunctionRecord]:
        """Return what was seen in the bodies of a file. Only files that changed were followed for the check."""
        model, module = self.analysis.model, self.analysis.index.module_at(path)
        if module is None:
            return []
        model.interpret(module)
        return list(model.records_of(path))

    def card(self, mapped: MappedClass) -> dict[str, Any]:
        """Return what is known of a mapped class."""
        return model_card(self.analysis.index, mapped, self.analysis.sources)


@dataclass
class Session:
    """A project. `check` may run in another thread than the rest: it takes what it needs when it starts."""

    root: Path
    project: Project
    environment: SitePackages | None
    buffers: dict[str, str] = field(default_factory=dict)
    generation: int = 0  # counts changes
    state: State | None = None
    _memory: FactsInMemory = field(default_factory=FactsInMemory)
    _kept: Kept | None = None
    _disk: dict[str, SourceText | SourceError] | None = None
    _documents: dict[str, str] = field(default_factory=dict)
    _replayed: tuple[tuple[tuple[str, bytes], ...], list[Replay]] = ((), [])

    @classmethod
    def load(cls, folder: Path) -> Session:
        """Load the project that a folder of the workspace belongs to.

        Raises:
            ConfigError: the configuration cannot be used.
            DiscoveryError: a folder cannot be read.
            NoEnvironmentError: the configured environment is not there.
        """
        project = load_project(folder)
        root = project.root.resolve()
        settings = with_target(project.settings, root)
        return cls(root, replace(project, root=root, settings=settings), find_environment(root, settings))

    def path(self, file: Path) -> str | None:
        """Return a file's path in the project; None when it lies outside or is left out."""
        try:
            name = file.resolve().relative_to(self.root).as_posix()
        except (ValueError, OSError):
            return None
        return None if is_excluded(name, self.project.settings) else name

    def set_buffer(self, path: str, text: str | None) -> None:
        """Put a buffer in place of a file, or take it away with None."""
        if text is None:
            if self.buffers.pop(path, None) is not None:
                self._forget(path)
        else:
            self.buffers[path] = text
        self.generation += 1

    def files_changed(self) -> None:
        """Read all files anew at the next check: some were changed outside the editor."""
        self._disk = None
        self.generation += 1

    def _forget(self, path: str) -> None:
        if self._disk is not None:
            self._disk.update(read_files(self.root, [path]) if (self.root / path).is_file() else {})
            if not (self.root / path).is_file():
                self._disk.pop(path, None)

    def replays(self, state: State) -> list[Replay]:
        """Return the migrations, replayed; anew only when the text of one of them is another."""
        index, settings = state.analysis.index, self.project.settings
        try:
            modules = [module for found in index.environments(settings.migrations) for module in found.modules]
        except MigrationPathError:
            return []
        sources = {module.path: state.source(module.path) for module in modules}
        key = tuple((path, source.digest) for path, source in sources.items() if source is not None)
        if key != self._replayed[0]:
            from ormlint.schema.drift import replays  # SQLAlchemy is loaded only where there are migrations

            self._replayed = (key, replays(index, settings.migrations, settings.dialects) if key else [])
        return self._replayed[1]

    def check(self) -> State:
        """Check the project as it is now."""
        generation = self.generation
        if self.state is not None and self.state.generation == generation:
            return self.state
        if self._disk is None:
            paths = set(project_files(self.root, self.project.settings))
            self._disk = read_files(self.root, paths)
            documents = read_documents(self.root, paths)
            if documents != self._documents:
                self._kept = None  # it holds for the same documents only
            self._documents = documents
        files = dict(self._disk)
        before = self.state
        for path, text in list(self.buffers.items()):
            kept = before.source(path) if before is not None else None
            data = text.encode("utf-8", "replace")
            files[path] = kept if kept is not None and kept.data == data else SourceText(data)
        collecting = gc.isenabled()
        gc.disable()  # facts are trees without cycles
        try:
            result, self._kept, analysis = check_again(
                files,
                self.project.settings,
                self._kept,
                environment=self.environment,
                documents=self._documents,
                store=self._memory,
                before=before.analysis if before is not None and self._kept is not None else None,
            )
            self._memory.keep_only({source.digest for source in analysis.sources.values()})
            found: dict[str, list[Diagnostic]] = {}
            for item in result.diagnostics:
                found.setdefault(item.path, []).append(item)
        finally:
            if collecting:
                gc.enable()
        self.state = State(files, analysis, found, generation)
        return self.state
