"""Adding an import where it belongs: to the statement that is there, beside its kin, or at the file's head."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Union

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ormlint.diagnostics import Edit
from ormlint.diagnostics.steps import AddImport
from ormlint.linting.codemod_nodes import smallest_edit
from ormlint.text import Range

Chunk = tuple[Union[cst.SimpleStatementLine, cst.BaseCompoundStatement], int, str]
_LONGEST = 88  # columns of a line that names are added to


def add(module: cst.Module, chunks: Sequence[Chunk], step: AddImport) -> list[Edit]:
    """Return the edit that adds an import above the byte `step.before`; none when it is there.

    `chunks` are the top-level statements with the byte each begins at (the lines above it included) and its code.
    """
    known: list[tuple[Chunk, str]] = []
    for chunk in chunks:
        statement, start, _ = chunk
        if start > step.before or not isinstance(statement, cst.SimpleStatementLine):
            continue
        small = statement.body[0]
        if isinstance(small, cst.ImportFrom):
            written = _written(small)
            known.append((chunk, written))
            if written == step.module and len(statement.body) == 1 and not isinstance(small.names, cst.ImportStar):
                if any(name.evaluated_name == step.name and name.asname is None for name in small.names):
                    return []
                longer = _with_name(module, statement, small, step.name)
                if longer is not None:
                    return [smallest_edit(chunk[2], longer, chunk[1])]
        elif isinstance(small, cst.Import):
            known.append((chunk, small.names[0].evaluated_name))
    line = f"from {step.module} import {step.name}"
    return [_beside(module, known, step.module, line) or _at_head(module, chunks, known, line)]


def _written(statement: cst.ImportFrom) -> str:
    name = get_full_name_for_node(statement.module) if statement.module is not None else ""
    return "." * len(statement.relative) + (name or "")


def _with_name(module: cst.Module, line: cst.SimpleStatementLine, statement: cst.ImportFrom, name: str) -> str | None:
    """Return the line's code with a name more, in the order its names have; None when it would grow too long."""
    assert not isinstance(statement.names, cst.ImportStar)
    names = list(statement.names)
    words = [item.evaluated_name for item in names]
    position = len(names)
    if words == sorted(words, key=_isort):
        position = next((at for at, word in enumerate(words) if _isort(word) > _isort(name)), position)
    elif words == sorted(words, key=str.lower):
        position = next((at for at, word in enumerate(words) if word.lower() > name.lower()), position)
    new = cst.ImportAlias(cst.Name(name))
    if position < len(names):
        comma = names[position].comma
        if position == len(names) - 1 and not isinstance(comma, cst.Comma):
            comma = names[position - 1].comma if position else comma
        space = comma if isinstance(comma, cst.Comma) and position < len(names) - 1 else None
        names.insert(position, new.with_changes(comma=_plain(space or _between(statement))))
    else:
        last = names[-1]
        names[-1] = last.with_changes(comma=_plain(_between(statement)))
        if isinstance(last.comma, cst.Comma):
            names[-1] = last.with_changes(comma=_note_kept(last.comma, _between(statement)))
            new = new.with_changes(comma=_plain_end(last.comma))
        names.append(new)
    code = module.code_for_node(line.with_changes(body=(statement.with_changes(names=names),)))
    longest = max(len(row) for row in code.splitlines())
    return code if statement.lpar is not None or longest <= _LONGEST else None


def _isort(word: str) -> tuple[int, str]:
    """Order as isort does by default: CONSTANTS, Classes, functions."""
    kind = 0 if word.isupper() and len(word) > 1 else 1 if word[:1].isupper() else 2
    return (kind, word.lower())


def _between(statement: cst.ImportFrom) -> cst.Comma:
    """Return the comma that stands between two names of this statement."""
    assert not isinstance(statement.names, cst.ImportStar)
    first = statement.names[0].comma
    if len(statement.names) > 1 and isinstance(first, cst.Comma):
        return first
    if statement.lpar is not None and isinstance(statement.lpar.whitespace_after, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=statement.lpar.whitespace_after)
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _plain(comma: cst.Comma) -> cst.Comma:
    space = comma.whitespace_after
    if isinstance(space, cst.ParenthesizedWhitespace):
        bare = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
        return comma.with_changes(whitespace_after=space.with_changes(first_line=bare, empty_lines=()))
    return comma


