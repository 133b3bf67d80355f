"""The steps of a fix: what is to be done to a file, as plain data. Ranges are bytes of its UTF-8 text."""

from __future__ import annotations

from typing import Union

import msgspec

from ormlint.text.ranges import Range


class ReplaceExpression(msgspec.Struct, frozen=True, tag="replace"):
    """Put other code in the place of the expression at just this range; parentheses are added where needed."""

    range: Range
    code: str


class ReplaceText(msgspec.Struct, frozen=True, tag="text"):
    """Put other text in the place of this range: names (of a keyword, of an attribute) and comments."""

    range: Range
    text: str


class RemoveItem(msgspec.Struct, frozen=True, tag="remove-item"):
    """Remove one argument of a call, or one item of a list, dict or set, with its comma."""

    range: Range


class RemoveStatement(msgspec.Struct, frozen=True, tag="remove-statement"):
    """Remove a statement; `pass` is left where its block would be empty. Comments above it stay."""

    range: Range


class AddArgument(msgspec.Struct, frozen=True, tag="add-argument"):
    """Add an argument such as `name=value` at the end of the call at this range."""

    range: Range
    code: str


class AddImport(msgspec.Struct, frozen=True, tag="import"):
    """Add `from module import name` where it belongs, above the byte `before`; nothing when it is there."""

    module: str  # as it is written, with leading dots when relative
    name: str
    before: int


Step = Union[ReplaceExpression, ReplaceText, RemoveItem, RemoveStatement, AddArgument, AddImport]
