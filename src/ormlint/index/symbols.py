"""What a name means: module scopes, imports followed across files, dotted expressions resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import ClassFacts, FunctionFacts, ModuleBodies, ModuleInterface
from ormlint.index.modules import ModuleMap
from ormlint.index.reads import READS, recorded
from ormlint.index.vocabulary import ORM_PREFIXES, canonical, sqlalchemy, sqlmodel
from ormlint.index.vocabulary.flask_sqlalchemy import extension_name
from ormlint.text import Range

# Packages whose star import gives a name that nothing else of a module does.
_STAR_PACKAGES = frozenset({sqlalchemy.PACKAGE, sqlmodel.PACKAGE, "typing", "enum"})


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could not be resolved, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class External:
    """An object of a package outside the project, under its canonical name."""

    name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A namespace package: a folder without `__init__.py`."""

    path: str
    is_installed: bool = False


@dataclass(eq=False, slots=True)
class Module:
    """A file with its names. `scope` holds, per name, its bindings in source order.

    `is_installed`: it belongs to a package of the environment, and nothing is reported in it.
    """

    path: str
    name: str
    own_interface: ModuleInterface  # without noting that it was read
    own_scope: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[s.ImportBinding] = field(default_factory=list)
    classes: list[ClassSymbol] = field(default_factory=list)
    functions: list[FunctionSymbol] = field(default_factory=list)
    is_installed: bool = False
    bodies: ModuleBodies | None = None  # of a module made for one question only; else the index has them

    @property
    def interface(self) -> ModuleInterface:
        """All that the file says to others."""
        READS.seen.add(("module", self.path))
        return self.own_interface

    @property
    def scope(self) -> dict[str, list[Binding]]:
        """The bindings of its names; to look up one name `has` and `Resolver.name` read less."""
        READS.seen.add(("module", self.path))
        return self.own_scope

    def bindings(self, name: str) -> Sequence[Binding]:
        """Return the bindings of a name at the top level."""
        READS.seen.add(("name", self.path, name))
        return self.own_scope.get(name, ())

    def has(self, name: str) -> bool:
        """Tell whether a name is bound at the top level."""
        READS.seen.add(("name", self.path, name))
        return name in self.own_scope

    def __repr__(self) -> str:
        return f"Module({self.path})"


@dataclass(eq=False, slots=True)
class ClassSymbol:
    """A class of the project."""

    module: Module
    own_facts: ClassFacts  # without noting that they were read
    index: int
    is_made: bool = False  # by a call of `type`: there is no class statement
    key: str = field(init=False)  # a name that is unique in the project

    def __post_init__(self) -> None:
        self.key = f"{self.module.path}:{self.own_facts.qualname}:{self.own_facts.start}"

    @property
    def facts(self) -> ClassFacts:
        """What its statement says."""
        READS.seen.add(self)
        return self.own_facts

    @property
    def name(self) -> str:
        """The class's own name."""
        return self.own_facts.name

    def __repr__(self) -> str:
        return f"ClassSymbol({self.module.name}.{self.own_facts.qualname})"


@dataclass(eq=False, slots=True)
class FunctionSymbol:
    """A function or method of the project; `owner` is the class whose body holds it."""

    module: Module
    own_facts: FunctionFacts  # without noting that they were read
    index: int
    owner: ClassSymbol | None

    @property
    def facts(self) -> FunctionFacts:
        """What its signature says."""
        READS.seen.add(self)
        return self.own_facts

    @property
    def name(self) -> str:
        """The function's own name."""
        return self.own_facts.name

    def __repr__(self) -> str:
        return f"FunctionSymbol({self.module.name}.{self.own_facts.qualname})"


