"""What a fix has to know before it adds an import: how a module is spelt, and whether a circle would come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import recorded
from ormlint.index.symbols import ClassSymbol, Module


def spelling(index: ProjectIndex, module: Module, target: ClassSymbol) -> tuple[str, bool] | None:
    """Return from where a class is imported in a file, and whether the file does not import from there yet.

    The file's own way is preferred, then the way of the project's other files; None when neither shows one.
    """
    for binding in _bindings(module.interface.body):
        if binding.member in ("", "*"):
            continue
        if index.resolver.imported(module, _as(binding, target.name)) is target:
            return _written(binding), False
    for binding in _bindings(module.interface.body):
        if binding.member and index.resolver.imported(module, _as(binding, "")) is target.module:
            return _written(binding), False
    counts = recorded(_spellings.setdefault(index, {}), target.key, lambda: _counts(index, target))
    for dotted in sorted(counts, key=lambda name: (-counts[name], name)):
        if index.resolver.imported(module, s.ImportBinding(0, 0, target.name, dotted, target.name, 0)) is target:
            return dotted, True
    return None


# By index and class. To go through all files for every fix took 1 % of a run, and more the more files there are.
_spellings: WeakKeyDictionary[ProjectIndex, dict[str, tuple[dict[str, int], object]]] = WeakKeyDictionary()


def _counts(index: ProjectIndex, target: ClassSymbol) -> dict[str, int]:
    """Return how often the project's files import a class from where."""
    counts: dict[str, int] = {}
    for other in index.modules.values():
        for binding in _bindings(other.interface.body):
            if binding.member == target.name and not binding.level:
                if index.resolver.imported(other, binding) is target:
                    counts[binding.module] = counts.get(binding.module, 0) + 1
    return counts


def has_circle(index: ProjectIndex, module: Module, target: Module) -> bool:
    """Tell whether importing `target` runs, directly or not, the import of `module` itself."""
    running = {package.path for package in _packages(index, module)}
    seen: set[str] = set()
    stack = [target, *(package for package in _packages(index, target) if package.path not in running)]
    while stack:
        current = stack.pop()
        if current is module:
            return True
        if current.path in seen:
            continue
        seen.add(current.path)
        stack.extend(_imported(index, current))
    return False


def imports(index: ProjectIndex, module: Module, body: Iterable[s.Stmt], target: Module) -> bool:
    """Tell whether a block of a file imports a module, or something of it."""
    for statement in walk_statements(body):
        if isinstance(statement, s.Import):
            for binding in statement.bindings:
                if index.resolver.imported(module, _as(binding, "")) is target:
                    return True
    return False


def is_for_types_only(module: Module, name: str) -> bool:
    """Tell whether a name is imported only below `if TYPE_CHECKING:`."""
    inside = any(binding.name == name for binding in _bindings(_type_checking(module.interface.body)))
    return inside and not any(binding.name == name for binding in _bindings(module.interface.body))


def _imported(index: ProjectIndex, module: Module) -> Iterator[Module]:
    for binding in _bindings(module.interface.body):
        for candidate in (index.resolver.imported(module, binding), index.resolver.imported(module, _as(binding, ""))):
            if isinstance(candidate, Module):
                yield candidate
                yield from _packages(index, candidate)
            elif isinstance(candidate, ClassSymbol):
                yield candidate.module


def _packages(index: ProjectIndex, module: Module) -> Iterator[Module]:
    """Yield the packages that run before a module does."""
    folder = module.path.rpartition("/")[0]
    while folder:
        package = index.module_at(f"{folder}/__init__.py")
        if package is None:
            return
        yield package
        folder = folder.rpartition("/")[0]


def _bindings(body: Iterable[s.Stmt]) -> Iterator[s.ImportBinding]:
    """Yield what the imports bind that run with the module: not those of functions or for types only."""
    for statement in body:
        if isinstance(statement, s.Import):
            yield from statement.bindings
        elif isinstance(statement, s.If):
            if not _is_type_checking(statement.test):
                yield from _bindings(statement.body)
            yield from _bindings(statement.orelse)
        elif isinstance(statement, s.Try):
            for block in (statement.body, *(handler.body for handler in statement.handlers), statement.orelse):
                yield from _bindings(block)
        elif isinstance(statement, s.With):
            yield from _bindings(statement.body)


def _type_checking(body: Iterable[s.Stmt]) -> Iterator[s.Stmt]:
    for statement in body:
        if isinstance(statement, s.If) and _is_type_checking(statement.test):
            yield from statement.body


def _is_type_checking(test: e.Expr) -> bool:
    return (e.dotted_name(test) or "").rpartition(".")[2] == "TYPE_CHECKING"


def _as(binding: s.ImportBinding, member: str) -> s.ImportBinding:
    return s.ImportBinding(binding.start, binding.end, member, binding.module, member, binding.level)


def _written(binding: s.ImportBinding) -> str:
    return "." * binding.level + binding.module
