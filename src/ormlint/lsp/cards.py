"""Requests of ormlint's own: the models of the workspace, and the card of one of them."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from ormlint.index.card_text import card_text
from ormlint.index.model import MappedClass
from ormlint.lsp.positions import Encoding, to_range
from ormlint.lsp.session import State

MODELS = "ormlint/models"
CARD = "ormlint/modelCard"


def listed(state: State, uri: str, mapped: MappedClass, encoding: Encoding) -> dict[str, Any] | None:
    """Return what a list of models shows of one: name, module, table, and where its name stands (from line 0 on)."""
    source = state.source(mapped.symbol.module.path)
    if source is None:
        return None
    where = to_range(source, mapped.symbol.facts.name_range, encoding).start
    return {
        "name": mapped.name,
        "module": mapped.symbol.module.name,
        "table": mapped.table,
        "uri": uri,
        "line": where.line,
        "character": where.character,
    }


def models(state: State) -> list[MappedClass]:
    """Return the project's mapped classes, by name. Those of installed packages are not the project's own."""
    own = (mapped for mapped in state.analysis.index.mapped.values() if state.source(mapped.symbol.module.path))
    return sorted(own, key=lambda mapped: (mapped.name, mapped.symbol.module.path, mapped.symbol.facts.start))


def card(state: State, mapped: MappedClass) -> dict[str, str]:
    """Return the name of a model and its card as text."""
    return {"name": mapped.name, "text": card_text(state.card(mapped))}


def position(given: Any) -> tuple[str, lsp.Position]:
    """Return the document and the position that a request names.

    Raises:
        ValueError: it names none.
    """
    try:
        return str(given.textDocument.uri), lsp.Position(int(given.position.line), int(given.position.character))
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{CARD} takes textDocument.uri and position") from error
