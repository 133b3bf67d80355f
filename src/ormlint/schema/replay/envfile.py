"""What an environment's `env.py` says: its metadata, how that names constraints, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass
from ormlint.index.symbols import Module
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.values import Bound, Built, ClassValue, Function, Ref, Scope, Unknown, text_of

if TYPE_CHECKING:
    from ormlint.schema.replay.statements import Statements

_FACTORIES = ("declarative_base", "generate_base", "automap_base", "registry", "SQLAlchemy", "as_declarative")
_ROOTS = ("DeclarativeBase", "DeclarativeBaseNoMeta", "SQLModel", "Model", "MappedAsDataclass")


@dataclass(eq=False, slots=True)
class EnvFile:
    """The keywords of `context.configure(...)`, evaluated where they are literal or of the project."""

    machine: Statements
    keywords: dict[str, Any] = field(default_factory=dict)
    metadata: tuple[Any, ...] = ()  # the values of `target_metadata`
    convention: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_filters(self) -> bool:
        """Tell whether `include_object` or `include_name` is given."""
        return "include_object" in self.keywords or "include_name" in self.keywords

    def includes(self, kind: str, name: str, table: str | None = None, schema: str | None = None) -> bool | None:
        """Tell whether autogenerate looks at a thing; None where that cannot be told.

        `kind` is Alembic's: "table", "column", "index", "unique_constraint", "foreign_key_constraint".
        """
        parents = {"schema_name": schema, "table_name": table, "schema_qualified_table_name": table}
        seen: bool | None = True
        for keyword, arguments in (
            ("include_name", [name, kind, parents]),
            ("include_object", [Unknown("the object"), name, kind, False, None]),
        ):
            if keyword not in self.keywords:
                continue
            answer = self._answer(self.keywords[keyword], arguments)
            if answer is False:
                return False
            seen = answer if seen else seen
        return seen

    def _answer(self, function: Any, arguments: list[Any]) -> bool | None:
        if not isinstance(function, Function):
            return None
        machine = self.machine
        machine.steps_left, machine.guesses = BUDGET, False
        machine.quiet += 1
        try:
            return machine.truth(machine.call_function(function, arguments, {}))
        except (Raised, OverBudget, RecursionError):
            return None
        finally:
            machine.guesses = True
            machine.quiet -= 1

    def is_target(self, mapped: MappedClass) -> bool | None:
        """Tell whether a class's table is in the environment's metadata; None where that cannot be told."""
        if not self.metadata:
            return None
        wanted = [identity(value) for value in self.metadata]
        own = identity(self._metadata_of(mapped))
        if own is None:
            return None
        return True if own in wanted else None if None in wanted else False

    def _metadata_of(self, mapped: MappedClass) -> Any:
        machine = self.machine
        machine.steps_left = BUDGET
        try:
            value = machine.symbol_value(mapped.symbol, mapped.name)
            return machine.class_attribute(value, "metadata") if isinstance(value, ClassValue) else value
        except (Raised, OverBudget, RecursionError):
            return Unknown("its metadata")


def identity(value: Any) -> object:
    """Return what tells one `MetaData` from another, or None where it is not known."""
    if not isinstance(value, Built):
        return None
    if value.name != "__metadata__":
        return id(value)
    owner = value.args[0]
    if isinstance(owner, Built):
        return id(owner)
    root = owner
    for base in _lineage(owner):
        if isinstance(base, ClassValue) and any(isinstance(item, Ref) and item.last in _ROOTS for item in base.bases):
            root = base
        elif isinstance(base, Built):
            return id(base)
    return root.symbol.key if isinstance(root, ClassValue) else None


def _lineage(cls: ClassValue) -> Iterator[Any]:
    yield cls
    for base in cls.bases:
        if isinstance(base, ClassValue):
            yield from _lineage(base)
        else:
            yield base


def read_environment(machine: Statements, environment: Environment) -> EnvFile:
    """Read an environment's `env.py`; without one nothing is known."""
    found = EnvFile(machine)
    module = environment.env
    if module is None:
        return found
    for call in _configurations(machine, module):
        for keyword in call.keywords:
            if keyword.name and keyword.name not in found.keywords:
                found.keywords[keyword.name] = _evaluate(machine, module, keyword.value)
    target = found.keywords.get("target_metadata")
    if target is None or isinstance(target, Unknown):
        target = _top_level(machine, module, "target_metadata")
    values = list(target) if isinstance(target, (list, tuple)) else [target]
    if all(isinstance(value, Unknown) for value in values):
        values = list(_flask_metadata(machine)) or values
    found.metadata = tuple(value for value in values if value is not None)
    found.convention = _convention(machine, module, found.metadata)
    return found


