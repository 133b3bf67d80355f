"""Completion of the keywords of a model's constructor, and of a model's attributes after its name.

A half-typed call is no Python yet, so the text before the cursor is read by hand: brackets are counted back to the
call that is open, and its name is looked up in the last state of the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types as lsp

from ormlint.index.card_text import attribute_line
from ormlint.index.model import MappedClass
from ormlint.lsp.lookup import model_named
from ormlint.lsp.session import State

_REACH = 4000  # characters before the cursor that are read
_CALLED = re.compile(r"([A-Za-z_][\w.]*)\s*\Z")
_KEYWORD_START = re.compile(r"(?:^|,)\s*\w*\Z")
_GIVEN = re.compile(r"\b(\w+)\s*=(?!=)")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w.]*)\.\w*\Z")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_STRING = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*")
TRIGGERS = ("(", ",", ".", " ")


def completions(state: State, path: str, text: str) -> list[lsp.CompletionItem]:
    """Return what fits behind `text`, the file up to the cursor."""
    # Strings and comments hold no brackets that count; what replaces them has the same length.
    before = _STRING.sub(lambda match: "_" * len(match[0]), text[-_REACH:])
    attribute = _ATTRIBUTE.search(before)
    if attribute is not None:
        mapped = model_named(state, path, attribute[1])
        return [*_items(state, mapped, "", set(mapped.attributes))] if mapped is not None else []
    opened = _open_call(before)
    if opened is None:
        return []
    called, arguments = before[:opened], before[opened + 1 :]
    name = _CALLED.search(called)
    if name is None or not _KEYWORD_START.search(_own(arguments)):
        return []
    mapped = model_named(state, path, name[1])
    if mapped is None:
        return []
    given = set(_GIVEN.findall(_own(arguments)))
    constructor = mapped.constructor
    accepted = set(constructor.accepted) if constructor.accepted is not None else set(mapped.attributes)
    return [*_items(state, mapped, "=", accepted - given)]


def _open_call(text: str) -> int | None:
    """Return where the innermost open parenthesis stands."""
    closed: list[str] = []
    for place in range(len(text) - 1, -1, -1):
        char = text[place]
        if char in _PAIRS:
            closed.append(_PAIRS[char])
        elif char in "([{":
            if not closed:
                return place if char == "(" else None
            if closed.pop() != char:
                return None
    return None


def _own(arguments: str) -> str:
    """Return arguments without what stands in brackets inside them."""
    depth = 0
    kept: list[str] = []
    for char in arguments:
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0:
            kept.append(char)
    return "".join(kept)


def _items(state: State, mapped: MappedClass, suffix: str, names: set[str]) -> Iterator[lsp.CompletionItem]:
    shown = state.card(mapped)["attributes"]
    for name, attribute in shown.items():
        kind = attribute["kind"]
        if name not in names or name.startswith("_") or kind in ("unknown",):
            continue
        if suffix and kind in ("method", "plain", "property"):
            continue
        is_filled = any(attribute.get(key) for key in ("server_managed", "default", "primary_key"))
        needed = kind == "column" and attribute.get("nullable") is False and not is_filled
        yield lsp.CompletionItem(
            label=f"{name}{suffix}",
            kind=lsp.CompletionItemKind.Method if kind == "method" else lsp.CompletionItemKind.Field,
            detail=attribute_line(name, attribute),
            # What a row cannot be without comes first.
            sort_text=f"{0 if needed else 1}{name}",
            insert_text=f"{name}{suffix}",
        )
