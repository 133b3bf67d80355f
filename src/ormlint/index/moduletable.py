"""The modules of a project by their paths, each made when it is asked for: after a change few are."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView

from ormlint.index.symbols import Module


class ModuleTable(dict[str, Module]):
    """A mapping of all paths, in their order. What is stored in the dict itself are the modules that were made."""

    def __init__(self, paths: Iterable[str], make: Callable[[str], Module]) -> None:
        super().__init__()
        self._paths = dict.fromkeys(sorted(paths))
        self._make = make

    def take(self, modules: Iterable[Module]) -> None:
        """Take modules that were made elsewhere."""
        for module in modules:
            super().__setitem__(module.path, module)

    def made(self) -> Iterator[Module]:
        """Yield the modules that were made so far."""
        yield from list(super().values())

    def make_all(self) -> None:
        """Make all modules, in the order of their paths."""
        for path in self._paths:
            if not super().__contains__(path):
                super().__setitem__(path, self._make(path))

    def __missing__(self, path: str) -> Module:
        if path not in self._paths:
            raise KeyError(path)
        self[path] = module = self._make(path)
        return module

    def get(self, path: str, default: Module | None = None) -> Module | None:  # type: ignore[override]
        """Return the module at a path, or the default."""
        return self[path] if path in self._paths else default

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Return the paths."""
        return self._paths.keys()

    def values(self) -> ValuesView[Module]:  # type: ignore[override]
        """Return all modules in the order of their paths."""
        return ValuesView(self)

    def items(self) -> ItemsView[str, Module]:  # type: ignore[override]
        """Return all paths and modules in the order of the paths."""
        return ItemsView(self)
