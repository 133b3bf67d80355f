"""Names of classes and functions that stay the same when their file is edited elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module

Symbol = ClassSymbol | FunctionSymbol


class Idents:
    """Symbols by name and back: path, qualified name, and which one of that name it is in its file."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._names: dict[str, dict[int, str]] = {}
        self._symbols: dict[str, dict[str, Symbol]] = {}

    def of(self, symbol: Symbol) -> str:
        """Return the name of a symbol; of one in an installed package it is no way back."""
        module = symbol.module
        names = self._names.get(module.path)
        if names is None:
            names = self._read(module)
        found = names.get(id(symbol))
        if found is None:  # made by a call
            found = names[id(symbol)] = f"{module.path}\tmade\t{symbol.own_facts.qualname}\t{symbol.own_facts.start}"
            self._symbols[module.path][found] = symbol
        return found

    def find(self, name: str) -> Symbol | None:
        """Return the symbol of a name, or None when it is gone."""
        path = name.split("\t", 1)[0]
        module = self._modules.get(path)
        if module is None:
            return None
        if path not in self._symbols:
            self._read(module)
        return self._symbols[path].get(name)

    def _read(self, module: Module) -> dict[int, str]:
        names: dict[int, str] = {}
        symbols: dict[str, Symbol] = {}
        for kind, found in (("class", module.classes), ("def", module.functions)):
            counts: dict[str, int] = {}
            for symbol in found:
                qualname = symbol.own_facts.qualname
                count = counts[qualname] = counts.get(qualname, 0) + 1
                name = f"{module.path}\t{kind}\t{qualname}\t{count}"
                names[id(symbol)] = name
                symbols[name] = symbol
        self._names[module.path] = names
        self._symbols[module.path] = symbols
        return names
