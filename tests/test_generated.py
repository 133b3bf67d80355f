"""Generated documents are fresh: what is written twice is compared."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from ormlint.dev.generate import COMMAND, documents

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", documents())
def test_document_is_fresh(name: str) -> None:
    found = (ROOT / name).read_text(encoding="utf-8")
    wanted = documents()[name]
    diff = "".join(difflib.unified_diff(found.splitlines(True), wanted.splitlines(True), name, "generated"))
    assert found == wanted, f"{name} is stale, run `{COMMAND}`:\n{diff}"
