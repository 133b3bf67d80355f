"""How a rule attaches a fix: `fix(title, *steps, safe=…)`, its steps, and how a name is written in a file.

A step is plain data. LibCST makes text of it only when somebody wants the fix (`linting.codemods`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ormlint.diagnostics import Applicability, Fix
from ormlint.diagnostics.steps import (
    AddArgument,
    AddImport,
    RemoveItem,
    RemoveStatement,
    ReplaceExpression,
    ReplaceText,
    Step,
)
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.expressions import Node
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.symbols import ClassSymbol, External, Module, Symbol, Unknown
from ormlint.linting.context import Context
from ormlint.linting.imports import has_circle, imports, is_for_types_only, spelling
from ormlint.text import Range

__all__ = [
    "Reference",
    "add_argument",
    "fix",
    "reference",
    "remove_item",
    "remove_statement",
    "rename",
    "rename_key",
    "replace",
    "respell",
]


def fix(title: str, *steps: Step, safe: bool) -> Fix:
    """Return a fix. Safe: the schema stays the same, and behaviour does or becomes what was certainly meant."""
    return Fix(title, Applicability.SAFE if safe else Applicability.UNSAFE, steps)


def replace(node: Node | Range, code: str) -> Step:
    """Put other code in the place of an expression. Parentheses are added where the surroundings need them."""
    return ReplaceExpression(_range(node), code)


def respell(context: Context, node: e.Expr, text: str, module: Module | None = None) -> Step:
    """Put another string in the place of a literal one, in the quotes it has."""
    source = context.source(node, module)
    quote = "'" if source.startswith("'") and not source.startswith("'''") else '"'
    return ReplaceExpression(node.range, f"{quote}{text}{quote}" if text.isprintable() else repr(text))


def rename_key(context: Context, node: Node, name: str) -> Step | None:
    """Write another name for a keyword, or for a literal key; None for anything else."""
    if isinstance(node, e.Keyword):
        return ReplaceText(node.name_range, name)
    return respell(context, node, name) if isinstance(node, e.Str) else None


def rename(place: Range, name: str) -> Step:
    """Write another name at the place of one: `keyword.name_range`, `attribute.attr_range`."""
    return ReplaceText(place, name)


def remove_item(node: Node | Range) -> Step:
    """Remove an argument (`Keyword` or positional), a dict's item, or an element of a list or set."""
    return RemoveItem(_range(node))


def remove_statement(node: Node | Range) -> Step:
    """Remove a statement, and leave `pass` where its block would be empty."""
    return RemoveStatement(_range(node))


def add_argument(call: e.Call, code: str) -> Step:
    """Add an argument such as `name=value` at the end of a call."""
    return AddArgument(call.range, code)


def _range(node: Node | Range) -> Range:
    return node.range if isinstance(node, Node) else node


@dataclass(frozen=True, slots=True)
class Reference:
    """How an object is written in a file, and the steps that make it known there (an import, or none).

    `is_safe` is false where the import might run at another time than its author foresaw.
    """

    code: str
    steps: tuple[Step, ...]
    is_safe: bool


def reference(context: Context, module: Module, target: ClassSymbol | str, at: Node) -> Reference | None:
    """Return how `target` is written at the node `at` of `module`, or None when it cannot be.

    `target` is a class of the project, or the dotted name of an external object (`sqlalchemy.func`). None: the
    name is taken by something else, the class is not at its module's top level, or its import would make a circle.
    """
    hidden = _local_names(context, module, at)
    known = _known(context, module, target, hidden)
    if known is not None:
        return Reference(known, (), True)
    name = target.rpartition(".")[2] if isinstance(target, str) else target.name
    if isinstance(target, ClassSymbol) and (target.facts.qualname != name or target.module is module):
        return None
    if name in hidden:
        return None
    bindings = module.bindings(name)
    if bindings and not is_for_types_only(module, name):
        return None  # it is something else here
    if not bindings and not isinstance(context.index.resolver.name(module, name), Unknown):
        return None  # a builtin, or what a star import brings
    if isinstance(target, str):
        return Reference(name, (AddImport(target.rpartition(".")[0], name, at.start),), True)
    written = spelling(context.index, module, target)
    if written is None:
        return None
    imported, is_new = written
    circle = has_circle(context.index, module, target.module)
    if circle and is_new:
        return None
    # Who imports a module within functions only has a reason, which need not be seen here.
    is_late = is_new and any(imports(context.index, module, body, target.module) for body in _bodies(context, module))
    return Reference(name, (AddImport(imported, name, at.start),), not circle and not bindings and not is_late)


def _bodies(context: Context, module: Module) -> Iterator[tuple[s.Stmt, ...]]:
    return (context.index.body(function) for function in module.functions)


def _known(context: Context, module: Module, target: ClassSymbol | str, hidden: frozenset[str]) -> str | None:
    """Return how a target is already written at run time in a file: by its name, or through a module."""
    resolver = context.index.resolver
    last = target.rpartition(".")[2] if isinstance(target, str) else target.name
    through: str | None = None
    if not module.has(last) and last not in hidden and _is(resolver.name(module, last), target):
        return last  # by a star import
    for name, bindings in module.scope.items():
        if name in hidden or any(binding.conditional for binding in bindings):
            continue
        found = resolver.name(module, name)
        if _is(found, target):
            return name
        is_module = isinstance(bindings[-1].target, s.ImportBinding) and (
            isinstance(found, Module) or (isinstance(target, str) and _is_flask_or_package(found, target))
        )
        if is_module and through is None and _is(resolver.attribute(found, last), target):
            through = f"{name}.{last}"
    return through


def _is_flask_or_package(found: Symbol, target: str) -> bool:
    return isinstance(found, External) and found.name == target.rpartition(".")[0]


def _is(found: Symbol, target: ClassSymbol | str) -> bool:
    if isinstance(target, str):
        return isinstance(found, External) and found.name == target
    return found is target


def _local_names(context: Context, module: Module, at: Node) -> frozenset[str]:
    """Return the names that a place does not see at the module's level: those its functions and classes bind."""
    names: set[str] = set()
    for function in module.functions:
        if function.facts.start <= at.start and at.end <= function.facts.end:
            names.update(param.name for param in function.facts.params)
            names.update(_bound(context.index.body(function)))
    inner: ClassSymbol | None = None
    for symbol in module.classes:
        if symbol.facts.start <= at.start and at.end <= symbol.facts.end:
            inner = symbol
    if inner is not None:
        names.update(_bound(inner.facts.body))
    return frozenset(names)


def _bound(body: tuple[s.Stmt, ...]) -> set[str]:
    names: set[str] = set()
    for statement in walk_statements(body):
        if isinstance(statement, s.Import):
            names.update(binding.name for binding in statement.bindings)
        elif isinstance(statement, (s.FunctionStmt, s.ClassStmt)):
            names.add(statement.name)
        elif isinstance(statement, s.Try):
            names.update(handler.name for handler in statement.handlers)
        elif isinstance(statement, s.Match):
            names.update(node.name for node in walk_nodes(statement.cases) if isinstance(node, s.Pattern))
        targets: tuple[object, ...] = ()
        if isinstance(statement, (s.Assign, s.Delete)):
            targets = statement.targets
        elif isinstance(statement, (s.AugAssign, s.For)):
            targets = (statement.target,)
        elif isinstance(statement, s.With):
            targets = tuple(item.target for item in statement.items)
        for target in targets:
            names.update(node.id for node in walk_nodes(target) if isinstance(node, e.Name))
        names.update(node.name for node in walk_nodes(statement) if isinstance(node, e.Walrus))
    return names
