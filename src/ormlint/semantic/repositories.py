"""Repositories and services of advanced-alchemy: of which model they are, and what their methods give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.reads import recorded
from ormlint.index.symbols import ClassSymbol, External
from ormlint.index.vocabulary import advanced_alchemy
from ormlint.semantic import types as t
from ormlint.semantic.substitution import class_of, substitute

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

_MAX_DEPTH = 4


class RepositoryReader:
    """Answers attributes of classes that derive from advanced-alchemy's, where the project does not define them."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self._known: dict[t.Instance, tuple[t.Repository | None, tuple[object, ...]]] = {}

    def of(self, owner: t.Instance, depth: int = 0) -> t.Repository | None:
        """Return what an instance of a class of the project is, when it is a repository or a service."""
        return recorded(self._known, owner, lambda: self._read(owner, depth))

    def attribute(self, owner: t.Instance, name: str) -> t.Type | None:
        """Return what an instance has from advanced-alchemy; None when its class does not derive from it."""
        repository = self.of(owner)
        return attribute_of(repository, name) if repository is not None else None

    def class_attribute(self, owner: t.Instance, name: str) -> t.Type | None:
        """Return what the class itself has from advanced-alchemy: `Service.new(session)` is a context manager."""
        repository = self.of(owner)
        if repository is None:
            return None
        return t.Partial(t.Context(owner)) if repository.is_service and name == "new" else None

    def _read(self, owner: t.Instance, depth: int) -> t.Repository | None:
        for base in self.index.bases.mro(owner.cls):
            found = advanced_alchemy.class_of(base.name) if isinstance(base, External) else None
            if found is not None:
                element = self._element(owner, depth)
                return t.Repository(element or t.unknown("a repository's model is not known"), *found)
        return None

    def _element(self, owner: t.Instance, depth: int) -> t.Type | None:
        """Return what it is of: by `model_type`, by `repository_type`, else by the base's type argument."""
        for base in self.index.bases.mro(owner.cls):
            if not isinstance(base, ClassSymbol):
                continue
            members = self.index.mapper.body(base).members
            given = members.get(advanced_alchemy.MODEL_TYPE)
            if given is not None and given.value is not None:
                model = self.index.resolver.expr(base.module, given.value)
                return t.Instance(model) if isinstance(model, ClassSymbol) else None
            given = members.get(advanced_alchemy.REPOSITORY_TYPE)
            if given is not None and given.value is not None and depth < _MAX_DEPTH:
                nested = members.get(given.value.id) if isinstance(given.value, e.Name) else None
                inner = nested.nested if nested is not None else None
                symbol = inner or self.index.resolver.expr(base.module, given.value)
                repository = self.of(t.Instance(symbol), depth + 1) if isinstance(symbol, ClassSymbol) else None
                if repository is not None:
                    return repository.element
            for expr in base.facts.bases:
                if isinstance(expr, e.Subscript):
                    target = self.index.resolver.expr(base.module, expr.value)
                    if isinstance(target, External) and advanced_alchemy.class_of(target.name) is not None:
                        first = expr.index.elements[0] if isinstance(expr.index, e.Display) else expr.index
                        variables = {name: t.TypeVar(name) for name in self.model.members.parameters(base)}
                        kind = self.model.annotations.read(first, base.module, variables)
                        return substitute(kind, self.model.members.bindings(owner, base))
        return None


def attribute_of(repository: t.Repository, name: str) -> t.Type:
    """Return an attribute of a repository or a service."""
    methods = advanced_alchemy.SERVICE_METHODS if repository.is_service else advanced_alchemy.REPOSITORY_METHODS
    if name in methods:
        return t.Method(repository, name)
    if name == "repository" and repository.is_service:
        return t.Repository(repository.element, repository.is_async, False)
    if name == "session" and not repository.is_service:
        return t.Session(repository.is_async)
    if name == advanced_alchemy.MODEL_TYPE:
        return class_of(repository.element)
    return t.unknown(f"`{name}` of advanced-alchemy")


def method(repository: t.Repository, name: str) -> t.Type:
    """Return what calling a method gives, before a possible await."""
    one = repository.element
    methods = advanced_alchemy.SERVICE_METHODS if repository.is_service else advanced_alchemy.REPOSITORY_METHODS
    given: t.Type = {
        "one": one,
        "optional": t.optional(one),
        "many": t.Sequence(one),
        "counted": t.TupleOf((t.Sequence(one), t.Builtin("builtins.int"))),
        "told": t.TupleOf((one, t.Builtin("builtins.bool"))),
        "int": t.Builtin("builtins.int"),
        "bool": t.Builtin("builtins.bool"),
    }[methods[name]]
    kind = "Service" if repository.is_service else "Repository"
    return t.Coroutine(given, f"SQLAlchemyAsync{kind}.{name}") if repository.is_async else given
