"""The top-level scope of a module: which names its statements bind, in order, and which only sometimes."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import FunctionFacts, ModuleFacts, ModuleInterface
from ormlint.index.symbols import Binding, ClassSymbol, FunctionSymbol, Module, Unknown, Value
from ormlint.text import Range


def build_module(path: str, name: str, interface: ModuleInterface) -> Module:
    """Make a module and its scope from its interface; nothing is resolved yet."""
    module = Module(path, name, interface)
    module.classes = [ClassSymbol(module, facts, index) for index, facts in enumerate(interface.classes)]
    for index, facts in enumerate(interface.functions):
        owner = module.classes[facts.owner] if facts.owner >= 0 else None
        module.functions.append(FunctionSymbol(module, facts, index, owner))
    _bind_block(module, interface.body, conditional=False)
    return module


def revised(before: Module, facts: ModuleFacts, is_new: Callable[[FunctionFacts], bool]) -> Module:
    """Make a module of another text of a file, for a question: what it shares with `before` are the same symbols.

    Functions that `is_new` tells of are symbols of the new text, with its bodies.
    """
    interface = facts.interface
    module = Module(before.path, before.name, interface, bodies=facts.bodies)
    classes = {symbol.facts.qualname: symbol for symbol in before.classes}
    functions = {symbol.facts.qualname: symbol for symbol in before.functions}
    module.classes = [
        classes.get(item.qualname) or ClassSymbol(module, item, index) for index, item in enumerate(interface.classes)
    ]
    for index, item in enumerate(interface.functions):
        known = None if is_new(item) else functions.get(item.qualname)
        owner = module.classes[item.owner] if item.owner >= 0 else None
        module.functions.append(known or FunctionSymbol(module, item, index, owner))
    _bind_block(module, interface.body, conditional=False)
    return module


def _bind_block(module: Module, body: tuple[s.Stmt, ...], conditional: bool) -> None:
    for statement in body:
        if isinstance(statement, s.Assign):
            for target in statement.targets:
                _bind_target(module, target, statement, conditional)
        elif isinstance(statement, s.ClassStmt):
            _bind(module, statement.name, module.classes[statement.index], conditional)
        elif isinstance(statement, s.FunctionStmt):
            _bind(module, statement.name, module.functions[statement.index], conditional)
        elif isinstance(statement, s.Import):
            for binding in statement.bindings:
                if binding.name == "*":
                    module.stars.append(binding)
                elif binding.name:
                    _bind(module, binding.name, binding, conditional)
        elif isinstance(statement, s.If):
            if _is_type_checking(statement.test) and statement.orelse:
                _bind_stand_ins(module, statement)
            else:
                _bind_block(module, statement.body, True)
                _bind_block(module, statement.orelse, True)
        elif isinstance(statement, s.Try):
            _bind_block(module, statement.body, True)
            for handler in statement.handlers:
                _bind_block(module, handler.body, True)
            _bind_block(module, statement.orelse, True)
            _bind_block(module, statement.final, conditional)
        elif isinstance(statement, s.With):
            for item in statement.items:
                if item.target is not None:
                    _bind_unknown(module, item.target, "bound by a with statement")
            _bind_block(module, statement.body, conditional)
        elif isinstance(statement, (s.For, s.While)):
            if isinstance(statement, s.For):
                _bind_unknown(module, statement.target, "bound by a loop")
            _bind_block(module, statement.body, True)
            _bind_block(module, statement.orelse, True)
        elif isinstance(statement, s.TypeAlias):
            place = Range(statement.start, statement.end)
            _bind(
                module,
                statement.name,
                Value(module, statement.name, statement.value, None, place, is_type=True),
                conditional,
            )
        elif isinstance(statement, s.AugAssign):
            _bind_unknown(module, statement.target, "changed in place")


def _is_type_checking(test: e.Expr) -> bool:
    return (e.dotted_name(test) or "").rpartition(".")[2] == "TYPE_CHECKING"


def _bind_stand_ins(module: Module, statement: s.If) -> None:
    """Bind the names of `if TYPE_CHECKING: … else: …`, of which the `else` is what runs.

    A call there stands in for the import above it: `models = LazyImport("app.models")` is that module. A class or
    a function of its own is what the name means.
    """
    defined = {item.name for item in statement.orelse if isinstance(item, (s.ClassStmt, s.FunctionStmt))}
    imported: set[str] = set()
    for item in statement.body:
        for binding in item.bindings if isinstance(item, s.Import) else ():
            if binding.name and binding.name != "*" and binding.name not in defined:
                imported.add(binding.name)
                _bind(module, binding.name, binding, True)
    others = (item for item in statement.body if not isinstance(item, s.Import))
    _bind_block(module, tuple(item for item in others if getattr(item, "name", None) not in defined), True)
    rest = (item for item in statement.orelse if not _stands_in(item, imported))
    _bind_block(module, tuple(rest), True)


def _stands_in(statement: s.Stmt, imported: set[str]) -> bool:
    return (
        isinstance(statement, s.Assign)
        and isinstance(statement.value, e.Call)
        and all(isinstance(target, e.Name) and target.id in imported for target in statement.targets)
    )


def _bind(module: Module, name: str, target: object, conditional: bool) -> None:
    module.own_scope.setdefault(name, []).append(Binding(target, conditional))  # type: ignore[arg-type]


def _bind_target(module: Module, target: e.Expr, statement: s.Assign, conditional: bool) -> None:
    if isinstance(target, e.Name):
        if statement.value is None and statement.annotation is not None and target.id in module.own_scope:
            return
        value = Value(module, target.id, statement.value, statement.annotation, target.range)
        _bind(module, target.id, value, conditional)
    else:
        _bind_unknown(module, target, "bound by unpacking")


def _bind_unknown(module: Module, target: e.Expr, reason: str) -> None:
    if isinstance(target, e.Name):
        _bind(module, target.id, Unknown(reason), True)
    elif isinstance(target, e.Display):
        for element in target.elements:
            _bind_unknown(module, element, reason)
    elif isinstance(target, e.Starred):
        _bind_unknown(module, target.value, reason)
