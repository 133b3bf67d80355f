"""Modules of installed packages, read one by one where a mapped class derives from them; never imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ormlint.facts import statements as s
from ormlint.facts.module import ModuleBodies, ModuleInterface
from ormlint.index.modules import ALWAYS_EXTERNAL
from ormlint.index.scopes import build_module
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module
from ormlint.text import SourceError, SourceText


class Environment(Protocol):
    """Where the packages of a project are installed."""

    @property
    def roots(self) -> Sequence[str]:
        """The folders that stand on `sys.path`, with forward slashes."""

    def at(self, stem: str) -> str | None:
        """Return the path of the module or package (`…/__init__.py`) at a path without ending, or None.

        A folder without `__init__.py` answers with a trailing slash.
        """

    def read(self, path: str) -> SourceText | SourceError | None:
        """Return the text of a module; None when it cannot be opened."""


class Facts(Protocol):
    """The facts of a file."""

    @property
    def interface(self) -> ModuleInterface:
        """What the file says to others."""

    @property
    def bodies(self) -> ModuleBodies:
        """The bodies of its functions."""


class InstalledModules:
    """The part of the environment that was asked for. It answers imports as `ModuleMap` does for the project."""

    def __init__(self, environment: Environment, read: Callable[[str], Facts | None]) -> None:
        self._environment = environment
        self._read = read
        self._modules: dict[str, Module | None] = {}
        self._facts: dict[str, Facts] = {}

    def find(self, dotted: str, importer: str) -> str | None:
        """Return the path of a module by its full dotted name, or None."""
        if dotted.partition(".")[0] in ALWAYS_EXTERNAL:
            return None
        stem = dotted.replace(".", "/")
        found = (self._environment.at(f"{root}/{stem}") for root in self._environment.roots)
        return next((path for path in found if path is not None), None)

    def relative(self, module: str, level: int, importer: str) -> str | None:
        """Return the path of a relative import's module, or None."""
        folder = importer.rpartition("/")[0]
        for _ in range(level - 1):
            folder = folder.rpartition("/")[0]
        if not module:
            return self._environment.at(folder)
        return self._environment.at("/".join((folder, *module.split("."))))

    def submodule(self, path: str, name: str) -> str | None:
        """Return the path of module `name` inside the package at `path`, or None."""
        if not path.endswith(("/__init__.py", "/")):
            return None
        return self._environment.at(f"{path.rpartition('/')[0]}/{name}")

    def module(self, path: str) -> Module | None:
        """Return the module at a path that one of the others answered; None for a folder or an unreadable file."""
        if path not in self._modules:
            self._modules[path] = None
            facts = self._read(path) if not path.endswith("/") else None
            if facts is not None:
                self._facts[path] = facts
                module = self._modules[path] = build_module(path, self._name(path), facts.interface)
                module.is_installed = True
        return self._modules[path]

    def classes_named(self, name: str) -> list[ClassSymbol]:
        """Return the classes of a name in the modules that were read so far."""
        modules = [module for _, module in sorted(self._modules.items()) if module is not None]
        return [symbol for module in modules for symbol in module.classes if symbol.name == name]

    def body(self, function: FunctionSymbol) -> tuple[s.Stmt, ...]:
        """Return the statements of a function of such a module."""
        return self._facts[function.module.path].bodies.functions[function.index]

    def _name(self, path: str) -> str:
        root = next((root for root in self._environment.roots if path.startswith(f"{root}/")), "")
        return path[len(root) + 1 :].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
