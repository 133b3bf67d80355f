"""The state of one replay: schema, budget, the revision at hand, modules already opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, Folder, FunctionSymbol, Module, Symbol, Value
from ormlint.schema.replay.hazards import Hazards
from ormlint.schema.replay.simulated import SimSchema, SimTable, Step, step_at
from ormlint.schema.replay.values import ClassValue, Function, ModuleValue, Ref, Scope, Unknown

# Evaluated nodes a revision may cost; what takes more is a data migration, or a circle.
BUDGET = 200_000
DEPTH = 40
RECURSION = 4  # calls of one function within itself: where branches are not decided, each level multiplies them


class OverBudget(Exception):
    """A revision that takes too long to follow."""


class Raised(Exception):
    """The migration raises. `simulated`: the simulated database does, as the real one would."""

    def __init__(self, simulated: bool = False) -> None:
        super().__init__()
        self.simulated = simulated


class Machine:
    """What all parts of the evaluator share. The parts below are `Machine`s that add to it."""

    def __init__(self, index: ProjectIndex, dialect: str) -> None:
        self.index = index
        self.dialect = dialect
        self.schema = SimSchema(dialect)
        self.convention: Mapping[str, str] = {}  # how the environment's metadata names constraints
        self._compiler: Any = None
        self.revision = ""
        self.path = ""
        self.steps_left = BUDGET
        self.depth = 0
        self.running: list[object] = []  # bodies of the functions at hand
        self.quiet = 0  # > 0 while top-level statements and class bodies are evaluated: nothing is executed
        self.in_try = 0
        self.queried: str | None = None  # the table whose rows the last `session.query(…)` means, all of them
        self.history = ""  # of the revision at hand: its base
        self.guarded = 0  # branches at hand that ask whether a thing is there
        self.guesses = True  # a guard that leaves is taken not to
        self.shared = False  # the schema belongs to another branch too: copy it before it is changed
        self.writes = 0  # how often the schema was to be changed
        self.asked_schema = 0  # how often the simulated schema or a catalog was asked
        self.atoms: dict[str, bool] = {}
        self.opaque_steps: list[Step] = []  # where `create_all` and the like were called
        self.missing_targets: list[tuple[Step, SimTable, str]] = []
        self.hazards = Hazards()
        self.scopes: dict[str, Scope] = {}
        self.definitions: dict[str, dict[str, s.Stmt]] = {}
        self.busy: set[tuple[str, str]] = set()
        self.classes: dict[str, ClassValue] = {}
        self.yields: list[Any] = []

    # -- filled in by the parts

    def evaluate(self, expr: e.Expr, scope: Scope) -> Any:
        """Return the value of an expression."""
        raise NotImplementedError

    def call(self, func: Any, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> Any:
        """Call a value."""
        raise NotImplementedError

    def execute(self, statement: s.Stmt, scope: Scope) -> None:
        """Run a statement."""
        raise NotImplementedError

    def attribute(self, owner: Any, name: str) -> Any:
        """Return an attribute of a value."""
        raise NotImplementedError

    def class_attribute(self, cls: ClassValue, name: str) -> Any:
        """Return what a class, or a base of it, binds to a name."""
        raise NotImplementedError

    # -- the budget and the schema

    def spend(self) -> None:
        """Count one step.

        Raises:
            OverBudget: the revision has used its budget.
        """
        self.steps_left -= 1
        if self.steps_left < 0:
            raise OverBudget

    def writable(self) -> SimSchema:
        """Return the schema to change: a copy where another branch still needs it."""
        self.writes += 1
        if self.shared:
            self.schema = self.schema.copied()
            self.shared = False
        return self.schema

    def step(self, node: e.Node | None, text: str) -> Step:
        """Return a step of the revision at hand."""
        return step_at(self.revision, self.path, node, text)

    def unsure_of_constraints(self) -> None:
        """Note that a revision raises here and not where it runs: it looks for a constraint that has another name."""
        for table in self.writable().tables.values():
            for kind in ("foreign", "unique", "check", "primary", "index"):
                table.unsure.setdefault(kind, f"revision {self.revision} raises here and not where it runs")

    def open_schema(self, reason: str) -> None:
        """Note that there may be tables that are not known."""
        if not self.quiet:
            schema = self.writable()
            schema.open = schema.open or f"{reason} (revision {self.revision})"

    def compiler(self) -> Any:
        """Return SQLAlchemy's dialect, to spell types and clauses with."""
        if self._compiler is None:
            import sqlalchemy as sa

            kind: Any = sa.make_url(f"{self.dialect}://").get_dialect()
            self._compiler = kind(paramstyle="named")
        return self._compiler

    # -- modules and names

    def module_scope(self, module: Module) -> Scope:
        """Return the top-level scope of a module; its names are evaluated when they are asked for."""
        if module.path not in self.scopes:
            self.scopes[module.path] = Scope(None, module)
            definitions: dict[str, s.Stmt] = {}
            self.definitions[module.path] = definitions
            _define(module.interface.body, definitions)
        return self.scopes[module.path]

    def module_name(self, module: Module, name: str) -> Any:
        """Return a top-level name of a module.

        Raises:
            KeyError: the module does not bind it.
        """
        scope = self.module_scope(module)
        if name in scope.names:
            return scope.names[name]
        statement = self.definitions[module.path].get(name)
        if statement is None:
            for star in reversed(module.stars):
                target = self.index.resolver.imported(
                    module, s.ImportBinding(star.start, star.end, star.name, star.module, "", star.level)
                )
                if isinstance(target, Module) and not name.startswith("_") and target is not module:
                    try:
                        return self.module_name(target, name)
                    except KeyError:
                        continue
            raise KeyError(name)
        key = (module.path, name)
        if key in self.busy:
            return Unknown(f"`{name}` is defined by itself")
        self.busy.add(key)
        self.quiet += 1
        try:
            self.execute(statement, scope)
        except (Raised, _Leave):
            pass
        finally:
            self.quiet -= 1
            self.busy.discard(key)
        return scope.names.setdefault(name, Unknown(f"`{name}` of {module.path} was not understood"))

    def imported(self, scope: Scope, binding: s.ImportBinding) -> Any:
        """Return what an import binds."""
        if not binding.member or binding.member == "*":
            return self.symbol_value(self.index.resolver.imported(scope.module, binding), binding.name)
        owner = self.index.resolver.imported(
            scope.module, s.ImportBinding(binding.start, binding.end, binding.name, binding.module, "", binding.level)
        )
        if isinstance(owner, Module):
            return self.member(owner, binding.member)
        return self.symbol_value(self.index.resolver.imported(scope.module, binding), binding.member)

    def member(self, module: Module, name: str) -> Any:
        """Return `module.name`, a module below it included."""
        try:
            return self.module_name(module, name)
        except KeyError:
            found = self.index.resolver.attribute(module, name)
            if isinstance(found, (Module, Folder, External)):
                return self.symbol_value(found, name)
        return Unknown(f"{module.path} does not define `{name}`")

    def symbol_value(self, symbol: Symbol, name: str) -> Any:
        """Return the value of what the index resolved."""
        if isinstance(symbol, External):
            return Ref(symbol.name)
        if isinstance(symbol, Module):
            return ModuleValue(symbol)
        if isinstance(symbol, (ClassSymbol, FunctionSymbol, Value)):
            try:
                return self.module_name(symbol.module, symbol.name)
            except KeyError:
                return Unknown(f"`{name}` is not at the top of {symbol.module.path}")
        if isinstance(symbol, Folder):
            return symbol
        return Unknown(symbol.reason)

    def class_value(self, symbol: ClassSymbol, scope: Scope) -> ClassValue:
        """Return a class of the project."""
        bases = [self.evaluate(base, scope) for base in symbol.facts.bases]
        return ClassValue(symbol, scope, bases)

    def function_value(self, module: Module, index: int, scope: Scope) -> Function:
        """Return a function of the project."""
        symbol = module.functions[index]
        kind = ""
        for decorator in symbol.facts.decorators:
            target = decorator.func if isinstance(decorator, e.Call) else decorator
            last = (e.dotted_name(target) or "").rpartition(".")[2]
            kind = {
                "property": "property",
                "cached_property": "property",
                "staticmethod": "static",
                "classmethod": "class",
                "declared_attr": "declared",
                "directive": "declared",
            }.get(last, kind)
        facts = symbol.facts
        return Function(
            facts.params, self.index.body(symbol), scope, facts.name, facts.is_generator, kind, symbol=symbol
        )