@dataclass(eq=False, slots=True)
class Value:
    """A module-level name bound to an expression; `owner` is set for a name of a class body."""

    module: Module
    name: str
    value: e.Expr | None
    annotation: e.Expr | None
    range: Range
    owner: ClassSymbol | None = None
    is_type: bool = False  # by a `type` statement: as a type it is not what it stands for


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding of a name in a module. `target` is a symbol, or an import still to be followed."""

    target: ClassSymbol | FunctionSymbol | Value | s.ImportBinding | Unknown
    conditional: bool


Symbol: TypeAlias = "Module | Folder | ClassSymbol | FunctionSymbol | Value | External | Unknown"

_BUILTINS = frozenset(
    [
        "object",
        "int",
        "str",
        "float",
        "bool",
        "bytes",
        "list",
        "dict",
        "set",
        "frozenset",
        "tuple",
        "type",
        "property",
        "staticmethod",
        "classmethod",
        "super",
        "len",
        "isinstance",
        "getattr",
        "setattr",
        "hasattr",
        "sorted",
        "zip",
        "enumerate",
        "next",
        "iter",
        "map",
        "filter",
        "reversed",
        "range",
        "print",
        "any",
        "all",
        "min",
        "max",
        "sum",
        "repr",
        "id",
        "hash",
        "open",
        "round",
        "abs",
        "Exception",
        "ValueError",
        "TypeError",
        "KeyError",
        "AttributeError",
        "RuntimeError",
        "LookupError",
        "None",
        "True",
        "False",
        "Ellipsis",
        "NotImplemented",
        "vars",
        "dir",
        "callable",
        "issubclass",
        "format",
        "divmod",
        "pow",
        "ord",
        "chr",
        "hex",
        "oct",
        "bin",
        "input",
        "delattr",
        "locals",
        "globals",
        "exec",
        "eval",
        "complex",
        "bytearray",
        "memoryview",
        "slice",
        "BaseException",
        "NotImplementedError",
        "IndexError",
        "StopIteration",
        "OSError",
    ]
)


class Installed(Protocol):
    """What the resolver asks of installed packages (`index.installed`)."""

    def find(self, dotted: str, importer: str) -> str | None:
        """Return the path of a module by its full dotted name."""

    def relative(self, module: str, level: int, importer: str) -> str | None:
        """Return the path of a relative import's module."""

    def submodule(self, path: str, name: str) -> str | None:
        """Return the path of a module inside a package."""

    def module(self, path: str) -> Module | None:
        """Return the module at a path."""


