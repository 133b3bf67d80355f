"""Whether what is known of parameters from calls is still what it was: all calls of the project have a part in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from ormlint.checker.digests import IndexDigests, digest, plain_facts
from ormlint.checker.kept import Kept, KeptRound
from ormlint.index.project import ProjectIndex
from ormlint.index.reads import Noting
from ormlint.index.symbols import FunctionSymbol, Module
from ormlint.semantic.callsites import Given, Handed, as_parameter, declared_values, is_stand_in, is_untyped, named
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord
from ormlint.semantic.typecodec import NotPlain, plain_type, typed
from ormlint.semantic.types import Type


class CallDigests:
    """Digests of what calls give, types by their names alone."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.digests = IndexDigests(model.index, with_cards=False)
        self.nothing = self.of(())

    def of(self, records: Iterable[FunctionRecord]) -> bytes:
        """Return the digest of what the calls of a file give, and which functions it hands on."""
        calls: dict[str, None] = {}
        functions: set[str] = set()
        names: set[str] = set()
        for record in records:
            for call in record.given:
                parts = (
                    self._function(call.func.symbol) if call.func is not None else "",
                    type(call.func.bound).__name__ if call.func is not None else "",
                    call.name,
                    call.is_attribute,
                    [self._given(item) for item in call.args],
                    [(name, self._given(item)) for name, item in call.keywords],
                    call.is_open,
                )
                calls[repr(parts)] = None
            for key in record.value_functions:
                symbol = self.model.function_of(key)
                if symbol is not None and self.model.call_sites.open_parameters(symbol):
                    functions.add(self.model.index.idents.of(symbol))
            names |= record.value_names
            if self.model.is_given_up(record):
                names |= named(record.body, self.model.call_sites.names)
        return digest((list(calls), sorted(functions), sorted(names)))

    def _function(self, symbol: FunctionSymbol) -> str:
        return self.model.index.idents.of(symbol)

    def _given(self, item: Given) -> object:
        if isinstance(item, Handed):
            symbol = self.model.function_of(item.function)
            return ("handed", self._function(symbol) if symbol is not None else "", item.name)
        return is_stand_in(item), self.digests.of(as_parameter(item))


def declared(module: Module, names: Collection[str]) -> object:
    """Return what a file declares that has a part in which calls reach which parameters; `names` are all functions'."""
    functions = [
        (plain_facts(item.own_facts), item.owner.own_facts.qualname if item.owner is not None else "")
        for item in module.functions
        if any(is_untyped(param) for param in item.own_facts.params)
    ]
    bases = [(item.own_facts.qualname, plain_facts(item.own_facts.bases)) for item in module.classes]
    return functions, bases, sorted(declared_values(module.own_interface, names))


def packed_rounds(
    model: SemanticModel, known: Sequence[Mapping[tuple[int, str], object]]
) -> tuple[KeptRound, ...] | None:
    """Return what was known of parameters in each round; None when it cannot be kept."""
    rounds: list[KeptRound] = []
    try:
        for found in known:
            items = []
            for (key, name), kind in found.items():
                symbol = model.function_of(key)
                if symbol is not None:
                    items.append((model.index.idents.of(symbol), name, plain_type(kind, model.index)))
            rounds.append(KeptRound(tuple(items), {}))
    except NotPlain:
        return None
    return tuple(rounds)


def round_models(index: ProjectIndex, last: SemanticModel, kept: Kept, is_linked_alike: bool) -> list[SemanticModel]:
    """Return a model for each round, `last` for the last one; none when what was known names what is gone.

    Where linking finds what it found before nothing is gone, and what is known is looked up when it is asked for.
    """
    models = [*(SemanticModel(index) for _ in kept.rounds[1:]), last] if kept.rounds else []
    for model, found in zip(models, kept.rounds, strict=True):
        by_path: dict[str, list[tuple[str, str, object]]] = {}
        for item in found.known:
            by_path.setdefault(item[0].split("\t", 1)[0], []).append(item)
        for path, items in by_path.items():
            model.call_sites.waiting[path] = partial(_known, index, items)
        if not is_linked_alike:
            try:
                for path in by_path:
                    model.call_sites.settle(path)
            except NotPlain:
                return []
    return models


def _known(index: ProjectIndex, items: Iterable[tuple[str, str, object]]) -> dict[tuple[int, str], Type]:
    """Return what is known of parameters.

    Raises:
        NotPlain: a function or a class is gone.
    """
    found: dict[tuple[int, str], Type] = {}
    with Noting(set()):
        for ident, name, kind in items:
            symbol = index.idents.find(ident)
            if symbol is None:
                raise NotPlain(ident)
            found[id(symbol), name] = typed(kind, index)
    return found
