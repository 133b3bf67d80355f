"""The Alembic environments of a project: where their revisions are, by configuration or found by themselves."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ormlint.index.alembic_config import AlembicSection, read_sections
from ormlint.index.errors import MigrationPathError
from ormlint.index.revisions import RevisionGraph, has_revision, read_graph
from ormlint.index.symbols import Module

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex

_DIALECT_FOLDERS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "psql": "postgresql",
    "pg": "postgresql",
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
}


@dataclass(eq=False, slots=True)
class Environment:
    """One history of revisions. `folder` holds `env.py`; `locations` the revision files."""

    folder: str
    locations: tuple[str, ...]
    modules: list[Module]
    graph: RevisionGraph
    env: Module | None = None
    section: AlembicSection | None = None
    dialect: str | None = None  # where a folder's name says which database it is for

    @property
    def is_whole(self) -> bool:
        """Whether all its revisions are here. A lone folder of them may be one package's branch of another history."""
        return self.section is not None or self.env is not None or self.locations[0].rpartition("/")[2] == "versions"

    @property
    def name(self) -> str:
        """What a person would call it: the ini file's section, or the folder."""
        if self.section is not None and self.section.name != "alembic":
            return self.section.name
        return self.folder or "."


def find_environments(
    index: ProjectIndex, documents: Mapping[str, str], configured: Sequence[str] = (), empty: bool = False
) -> list[Environment]:
    """Return the environments of a project, in the order of their folders.

    `documents` are its `alembic.ini` and `pyproject.toml` files; `configured` folders, when given, replace all that
    would be found. With `empty`, those that have an `env.py` and no revision yet are among them.

    Raises:
        MigrationPathError: a configured folder holds no revisions.
    """
    return _Finder(index, empty).run(documents, configured)