class Resolver:
    """Follows names and dotted expressions through modules. Answers are remembered."""

    def __init__(self, modules: dict[str, Module], paths: ModuleMap, installed: Installed | None = None) -> None:
        self.modules = modules
        self.paths = paths
        self.installed = installed
        # Set by the index: whether a module-level name holds a Flask-SQLAlchemy extension, whose attributes
        # are SQLAlchemy's own names (`db.Column`).
        self.is_flask: Callable[[Value], bool] = lambda value: False
        # Arguments that stand in place of a function's parameters, with the module they were written in.
        self.homes: dict[e.Node, Module] = {}
        self._memo: dict[tuple[str, str], tuple[Symbol, object]] = {}
        self._active: set[tuple[str, str]] = set()
        self._packaged: dict[str, bool] = {}

    def remembered(self) -> tuple[dict[Any, Any], ...]:
        """Return what is remembered."""
        return self._memo, self._packaged

    def home(self, node: e.Node, module: Module) -> Module:
        """Return the module a node was written in, where an expression of `module` holds it."""
        return self.homes.get(node, module)

    def name(self, module: Module, name: str) -> Symbol:
        """Return what a bare name means at the top level of `module`."""
        key = (module.path, name)
        found = self._memo.get(key)
        if found is not None:
            if found[1]:
                READS.seen.add(found[1])
            return found[0]
        if key in self._active:
            return Unknown(f"`{name}` is imported in a circle")
        return recorded(self._memo, key, lambda: self._once(key, module, name))

    def _once(self, key: tuple[str, str], module: Module, name: str) -> Symbol:
        self._active.add(key)
        try:
            return self._name(module, name)
        finally:
            self._active.discard(key)

    def forget(self, module: Module, name: str) -> None:
        """Resolve a name anew: its binding was changed."""
        self._memo.pop((module.path, name), None)

    def candidates(self, module: Module, name: str) -> list[Symbol]:
        """Return all that a name may mean: more than one where branches bind it differently."""
        bindings = module.bindings(name)
        last = 0
        for position, binding in enumerate(bindings):
            if not binding.conditional:
                last = position
        return [self._target(module, binding) for binding in bindings[last:]]

    def expr(self, module: Module, expr: e.Expr) -> Symbol:
        """Return what a name or dotted expression means at the top level of `module`."""
        if isinstance(expr, e.Name):
            return self.name(self.homes.get(expr, module), expr.id)
        if isinstance(expr, e.Attribute):
            return self.attribute(self.expr(module, expr.value), expr.attr)
        if isinstance(expr, e.Subscript):
            return self.expr(module, expr.value)
        return Unknown("not a name")

    def dotted(self, module: Module, name: str) -> Symbol:
        """Return what a dotted name means at the top level of `module`."""
        first, *rest = name.split(".")
        found = self.name(module, first)
        for part in rest:
            found = self.attribute(found, part)
        return found

    def attribute(self, owner: Symbol, name: str) -> Symbol:
        """Return `owner.name` for modules and external objects; values are not looked into."""
        if isinstance(owner, Module):
            return self._member(owner, name)
        if isinstance(owner, External):
            return External(canonical(f"{owner.name}.{name}"))
        if isinstance(owner, ClassSymbol):
            return self._class_member(owner, name)
        if isinstance(owner, Folder):
            return self._in_folder(owner, name)
        if isinstance(owner, Unknown):
            return owner
        if isinstance(owner, Value) and isinstance(owner.value, e.Call) and self.is_flask(owner):
            return External(extension_name(name))
        return Unknown(f"attribute `{name}` of a value")

    def _class_member(self, owner: ClassSymbol, name: str) -> Symbol:
        for statement in owner.facts.body:
            if isinstance(statement, s.ClassStmt) and statement.name == name:
                return owner.module.classes[statement.index]
            if isinstance(statement, s.FunctionStmt) and statement.name == name:
                return owner.module.functions[statement.index]
            if isinstance(statement, s.Assign):
                for target in statement.targets:
                    if isinstance(target, e.Name) and target.id == name:
                        return Value(owner.module, name, statement.value, statement.annotation, target.range, owner)
        return Unknown(f"`{name}` is not in the body of `{owner.name}`")

    def _name(self, module: Module, name: str) -> Symbol:
        if module.has(name):
            found = self.candidates(module, name)
            # `try: import x / except ImportError: x = None`: the definition is meant, not the stand-in.
            ranked = sorted(found, key=_weight)
            return ranked[0] if ranked else Unknown(f"`{name}` is not bound")
        for star in reversed(module.stars):
            target = self._module_of(module, star)
            if isinstance(target, Module):
                if not name.startswith("_"):
                    symbol = self.name(target, name)
                    if not isinstance(symbol, Unknown) and not (
                        isinstance(symbol, External) and symbol.name.startswith("builtins.")
                    ):
                        return symbol
            elif star.module and not star.level and self.paths.find(star.module, module.path) is None:
                top = star.module.partition(".")[0]
                if top in _STAR_PACKAGES:
                    return External(canonical(f"{star.module}.{name}"))
        if name in _BUILTINS:
            return External(f"builtins.{name}")
        return Unknown(f"`{name}` is not defined in {module.path}")

    def _target(self, module: Module, binding: Binding) -> Symbol:
        target = binding.target
        if isinstance(target, s.ImportBinding):
            return self.imported(module, target)
        if isinstance(target, Value) and isinstance(target.value, (e.Name, e.Attribute)):
            aliased = self.expr(module, target.value)  # `Base = db.Model`, `Video = models.Video`
            if isinstance(aliased, (ClassSymbol, External, FunctionSymbol, Module)):
                return aliased
        return target

    def imported(self, module: Module, binding: s.ImportBinding) -> Symbol:
        """Return what an import binds, in whatever scope it stands."""
        target = self._module_of(module, binding)
        if not binding.member:
            return target
        if isinstance(target, Module):
            return self._member(target, binding.member)
        if isinstance(target, External):
            return External(canonical(f"{target.name}.{binding.member}"))
        if isinstance(target, Folder):
            return self._in_folder(target, binding.member)
        return target

    def installed_object(self, name: str) -> Symbol | None:
        """Return what an external name is in the installed package that defines it; None when it was not found."""
        installed = self.installed
        if installed is None:
            return None
        parts = name.split(".")
        for length in range(len(parts) - 1, 0, -1):
            path = installed.find(".".join(parts[:length]), "")
            module = installed.module(path) if path is not None else None
            if module is not None:
                found: Symbol = module
                for part in parts[length:]:
                    found = self.attribute(found, part)
                return None if isinstance(found, Unknown) else found
        return None

    def _module_of(self, module: Module, binding: s.ImportBinding) -> Symbol:
        paths: ModuleMap | Installed = self.installed if module.is_installed and self.installed else self.paths
        if binding.level:
            found = paths.relative(binding.module, binding.level, module.path)
            if found is None:
                return Unknown(f"relative import of `{'.' * binding.level}{binding.module}` finds no file")
        else:
            found = paths.find(binding.module, module.path)
            if found is None:
                return External(canonical(binding.module))
            if not module.is_installed and self.paths.is_inside(binding.module, found) and self._is_packaged(module):
                return External(canonical(binding.module))
        return self._module(found, module.is_installed)

    def _is_packaged(self, module: Module) -> bool:
        """Tell whether a module is surely imported as part of its package: it imports by that package's name.

        The folders inside a package are then on nobody's path, and `import datasets` there is no neighbour.
        """
        known = self._packaged.get(module.path)
        if known is None:
            top, dot, _ = module.name.partition(".")
            imports = (
                binding.target
                for bindings in module.scope.values()
                for binding in bindings
                if isinstance(binding.target, s.ImportBinding)
            )
            known = self._packaged[module.path] = bool(dot) and any(
                item.level or item.module == top or item.module.startswith(f"{top}.") for item in imports
            )
        return known

    def _module(self, path: str, is_installed: bool) -> Module | Folder:
        if is_installed and self.installed is not None:
            return self.installed.module(path) or Folder(path, True)
        return self.modules[path] if path in self.modules else Folder(path)

    def _submodule(self, path: str, name: str, is_installed: bool) -> Module | Folder | None:
        paths: ModuleMap | Installed = self.installed if is_installed and self.installed else self.paths
        found = paths.submodule(path, name)
        return self._module(found, is_installed) if found else None

    def _in_folder(self, folder: Folder, name: str) -> Symbol:
        found = self._submodule(folder.path, name, folder.is_installed)
        return found or Unknown(f"no module `{name}` in {folder.path}")

    def _member(self, module: Module, name: str) -> Symbol:
        if module.has(name) or any(star for star in module.stars):
            found = self.name(module, name)
            if not isinstance(found, Unknown):
                return found
            return self._submodule(module.path, name, module.is_installed) or found
        submodule = self._submodule(module.path, name, module.is_installed)
        if submodule:
            return submodule
        if module.has("__getattr__"):
            return Unknown(f"{module.path} answers names by `__getattr__`")
        return Unknown(f"{module.path} does not define `{name}`")


def _weight(symbol: Symbol) -> int:
    if isinstance(symbol, (ClassSymbol, Module, FunctionSymbol)):
        return 0
    if isinstance(symbol, External):
        if symbol.name.startswith(ORM_PREFIXES):
            return -1
        return 4 if symbol.name in ("typing.Any", "typing_extensions.Any") else 1  # what type checkers shall see
    if isinstance(symbol, Value):
        return 3 if isinstance(symbol.value, e.Constant) else 2
    return 4
