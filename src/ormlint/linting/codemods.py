"""Steps of a fix to edits of the text, by LibCST: comments, commas and layout survive. Loaded only to make fixes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from ormlint.diagnostics import Edit, Fix
from ormlint.diagnostics.steps import (
    AddArgument,
    AddImport,
    RemoveItem,
    RemoveStatement,
    ReplaceExpression,
    ReplaceText,
    Step,
)
from ormlint.linting import codemod_imports, codemod_nodes
from ormlint.linting.codemod_nodes import smallest_edit
from ormlint.syntax.parser import parse
from ormlint.text import Range


class UnwritableError(ValueError):
    """A file that LibCST does not read as it is, or a step that has nothing to work on; the message says why."""


class TooDeepError(UnwritableError):
    """Code that is nested more deeply than LibCST can follow; no person writes it."""

    def __init__(self) -> None:
        super().__init__("its code is nested too deeply to be rewritten")


# LibCST's parser overflows the stack, which nothing can catch, at some 2,000 levels, and its time grows with the square
# of their number. Python itself refuses 200 brackets and 100 levels of indentation.
_DEEPEST = 600


class Rewriter:
    """One file's text, and the edits that fixes come to in it."""

    def __init__(self, data: bytes) -> None:
        """Read the UTF-8 text of a file.

        Raises:
            UnwritableError: LibCST cannot read it, or would not write it back as it is.
        """
        self.data = data
        text = data.decode("utf-8")
        if _depth(data) > _DEEPEST:
            raise TooDeepError
        try:
            self.module = cst.parse_module(text)
            self.chunks = self._split(text)
        except cst.ParserSyntaxError as error:
            raise UnwritableError(f"line {error.raw_line}: LibCST cannot read this file") from None
        except RecursionError:
            raise TooDeepError from None

    def _split(self, text: str) -> list[_Chunk]:
        """Return the top-level statements with where each begins and ends, what stands above it included."""
        module = self.module
        start = len(module.with_changes(body=(), footer=()).code.encode()) if module.header else 0
        chunks: list[_Chunk] = []
        written = text[: len(self.data[:start].decode("utf-8", "replace"))]
        parts = [written]
        for statement in module.body:
            code = module.code_for_node(statement)
            size = len(code.encode())
            end = min(start + size, len(self.data))
            chunks.append(_Chunk(module, statement, code, start, end))
            parts.append(code)
            start += size
        parts.extend(module.code_for_node(line) for line in module.footer)
        whole = "".join(parts)
        if whole != text and not (whole.startswith(text) and not whole[len(text) :].strip("\r\n")):
            raise UnwritableError("LibCST would not write this file back as it is")
        return chunks

    def edits(self, fix: Fix) -> tuple[Edit, ...]:
        """Return the edits of a fix, in order; they do not overlap.

        Raises:
            UnwritableError: a step's place is not what the step is for.
        """
        try:
            return self._edits(fix)
        except RecursionError:
            raise TooDeepError from None

    def _edits(self, fix: Fix) -> tuple[Edit, ...]:
        found = [edit for step in fix.steps for edit in self._step(step)]
        found.sort(key=lambda edit: edit.range)
        for first, second in pairwise(found):
            if second.range.start < first.range.end:
                raise UnwritableError("two steps of this fix meet at one place")
        return tuple(found)

    def isolation(self, fix: Fix) -> frozenset[Range]:
        """Return the blocks that a fix takes statements from: two fixes together could leave one empty."""
        blocks: set[Range] = set()
        for step in fix.steps:
            if isinstance(step, RemoveStatement):
                chunk = self._chunk(step.range)
                blocks.add(Range(chunk.start, chunk.end))
        return frozenset(blocks)

    def _step(self, step: Step) -> Sequence[Edit]:
        if isinstance(step, ReplaceText):
            return [Edit(step.range, step.text)]
        if isinstance(step, AddImport):
            return codemod_imports.add(self.module, [(c.statement, c.start, c.code) for c in self.chunks], step)
        chunk = self._chunk(step.range)
        if isinstance(step, RemoveStatement) and chunk.is_whole(step.range):
            return [chunk.edit(codemod_nodes.what_stays(self.module, chunk.statement))]
        try:
            changed = self._changed(chunk, step)
        except (codemod_nodes.NoPlaceError, cst.ParserSyntaxError, cst.CSTValidationError) as error:
            raise UnwritableError(str(error)) from None
        return [chunk.edit(self.module.code_for_node(changed))]

    def _changed(self, chunk: _Chunk, step: Step) -> cst.CSTNode:
        where = Range(step.range.start - chunk.start, step.range.end - chunk.start)  # type: ignore[union-attr]
        tree = chunk.tree
        if isinstance(step, ReplaceExpression):
            return codemod_nodes.replaced(tree, where, step.code)
        if isinstance(step, RemoveItem):
            return codemod_nodes.without_item(tree, where)
        if isinstance(step, AddArgument):
            return codemod_nodes.with_argument(tree, where, step.code)
        return codemod_nodes.without_statement(tree, where)

    def _chunk(self, where: Range) -> _Chunk:
        for chunk in self.chunks:
            if chunk.start <= where.start and where.end <= chunk.end:
                return chunk
        raise UnwritableError("there is no statement at the place of this fix")


class _Chunk:
    """A top-level statement with the lines above it, its code, and its bytes `start` to `end` in the file."""

    def __init__(
        self,
        module: cst.Module,
        statement: cst.SimpleStatementLine | cst.BaseCompoundStatement,
        code: str,
        start: int,
        end: int,
    ) -> None:
        self.module = module
        self.statement = statement
        self.code = code
        self.start = start
        self.end = end

    @cached_property
    def tree(self) -> codemod_nodes.Tree:
        """The statement with its places."""
        alone = self.module.with_changes(header=(), body=(self.statement,), footer=())
        wrapper = MetadataWrapper(alone, unsafe_skip_copy=True)
        spans = wrapper.resolve(ByteSpanPositionProvider)
        return codemod_nodes.Tree(self.module, self.statement, spans)

    def is_whole(self, where: Range) -> bool:
        """Tell whether a place is this statement, and not one of several on its line."""
        statement = self.statement
        if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) != 1:
            return False
        span = self.tree.spans[statement]
        return where == Range(self.start + span.start, self.start + span.start + span.length)

    def edit(self, code: str) -> Edit:
        """Return the smallest edit that makes `code` of this statement's."""
        edit = smallest_edit(self.code, code, self.start)
        return Edit(Range(edit.range.start, max(edit.range.start, min(edit.range.end, self.end))), edit.content)


def _depth(data: bytes) -> int:
    """Return how deeply the syntax is nested as LibCST sees it: each `elif` within the one before."""
    deepest = 0
    stack = [(parse(data).root_node, 0)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        branches = 0
        for child in node.named_children:
            branches += child.type == "elif_clause"
            stack.append((child, depth + 1 + branches))
    return deepest