@dataclass
class _Finder:
    index: ProjectIndex
    empty: bool = False
    by_folder: dict[str, list[Module]] = field(default_factory=dict)
    revisions: dict[str, list[Module]] = field(default_factory=dict)  # folder → files that look like revisions
    found: list[Environment] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)

    def run(self, documents: Mapping[str, str], configured: Sequence[str]) -> list[Environment]:
        for path, module in self.index.all_paths():
            folder = path.rpartition("/")[0]
            self.by_folder.setdefault(folder, []).append(module)
            if has_revision(module):
                self.revisions.setdefault(folder, []).append(module)
        if configured:
            for given in configured:
                self._configured(given)
            return self._sorted()
        for section in read_sections(documents):
            self._section(section)
        for folder in sorted(self.revisions):
            if folder not in self.claimed and not self._is_below_claimed(folder):
                self._by_itself(folder)
        return self._sorted()

    def _sorted(self) -> list[Environment]:
        return sorted(self.found, key=lambda environment: (environment.folder, environment.locations))

    # -- as configured

    def _configured(self, given: str) -> None:
        folder = _clean(given)
        if folder in self.revisions:
            self._add(self._script_folder(folder), (folder,), None)
        elif _join(folder, "versions") in self.revisions:
            self._add(folder, (_join(folder, "versions"),), None)
        else:
            below = [path for path in sorted(self.revisions) if _is_below(path, folder)]
            if not below and self.empty and self._has_env(folder.removesuffix("/versions")):
                folder = folder.removesuffix("/versions")
                below = [_join(folder, "versions")]
            if not below:
                raise MigrationPathError(given)
            self._add(folder, tuple(below), None)

    def _section(self, section: AlembicSection) -> None:
        script = self._script_location(section)
        if script is None:
            return
        given = [(place, self._place(place, section)) for place in section.version_locations]
        places = [found for _, found in given if found is not None]
        elsewhere = next((place for place, found in given if found is None), None)
        if not places:
            places = [_join(script, "versions")]
        locations = list(places)
        if section.recursive:
            locations += [path for path in sorted(self.by_folder) if any(_is_below(path, place) for place in places)]
        elif not section.version_locations:
            locations += self._linked(places[0])
        made = self._add(script, tuple(dict.fromkeys(locations)), section)
        if made is not None and elsewhere is not None:
            made.graph.unknown = made.graph.unknown or f"`{elsewhere}`, where revisions are too, is not in the project"

    def _script_location(self, section: AlembicSection) -> str | None:
        if not section.script_location:
            # Flask-Migrate's `alembic.ini` stands in the script folder itself and names none.
            is_one = self._has_versions(section.folder) or (self.empty and self._has_env(section.folder))
            return section.folder if is_one else None
        return self._place(section.script_location, section)

    def _has_env(self, folder: str) -> bool:
        return self.index.module_at(_join(folder, "env.py")) is not None

    def _has_versions(self, folder: str) -> bool:
        versions = _join(folder, "versions")
        return any(path == versions or _is_below(path, versions) for path in self.revisions)

    def _place(self, location: str, section: AlembicSection) -> str | None:
        """Return the folder a location means: Alembic starts at the working directory, which is not known here."""
        if ":" in location and not location.startswith("/"):
            package, _, rest = location.partition(":")
            found = self.index.paths.find(package, section.path)
            if found is None:
                return None
            base = found.rstrip("/").removesuffix("/__init__.py")
            return _clean(_join(base, rest.replace(":", "/")))
        if location == "." and section.folder:
            return section.folder
        start: str | None = section.folder
        while start is not None:
            candidate = _clean(_join(start, location))
            if any(path == candidate or _is_below(path, candidate) for path in self.by_folder):
                return candidate
            start = start.rpartition("/")[0] if start else None
        written = _clean(location)
        return written if any(path == written or _is_below(path, written) for path in self.by_folder) else None

    # -- found by themselves

    def _by_itself(self, folder: str) -> None:
        script = self._script_folder(folder)
        # Folders side by side below one `env.py` may be one history: one for each year, say.
        has_env = self.index.module_at(_join(script, "env.py")) is not None
        self._add(script, (folder, *self._linked(folder, script if has_env else None)), None)

    def _script_folder(self, folder: str) -> str:
        """Return the folder of the `env.py` that a folder of revisions belongs to."""
        parent: str = folder
        while parent:
            parent = parent.rpartition("/")[0]
            if self.index.module_at(_join(parent, "env.py")) is not None:
                return parent
            if folder.count("/") - parent.count("/") > 3:
                break
        return folder.rpartition("/")[0]

    def _may_belong(self, path: str, folder: str, around: str | None) -> bool:
        if _is_below(path, folder):
            return True
        return around is not None and path not in self.claimed and path != folder and _is_below(path, around)

    def _linked(self, folder: str, around: str | None = None) -> list[str]:
        """Return folders below that a program of the project adds: their ids are new and their parents are here.

        With `around`, those below that folder count too.
        """
        mine = self._ids(folder)
        wanted = {parent for module in self.revisions.get(folder, ()) for parent in self._parents(module)} - mine.keys()
        linked: list[str] = []
        below = [path for path in sorted(self.revisions) if self._may_belong(path, folder, around)]
        changed = bool(mine)
        while changed:
            changed = False
            for path in below:
                ids = self._ids(path)
                if path in linked or not mine.keys().isdisjoint(ids):
                    continue
                parents = {parent for module in self.revisions[path] for parent in self._parents(module)}
                if not parents.isdisjoint(mine) or not wanted.isdisjoint(ids):
                    mine.update(ids)
                    wanted = (wanted | parents) - mine.keys()
                    linked.append(path)
                    changed = True
        return sorted(linked)

    def _ids(self, folder: str) -> dict[str, Module]:
        graph = read_graph(self.revisions.get(folder, ()), self.index.constants)
        return {key: revision.module for key, revision in graph.revisions.items()}

    def _parents(self, module: Module) -> Iterable[str]:
        graph = read_graph((module,), self.index.constants)
        return [parent for revision in graph.revisions.values() for parent in revision.parents]

    def _is_below_claimed(self, folder: str) -> bool:
        """Tell whether a configured environment's versions contain a folder it does not read."""
        return any(
            _is_below(folder, location)
            for environment in self.found
            if environment.section is not None and environment.modules
            for location in environment.locations
        )

    def _add(self, script: str, locations: tuple[str, ...], section: AlembicSection | None) -> Environment | None:
        modules = [
            module
            for location in locations
            for module in self.by_folder.get(location, ())
            if not module.path.rpartition("/")[2].startswith("__init__") and module.path != _join(script, "env.py")
        ]
        if not any(has_revision(module) for module in modules) and not (self.empty and self._has_env(script)):
            return None
        key = [environment.locations for environment in self.found]
        if locations in key:
            return None
        self.claimed.update(locations)
        parts = locations[0].lower().replace("_", "/").split("/")
        hints = [_DIALECT_FOLDERS[part] for part in parts if part in _DIALECT_FOLDERS]
        self.found.append(
            Environment(
                script,
                locations,
                modules,
                read_graph(modules, self.index.constants),
                self.index.module_at(_join(script, "env.py")),
                section,
                hints[-1] if hints else None,
            )
        )
        return self.found[-1]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and folder != "." else name


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path.replace("\\", "/"))
    return "" if cleaned == "." else cleaned.strip("/")


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/") if folder else bool(path)
