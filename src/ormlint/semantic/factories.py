"""factory_boy: classes that make models, by `class Meta: model = Video` or by `make_factory(Video, …)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.symbols import ClassSymbol, External
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel

_MAKERS = frozenset({"factory.make_factory", "factory.helpers.make_factory"})
_ONE = frozenset({"create", "build"})
_MANY = frozenset({"create_batch", "build_batch"})
METHODS = _ONE | _MANY
# A factory that has one of these of its own may give the model other arguments than those of the call.
_CREATING = ("_create", "_build", "_generate")
_CHANGING = ("_create", "_build", "_adjust_kwargs", "_generate")


class FactoryReader:
    """Tells what a factory makes, and which of its arguments reach the constructor."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self._models: dict[str, ClassSymbol | None] = {}
        self._declared: dict[str, frozenset[str] | None] = {}

    def made_by(self, cls: ClassSymbol) -> ClassSymbol | None:
        """Return the class whose instances a factory class makes; None for other classes."""
        if cls.key not in self._models:
            self._models[cls.key] = self._read(cls)
        return self._models[cls.key]

    def _read(self, cls: ClassSymbol) -> ClassSymbol | None:
        mro = self.index.bases.mro(cls)
        if not any(isinstance(base, External) and _is_factory(base.name) for base in mro):
            return None
        for base in mro:
            if not isinstance(base, ClassSymbol):
                continue
            meta = self.index.mapper.body(base).members.get("Meta")
            if meta is None or meta.nested is None:
                continue
            given = self.index.mapper.body(meta.nested).members.get("model")
            if given is not None:
                found = self.index.resolver.expr(base.module, given.value) if given.value is not None else None
                return found if isinstance(found, ClassSymbol) else None
        return None

    def declared(self, cls: ClassSymbol) -> frozenset[str] | None:
        """Return the names a factory declares itself; None when it may change what it is given."""
        if cls.key not in self._declared:
            self._declared[cls.key] = self._read_declared(cls)
        return self._declared[cls.key]

    def _read_declared(self, cls: ClassSymbol) -> frozenset[str] | None:
        names: set[str] = set()
        for base in self.index.bases.mro(cls):
            if isinstance(base, ClassSymbol):
                members = self.index.mapper.body(base).members
                if any(name in members and not self._only_hands_on(base, name) for name in _CHANGING):
                    return None
                names.update(members)
                for inner in ("Meta", "Params"):
                    nested = members[inner].nested if inner in members else None
                    if nested is not None:
                        inside = self.index.mapper.body(nested).members
                        if inner == "Meta" and {"rename", "inline_args"} & inside.keys():
                            return None
                        names.update(inside)
        return frozenset(names)

    def _only_hands_on(self, base: ClassSymbol, name: str) -> bool:
        """Tell whether `_create(cls, *args, **kwargs)` is there for what it does besides."""
        function = self.index.mapper.body(base).members[name].function
        if function is None:
            return False
        params = [(param.name, param.kind) for param in function.facts.params]
        return params == [("cls", ""), ("args", "*"), ("kwargs", "**")] and name != "_adjust_kwargs"

    def _gives_models(self, cls: ClassSymbol) -> bool:
        """Tell whether a factory's own way to create, if it has one, makes the model or asks its base to."""
        for base in self.index.bases.mro(cls):
            members = self.index.mapper.body(base).members if isinstance(base, ClassSymbol) else {}
            for name in (*_CREATING, *METHODS):
                function = members[name].function if name in members else None
                if function is None:
                    continue
                params = [param.name for param in function.facts.params]
                calls = [node.func for node in walk_nodes(self.index.body(function)) if isinstance(node, e.Call)]
                if not any(
                    (isinstance(func, e.Attribute) and func.attr in (name, "__call__", *METHODS))
                    or (isinstance(func, e.Name) and func.id in params[1:])
                    for func in calls
                ):
                    return False
        return True

    # -- calls

    def made_factory(self, name: str, given: Arguments) -> t.Type | None:
        """Answer `make_factory(Video, title=…)`."""
        model = given.type(0)
        if name not in _MAKERS or not isinstance(model, t.ClassType) or given.rest:
            return None
        declared = tuple(keyword.name for keyword, _ in given.keywords)
        return t.Factory(model.cls, declared)

    def call(self, owner: t.ClassType | t.Factory, name: str) -> t.Type:
        """Return what calling a factory, or one of its methods, gives."""
        made = owner.model if isinstance(owner, t.Factory) else self.made_by(owner.cls)
        if made is None or (isinstance(owner, t.ClassType) and not self._gives_models(owner.cls)):
            return t.unknown("a factory")
        return t.Sequence(t.Instance(made)) if name in _MANY else t.Instance(made)

    def constructed(self, owner: t.ClassType | t.Factory, name: str, given: Arguments) -> Arguments | None:
        """Return the arguments of a factory's call that reach the constructor; None when that is not known."""
        declared = frozenset(owner.declared) if isinstance(owner, t.Factory) else self.declared(owner.cls)
        if declared is None or given.has_star or given.args[1 if name in _MANY else 0 :]:
            return None
        keywords = tuple(
            item for item in given.keywords if "__" not in item[0].name and item[0].name not in declared | {"size"}
        )
        unread = e.Keyword(given.node.start, given.node.start, "", given.node)
        return Arguments(given.node, (), keywords, ((unread, t.unknown("what a factory adds")),), False)


def _is_factory(name: str) -> bool:
    top, _, rest = name.partition(".")
    return top == "factory" and rest.rpartition(".")[2].endswith("Factory")
