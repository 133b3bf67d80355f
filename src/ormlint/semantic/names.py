"""The types of names at the top level of modules, and of symbols in general."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.bases import DynamicBase
from ormlint.index.reads import READS, Read, recorded
from ormlint.index.symbols import ClassSymbol, External, Folder, FunctionSymbol, Module, Symbol, Unknown, Value
from ormlint.index.vocabulary import ASYNC_SESSIONS, SYNC_SESSIONS, flask_sqlalchemy
from ormlint.semantic import types as t
from ormlint.semantic.execution import Interpreter
from ormlint.semantic.records import FunctionRecord
from ormlint.semantic.solver import Kind

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

CIRCULAR = t.unknown("a name that is defined by itself")
GROWS = t.unknown("its type grows with every call of itself")
TYPE_KIND = Kind(lambda: t.NEVER, lambda kind: kind, lambda before, after: before if before == after else GROWS)


class NameReader:
    """Answers names and symbols; asks the solver, since a module-level value may lead back to itself."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self.values: dict[Read, Value] = {}  # by what is noted when they are read
        self._setters: dict[str, tuple[dict[str, list[FunctionSymbol]], object]] = {}

    def name_type(self, module: Module, name: str) -> t.Type:
        """Return the type of a name of a module's top level."""
        key = ("name", module.path, name)
        READS.seen.add(("type", module.path, name))
        found = self._final(key, ("type", module.path, name))
        if found is None:
            found = self.model.solver.ask(key, lambda: self._name_type(module, name), TYPE_KIND)
        return self._known(key, found)

    def _known(self, key: tuple[object, ...], found: t.Type) -> t.Type:
        """Say of a name that only its own value would define that it is not known, not that nothing goes on."""
        return CIRCULAR if found is t.NEVER and self.model.solver.is_final(key) else found

    def _name_type(self, module: Module, name: str) -> t.Type:
        with self.model.reading(module):
            return self._read_name(module, name)

    def _read_name(self, module: Module, name: str) -> t.Type:
        candidates = self.index.resolver.candidates(module, name) if module.has(name) else []
        if len(candidates) > 1 and any(isinstance(item, Value) for item in candidates):
            kinds = [self.symbol_type(item) for item in candidates]
            return t.join(kind for kind in kinds if not isinstance(kind, t.NoneType) or len(kinds) == 1)
        symbol = self.index.resolver.name(module, name)
        if isinstance(symbol, Unknown) and symbol.reason.startswith("bound by"):
            # By a loop, a `with`, an unpacking: what the module's own statements make of it.
            return self.model.module_record(module).env.get(name, t.unknown(symbol.reason))
        return self.symbol_type(symbol)

    def symbol_type(self, symbol: Symbol) -> t.Type:
        """Return the type of a resolved symbol."""
        if isinstance(symbol, ClassSymbol):
            kind = self._session_class(symbol)
            return t.ClassType(symbol) if kind is None else t.SessionFactory(kind)
        if isinstance(symbol, FunctionSymbol):
            return t.Function(symbol)
        if isinstance(symbol, External):
            return self.external_type(symbol.name)
        if isinstance(symbol, Value):
            return self.value_type(symbol)
        if isinstance(symbol, Module):
            return t.ModuleType(symbol)
        if isinstance(symbol, Folder):
            return t.unknown("a folder without __init__.py")
        if isinstance(symbol, Unknown):
            return t.unknown(symbol.reason)
        return t.unknown("a symbol that is not known")

    def external_type(self, name: str) -> t.Type:
        """Return the type of an external object by its canonical name."""
        if name == flask_sqlalchemy.SESSION:
            return t.Session(False)
        return t.ExternalObject(name)

    def _session_class(self, symbol: ClassSymbol) -> bool | None:
        for base in self.index.bases.mro(symbol)[1:]:
            if isinstance(base, External):
                if base.name in SYNC_SESSIONS:
                    return False
                if base.name in ASYNC_SESSIONS:
                    return True
        return None

    # -- values

    def value_type(self, value: Value) -> t.Type:
        """Return the type of a name of a module or class body from its annotation or its expression."""
        key = ("value", value.module.path, value.range.start, value.name)
        read = ("value", value.module.path, value.owner, value.name, value.range.start)
        READS.seen.add(read)
        self.values[read] = value
        found = self._final(key, read)
        if found is None:
            found = self.model.solver.ask(key, lambda: self._value_type(value), TYPE_KIND)
        return self._known(key, found)

    def _final(self, key: tuple[object, ...], read: Read) -> t.Type | None:
        """Return an answer that was found already, or is remembered."""
        final = self.model.solver.final
        found: t.Type | None = final.get(key)
        if found is None:
            found = self.model.recall_answer(read)  # type: ignore[assignment]
            if found is not None:
                final[key] = found
        return found

    def _value_type(self, value: Value) -> t.Type:
        with self.model.reading(value.module):
            return self._read_value(value)

    def _read_value(self, value: Value) -> t.Type:
        if value.annotation is not None:
            declared = self.model.annotations.read(value.annotation, value.module)
            if not isinstance(declared, (t.Unknown, t.Builtin)):
                return declared
        if value.value is None:
            return t.unknown(f"`{value.name}` has no value")
        base = self.index.bases.base(value.module, value.value) if isinstance(value.value, e.Call) else None
        if isinstance(base, DynamicBase):
            return t.unknown("a declarative base")
        interpreter = Interpreter(self.model, FunctionRecord(value.module, None, ()), None)
        interpreter.recording = False
        found = interpreter.eval(value.value)
        if value.owner is None:
            found = self._with_setters(value, found)
        return found

    def _with_setters(self, value: Value, found: t.Type) -> t.Type:
        """Add what functions that say `global name` give the name."""
        setters = recorded(self._setters, value.module.path, lambda: self._read_setters(value.module))
        for function in setters.get(value.name, ()):
            found = t.join((found, self.model.asked(function).global_types.get(value.name, t.NEVER)))
        return found

    def _read_setters(self, module: Module) -> dict[str, list[FunctionSymbol]]:
        setters: dict[str, list[FunctionSymbol]] = {}
        for function in module.functions:
            for statement in walk_statements(self.index.body(function)):
                if isinstance(statement, s.ScopeNames):
                    for name in statement.names:
                        if module.has(name):
                            setters.setdefault(name, []).append(function)
        return setters
