"""pytest fixtures: which function provides a parameter, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.reads import recorded
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module
from ormlint.index.vocabulary import pytest
from ormlint.semantic import types as t
from ormlint.semantic.decorators import last_name

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel


class FixtureReader:
    """Looks fixtures up as pytest does: the test's class, its file, then each conftest.py above it."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self._of_class: dict[str, tuple[dict[str, list[FunctionSymbol]], object]] = {}
        self._of_module: dict[str, tuple[dict[str, FunctionSymbol], object]] = {}

    def of_parameter(self, symbol: FunctionSymbol, name: str) -> t.Type | None:
        """Return what a parameter of a test or fixture is given, or None when no fixture of that name is known."""
        if not (symbol.name.startswith(pytest.TEST_PREFIX) or fixture_name(symbol) is not None):
            return None
        if name in _parametrized(symbol):
            return None
        found = self._find(symbol, name)
        if found is None:
            return None
        return self.model.functions.provided(t.Function(found, t.Instance(found.owner) if found.owner else None))

    def _find(self, symbol: FunctionSymbol, name: str) -> FunctionSymbol | None:
        if symbol.owner is not None:
            owner = symbol.owner
            for function in recorded(self._of_class, owner.key, lambda: _in_class(owner)).get(name, ()):
                if function is not symbol:
                    return function
        folder = symbol.module.path.rpartition("/")[0]
        modules = [symbol.module]
        while True:
            above = self.index.module_at(f"{folder}/{pytest.CONFTEST}" if folder else pytest.CONFTEST)
            if above is not None and above is not symbol.module:
                modules.append(above)
            if not folder:
                break
            folder = folder.rpartition("/")[0]
        for module in modules:
            found = self._fixtures(module).get(name)
            if found is not None and found is not symbol:  # a fixture that overrides asks for the one above it
                return found
        return None

    def _fixtures(self, module: Module) -> dict[str, FunctionSymbol]:
        return recorded(self._of_module, module.path, lambda: self._read(module))

    def _read(self, module: Module) -> dict[str, FunctionSymbol]:
        found: dict[str, FunctionSymbol] = {}
        for name in module.scope:
            symbol = self.index.resolver.name(module, name)
            if isinstance(symbol, FunctionSymbol):
                provided = fixture_name(symbol)
                if provided is not None:
                    found[name if provided == symbol.name else provided] = symbol
        return found


def _in_class(owner: ClassSymbol) -> dict[str, list[FunctionSymbol]]:
    found: dict[str, list[FunctionSymbol]] = {}
    for statement in owner.facts.body:
        if isinstance(statement, s.FunctionStmt):
            function = owner.module.functions[statement.index]
            name = fixture_name(function)
            if name is not None:
                found.setdefault(name, []).append(function)
    return found


def fixture_name(symbol: FunctionSymbol) -> str | None:
    """Return the name a fixture provides, or None for other functions."""
    for decorator in symbol.facts.decorators:
        if last_name(decorator) == pytest.FIXTURE:
            given = decorator.keyword("name") if isinstance(decorator, e.Call) else None
            return given.value if isinstance(given, e.Str) else symbol.name
    return None


def _parametrized(symbol: FunctionSymbol) -> set[str]:
    names: set[str] = set()
    for decorator in symbol.facts.decorators:
        if isinstance(decorator, e.Call) and last_name(decorator) == pytest.PARAMETRIZE and decorator.args:
            first = decorator.args[0]
            parts = first.elements if isinstance(first, e.Display) else (first,)
            for part in parts:
                if isinstance(part, e.Str):
                    names.update(name.strip() for name in part.value.split(","))
    return names