def _configurations(machine: Statements, module: Module) -> Iterator[e.Call]:
    bodies = [*(machine.index.body(function) for function in module.functions), module.interface.body]
    for node in (node for body in bodies for node in walk_nodes(body)):
        if isinstance(node, e.Call) and isinstance(node.func, e.Attribute) and node.func.attr == "configure":
            yield node


def _evaluate(machine: Statements, module: Module, expr: e.Expr) -> Any:
    machine.steps_left = BUDGET
    machine.quiet += 1
    try:
        return machine.evaluate(expr, Scope(machine.module_scope(module), module))
    except (Raised, OverBudget, RecursionError):
        return Unknown("`env.py` was not understood")
    finally:
        machine.quiet -= 1


def _top_level(machine: Statements, module: Module, name: str) -> Any:
    machine.steps_left = BUDGET
    try:
        return machine.module_name(module, name)
    except (KeyError, Raised, OverBudget, RecursionError):
        return Unknown(f"`{name}` of {module.path}")


def _flask_metadata(machine: Statements) -> Iterator[Any]:
    """Yield the metadata of the project's `SQLAlchemy()`: what Flask-Migrate's `env.py` asks the running app for."""
    for module in machine.index.modules.values():
        for statement in module.interface.body:
            if not isinstance(statement, s.Assign) or not isinstance(statement.value, e.Call):
                continue
            if (e.dotted_name(statement.value.func) or "").rpartition(".")[2] != "SQLAlchemy":
                continue
            for target in statement.targets:
                if isinstance(target, e.Name):
                    yield metadata_of(_top_level(machine, module, target.id))


def metadata_of(owner: Any) -> Any:
    """Return the metadata of a declarative base made by a call, of a registry or of a Flask extension."""
    if isinstance(owner, Bound) and owner.name == "Model":
        owner = owner.owner
    if isinstance(owner, Built) and owner.last in _FACTORIES:
        given = owner.keywords.get("metadata")
        if given is None and isinstance(owner.keywords.get("model_class"), ClassValue):
            given = Built(Ref("__metadata__"), [owner.keywords["model_class"]], {})
        return given if given is not None else Built(Ref("__metadata__"), [owner], {})
    if isinstance(owner, Built) and isinstance(owner.func, Bound) and owner.func.name == "generate_base":
        return metadata_of(owner.func.owner)
    return Unknown("its metadata")


def _convention(machine: Statements, module: Module, values: Iterable[Any]) -> Mapping[str, str]:
    for value in values:
        given = value
        if isinstance(value, Built) and value.name == "__metadata__" and isinstance(value.args[0], ClassValue):
            given = machine.class_attribute(value.args[0], "metadata")
        if isinstance(given, Built) and given.last == "MetaData":
            found = given.extra.get("naming_convention", given.keywords.get("naming_convention"))
            if isinstance(found, dict):
                return _texts(found)
    # `Base.metadata.naming_convention = {…}`, here or where the base is made.
    for owner in (module, *machine.index.modules.values()):
        for statement in walk_statements(owner.interface.body):
            if isinstance(statement, s.Assign) and statement.value is not None:
                for target in statement.targets:
                    if isinstance(target, e.Attribute) and target.attr == "naming_convention":
                        found = _evaluate(machine, owner, statement.value)
                        if isinstance(found, dict):
                            return _texts(found)
    return {}


def _texts(given: dict[Any, Any]) -> Mapping[str, str]:
    pairs = ((text_of(key), text_of(value)) for key, value in given.items())
    return {key: value for key, value in pairs if key is not None and value is not None}
