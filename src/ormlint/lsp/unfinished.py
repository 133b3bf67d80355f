"""Text that is being typed: what stands before the cursor, and how the rest would be Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

REACH = 4000  # characters before the cursor that are read
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_TRIPLE = re.compile(r"(?s)[bruBRU]{0,2}(\"\"\"|''').*?(?:\1|\Z)")
_STRING = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*")
_OPEN_STRING = re.compile(r"(?<!\w)(?P<quote>[\"'])(?P<typed>(?:\\.|[^\"'\\\n])*)\Z")
_WORD = re.compile(r"\w*\Z")
_BLOCK = re.compile(r"[ \t]*(?:async[ \t]+)?(?:if|elif|while|for|with|match|case|else|try|except|finally)\b")


@dataclass(frozen=True)
class Variant:
    """A whole text in which what is asked about stands finished at `offset`, a byte offset."""

    text: str
    offset: int


def blanked(text: str) -> str:
    """Return a text in which strings and comments hold nothing that counts, at the same length."""
    text = _TRIPLE.sub(lambda match: re.sub(r"[^\n]", "_", match[0]), text)
    return _STRING.sub(lambda match: "_" * len(match[0]), text)


def open_string(before: str) -> tuple[int, str] | None:
    """Return where the string begins that the cursor stands in, and its quote; None elsewhere.

    Strings of several lines, and those that are formatted, hold no label of an enum.
    """
    line = before[before.rfind("\n") + 1 :]
    match = _OPEN_STRING.search(blanked(line))
    if match is None or "#" in blanked(line[: match.start()]):
        return None
    for triple in _TRIPLE.finditer(before):
        if triple.end() == len(before) and (len(triple[0]) < 6 or not triple[0].endswith(triple[1])):
            return None
    return len(before) - len(line) + match.start(), match["quote"]


def receiver(before: str) -> int | None:
    """Return where the expression begins whose attribute is being typed; None where no attribute is."""
    cut = max(len(before) - REACH, 0)
    start = _receiver(blanked(before[cut:]))
    return start + cut if start is not None else None


def _receiver(text: str) -> int | None:
    place = len(text) - len(_WORD.search(text)[0])  # type: ignore[index]
    if not text[:place].endswith("."):
        return None
    end = place = place - 1
    while place > 0:
        char = text[place - 1]
        if char in ")]":
            opened = _opening(text, place - 1)
            if opened is None:
                return None
            place = opened
        elif char.isidentifier() or char.isdigit():
            place -= len(_WORD.search(text[:place])[0])  # type: ignore[index]
            if text[:place].endswith("."):
                place -= 1
                continue
            break
        else:
            break
        if text[:place].endswith("."):
            place -= 1
    return place if place < end and not text[place].isdigit() else None


def _opening(text: str, closed: int) -> int | None:
    """Return where the bracket opens that closes at a place."""
    depth = 0
    for place in range(closed, -1, -1):
        if text[place] in ")]}":
            depth += 1
        elif text[place] in "([{":
            depth -= 1
            if depth == 0:
                return place
    return None


def open_brackets(before: str) -> str:
    """Return the brackets that are open at the end of a text, outermost first."""
    found: list[str] = []
    for char in blanked(before[-REACH:]):
        if char in _CLOSERS:
            found.append(char)
        elif char in _PAIRS and found and found[-1] == _PAIRS[char]:
            found.pop()
    return "".join(found)


def variants(before: str, start: int, written: str, after: str) -> Iterator[Variant]:
    """Yield texts in which `written` stands in place of `before[start:]`: the likeliest first.

    The rest of the line may belong to it or be of an earlier thought; brackets may be open; a block may lack its colon.
    """
    offset = len(before[:start].encode("utf-8", "surrogatepass"))
    below = "".join(after.partition("\n")[1:])
    yield Variant(f"{before[:start]}{written}{after}", offset)
    head = f"{before[:start]}{written}"
    line_start = before.rfind("\n", 0, start) + 1
    closing = "".join(_CLOSERS[char] for char in reversed(open_brackets(before[:start])))
    yield Variant(f"{head}{closing}{below}", offset)
    if _BLOCK.match(before, line_start):
        colon = ":" if _is_deeper(before[line_start:start], below) else ": pass"
        yield Variant(f"{head}{closing}{colon}{below}", offset)
    indent = re.match(r"[ \t]*", before[line_start:])
    assert indent is not None
    alone = f"{before[:line_start]}{indent[0]}"
    yield Variant(f"{alone}{written}{below}", len(alone.encode("utf-8", "surrogatepass")))


def _is_deeper(line: str, below: str) -> bool:
    """Tell whether the next line of code is indented more than this one."""
    for following in below.split("\n"):
        if following.strip():
            return _indent(following) > _indent(line)
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