def _plain_end(comma: cst.Comma) -> cst.Comma:
    space = comma.whitespace_after
    if isinstance(space, cst.ParenthesizedWhitespace):
        bare = space.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
        return comma.with_changes(whitespace_after=space.with_changes(first_line=bare))
    return comma


def _note_kept(comma: cst.Comma, between: cst.Comma) -> cst.Comma:
    """Return the comma between names, with the comment that stood behind the last one."""
    space, next_space = comma.whitespace_after, _plain(between).whitespace_after
    if isinstance(space, cst.ParenthesizedWhitespace) and isinstance(next_space, cst.ParenthesizedWhitespace):
        next_space = next_space.with_changes(first_line=space.first_line)
    return comma.with_changes(whitespace_after=next_space)


def _beside(module: cst.Module, known: Sequence[tuple[Chunk, str]], wanted: str, line: str) -> Edit | None:
    """Put a line beside the imports from the same package: before the first that sorts behind it, else behind them."""
    kin = [
        (chunk, name)
        for chunk, name in known
        if _top(name) == _top(wanted) and isinstance(_small(chunk), cst.ImportFrom)
    ]
    if not kin:
        return None
    for chunk, name in kin:
        if name.lower() > wanted.lower():
            statement, start, _ = chunk
            above = "".join(module.code_for_node(row) for row in statement.leading_lines)
            place = start + len(above.encode())
            return Edit(Range(place, place), line + module.default_newline)
    return _after(module, kin[-1][0], line)


def _at_head(module: cst.Module, chunks: Sequence[Chunk], known: Sequence[tuple[Chunk, str]], line: str) -> Edit:
    """Put a line behind the imports a file begins with, or behind its docstring and `__future__` imports."""
    leading = {id(chunk[0]) for chunk, _ in known}
    last: Chunk | None = None
    for position, chunk in enumerate(chunks):
        if id(chunk[0]) in leading:
            last = chunk
        elif not (position == 0 and _is_docstring(chunk[0])) and not isinstance(chunk[0], (cst.If, cst.Try)):
            break
    new = module.default_newline
    if last is not None and not _is_future(last):
        return _after(module, last, line)
    first = last or (chunks[0] if chunks and _is_docstring(chunks[0][0]) else None)
    if first is not None:
        return _after(module, first, line, gap=True)
    if not chunks:
        size = len(module.code.encode())
        return Edit(Range(size, size), line + new)
    statement, start, _ = chunks[0]
    has_gap = bool(statement.leading_lines) and statement.leading_lines[0].comment is None
    return Edit(Range(start, start), line + new + ("" if has_gap else new + new))


def _after(module: cst.Module, chunk: Chunk, line: str, gap: bool = False) -> Edit:
    _, start, code = chunk
    new = module.default_newline
    end = start + len(code.encode())
    if not module.has_trailing_newline and module.body[-1] is chunk[0]:
        return Edit(Range(end - len(new), end - len(new)), new + (new if gap else "") + line)
    tail = ""
    if gap:
        following = next((b for a, b in pairwise(module.body) if a is chunk[0]), None)
        rows = following.leading_lines if following is not None else ()
        tail = new if following is not None and not (rows and rows[0].comment is None) else ""
    return Edit(Range(end, end), (new if gap else "") + line + new + tail)


def _top(name: str) -> str:
    return "." if name.startswith(".") else name.partition(".")[0]


def _small(chunk: Chunk) -> cst.CSTNode:
    statement = chunk[0]
    return statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else statement


def _is_future(chunk: Chunk) -> bool:
    small = _small(chunk)
    return isinstance(small, cst.ImportFrom) and _written(small) == "__future__"


def _is_docstring(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or not isinstance(statement.body[0], cst.Expr):
        return False
    return isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
