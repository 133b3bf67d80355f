"""One function of a file read again, from another text of that file: what would be seen there, were it so.

The linked project and all that is known of other functions stay as they are. An editor asks so while a line is typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ormlint.facts.module import FunctionFacts, ModuleFacts
from ormlint.index.scopes import revised
from ormlint.index.symbols import FunctionSymbol, Module
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.records import FunctionRecord


def records_around(model: SemanticModel, path: str, facts: ModuleFacts, offset: int) -> list[FunctionRecord]:
    """Return the records of the function around a byte offset and of those inside it, else of the file's top level.

    `facts` are those of the other text. A file that the project does not have gives nothing.
    """
    before = model.index.modules.get(path)
    if before is None:
        return []
    # What is remembered by the file's path is noted before there is another text of it.
    model.module_record(before)
    for symbol in before.functions[:1]:
        model.parent(symbol)
    around = _outermost(facts, offset)
    module = revised(before, facts, lambda item: around is not None and _is_within(item, around))
    own = [symbol for symbol in module.functions if symbol.module is module]
    target = next((symbol for symbol in own if symbol.facts is around), None)
    answers = len(model.solver.final)
    try:
        if target is None:
            return list(_with_inner(model.top_level(module)))
        with _given(model, target, before), model.reread(target) as record:
            return list(_with_inner(record))
    finally:
        while len(model.solver.final) > answers:  # names of the file may mean something else in its own text
            model.solver.final.popitem()
        model.forget(own)


@contextmanager
def _given(model: SemanticModel, symbol: FunctionSymbol, before: Module) -> Iterator[None]:
    """Let a function's parameters be given what the calls of the project give the one of the same name."""
    model.call_sites.settle(before.path)
    known = model.call_sites.known
    same = {id(item) for item in before.functions if item.facts.qualname == symbol.facts.qualname}
    given = {(id(symbol), name): kind for (function, name), kind in known.items() if function in same}
    known.update(given)
    try:
        yield
    finally:
        for key in given:
            known.pop(key, None)


def _outermost(facts: ModuleFacts, offset: int) -> FunctionFacts | None:
    for item in facts.interface.functions:  # in source order: the outer one comes first
        if item.start <= offset <= item.end:
            return item
    return None


def _is_within(item: FunctionFacts, around: FunctionFacts) -> bool:
    return around.start <= item.start and item.end <= around.end


def _with_inner(record: FunctionRecord) -> Iterator[FunctionRecord]:
    yield record
    for inner in record.inner.values():
        yield from _with_inner(inner)