class _Leave(Exception):
    """`return`, `break` or `continue` on their way out."""


class Returned(_Leave):
    """`return value`."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Broken(_Leave):
    """`break`."""


class Continued(_Leave):
    """`continue`."""


def _define(body: tuple[s.Stmt, ...], found: dict[str, s.Stmt]) -> None:
    """Collect which statement binds a name at the top of a module; the last one does, an `else` least."""
    for statement in body:
        if isinstance(statement, (s.FunctionStmt, s.ClassStmt, s.TypeAlias)):
            found[statement.name] = statement
        elif isinstance(statement, s.Assign):
            for target in statement.targets:
                for name in _names(target):
                    if statement.value is not None:
                        found[name] = statement
        elif isinstance(statement, s.Import):
            for binding in statement.bindings:
                found[binding.name] = statement
        elif isinstance(statement, s.If):
            _define(statement.orelse, found)
            _define(statement.body, found)
        elif isinstance(statement, s.Try):
            for handler in statement.handlers:
                _define(handler.body, found)
            _define(statement.body, found)
            _define(statement.orelse, found)
        elif isinstance(statement, s.With):
            _define(statement.body, found)


def _names(target: e.Expr) -> list[str]:
    if isinstance(target, e.Name):
        return [target.id]
    if isinstance(target, e.Display):
        return [name for element in target.elements for name in _names(element)]
    return []
