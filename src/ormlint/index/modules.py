"""Which file an import means: dotted names to paths, for src layouts and several packages in one repository."""

from __future__ import annotations

from collections.abc import Iterable

from ormlint.index.reads import READS
from ormlint.index.vocabulary import KNOWN_PACKAGES, fastapi, pytest

# Top-level packages that are never a folder of the project, even where it has a folder of that name
# (`alembic/` beside `alembic.ini` is the usual case).
ALWAYS_EXTERNAL = frozenset(
    {
        *KNOWN_PACKAGES,
        "alembic",
        "flask",
        fastapi.PACKAGE,
        "pydantic",
        "typing",
        "typing_extensions",
        "enum",
        "datetime",
        "dataclasses",
        "uuid",
        "celery",
        pytest.PACKAGE,
    }
)


class ModuleMap:
    """Paths of a project's Python files, and how imports find them.

    A dotted name is matched with the ends of paths: `app.models` is any `…/app/models.py` or
    `…/app/models/__init__.py` whose leading folder could stand on `sys.path`. Of several the one nearest
    to the importing file is meant.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self.packages = frozenset(path[: -len("/__init__.py")] for path in self.paths if path.endswith("/__init__.py"))
        self._by_suffix: dict[str, list[str]] = {}
        self._folders: dict[str, list[str]] = {}
        folders: set[str] = set()
        for path in sorted(self.paths):
            parts = path[:-3].split("/")
            if parts[-1] == "__init__":
                parts.pop()
            if parts:
                self._by_suffix.setdefault(parts[-1], []).append(path)
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                self._folders.setdefault(folder.rpartition("/")[2], []).append(folder)
                folder = folder.rpartition("/")[0]
        self._memo: dict[tuple[str, str], str | None] = {}

    def name(self, path: str) -> str:
        """Return the dotted name a person would give the module at `path`."""
        parts = path[:-3].split("/")
        if parts[-1] == "__init__":
            parts.pop()
        start = len(parts) - 1
        while start > 0 and "/".join(parts[:start]) in self.packages:
            start -= 1
        return ".".join(parts[start:]) or path

    def find(self, dotted: str, importer: str) -> str | None:
        """Return the path of the module or package `dotted` as imported from `importer`, or None.

        A folder without `__init__.py` (a namespace package) answers with the folder's path and a
        trailing slash.
        """
        top = dotted.partition(".")[0]
        if top in ALWAYS_EXTERNAL:
            return None
        folder = importer.rpartition("/")[0]
        key = (dotted, folder)
        READS.seen.add(("find", dotted, folder))
        if key not in self._memo:
            self._memo[key] = self._find(dotted.split("."), folder)
        return self._memo[key]

    def is_inside(self, dotted: str, path: str) -> bool:
        """Tell whether a module found by an absolute import is seen only by scripts inside of its package."""
        stem = path[:-1] if path.endswith("/") else path[:-3].removesuffix("/__init__")
        root = stem.removesuffix(dotted.replace(".", "/")).rstrip("/")
        return root in self.packages

    def relative(self, module: str, level: int, importer: str) -> str | None:
        """Return the path of a relative import's module, or None."""
        folder = importer.rpartition("/")[0]
        for _ in range(level - 1):
            folder = folder.rpartition("/")[0]
        target = "/".join(part for part in (folder, *module.split(".")) if part)
        return self._file(target)

    def submodule(self, path: str, name: str) -> str | None:
        """Return the path of module `name` inside the package at `path`, or None."""
        if path.endswith("/__init__.py"):
            return self._file(f"{path[: -len('/__init__.py')]}/{name}")
        if path == "__init__.py":
            return self._file(name)
        if path.endswith("/"):
            return self._file(path + name)
        return None

    def _file(self, stem: str) -> str | None:
        READS.seen.add(("file", stem))
        return self.file(stem)

    def file(self, stem: str) -> str | None:
        """Return the path of the module, package or folder at a path without ending, or None."""
        for candidate in (f"{stem}/__init__.py", f"{stem}.py"):
            if candidate in self.paths:
                return candidate
        if stem and stem in self._folders.get(stem.rpartition("/")[2], ()):
            return f"{stem}/"
        return None

    def _find(self, parts: list[str], folder: str) -> str | None:
        best: tuple[int, int, str] | None = None
        suffix = "/".join(parts)
        candidates = list(self._by_suffix.get(parts[-1], ()))
        candidates += [f"{path}/" for path in self._folders.get(parts[-1], ()) if path not in self.packages]
        for path in candidates:
            stem = path[:-1] if path.endswith("/") else path[:-3].removesuffix("/__init__")
            if stem == suffix:
                root = ""
            elif stem.endswith("/" + suffix):
                root = stem[: -len(suffix) - 1]
            else:
                continue
            is_ancestor = root == "" or folder == root or folder.startswith(root + "/")
            if root in self.packages and not is_ancestor:
                continue  # the inside of a package is on nobody's path but its own scripts'
            rank = (shared_folders(root, folder), 0 if path.endswith("/") else 1, path)
            if root in self.packages:
                rank = (-1, rank[1], path)
            if best is None or rank[:2] > best[:2]:
                best = rank
        return best[2] if best else None


def shared_folders(first: str, second: str) -> int:
    """Return how many leading folders two paths share."""
    count = 0
    for left, right in zip(first.split("/"), second.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
