"""How an environment's metadata names constraints: `target_metadata` of its `env.py`, evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.environments import Environment
from ormlint.index.metadatas import read_settings
from ormlint.index.symbols import Module
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.values import Bound, Built, ClassValue, Ref, Scope, Unknown, text_of

if TYPE_CHECKING:
    from ormlint.schema.replay.statements import Statements

_FACTORIES = ("declarative_base", "generate_base", "automap_base", "registry", "SQLAlchemy", "as_declarative")


def naming_convention(machine: Statements, environment: Environment) -> Mapping[str, str]:
    """Return the naming convention of an environment's metadata; empty where there is none or it is not known."""
    module = environment.env
    if module is None:
        return {}
    target: Any = None
    for call in _configurations(machine, module):
        given = call.keyword("target_metadata")
        if given is not None and target is None:
            target = _evaluate(machine, module, given)
    if target is None or isinstance(target, Unknown):
        target = _top_level(machine, module, "target_metadata")
    values = list(target) if isinstance(target, (list, tuple)) else [target]
    if all(isinstance(value, Unknown) for value in values):
        values = list(_flask_metadata(machine)) or values
    return _convention(machine, module, values)


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
    for module, name in machine.index.metadata_settings().extensions:
        yield metadata_of(_top_level(machine, module, name))


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
    here = read_settings([module]).conventions
    for owner, setting in (*here, *machine.index.metadata_settings().conventions):
        found = _evaluate(machine, owner, setting)
        if isinstance(found, dict):
            return _texts(found)
    return {}


def _texts(given: dict[Any, Any]) -> Mapping[str, str]:
    pairs = ((text_of(key), text_of(value)) for key, value in given.items())
    return {key: value for key, value in pairs if key is not None and value is not None}
