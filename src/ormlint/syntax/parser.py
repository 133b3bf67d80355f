"""tree-sitter's Python parser, made once per process."""

from __future__ import annotations

from functools import lru_cache

import tree_sitter_python
from tree_sitter import Language, Parser, Tree


@lru_cache(maxsize=1)
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


def parse(data: bytes) -> Tree:
    """Parse UTF-8 text; errors are nodes of the tree, never exceptions."""
    return _parser().parse(data)
