"""The documents under tests/mdtest/semantic: each `# revealed:` line says what the interpreter finds."""

from __future__ import annotations

import pytest
from documents import Section, all_sections, reveals, semantic_model


@pytest.mark.parametrize("section", all_sections(), ids=str)
def test_reveal(section: Section) -> None:
    expected = section.expected()
    found = reveals(semantic_model(section.files), section.files)
    actual = {place: " & ".join(texts) for place, texts in found.items()}
    wrong = [
        f"{path}:{line}: expected {expected.get((path, line), '(nothing)')!r}, "
        f"found {actual.get((path, line), '(nothing)')!r}"
        for path, line in sorted({*expected, *actual})
        if expected.get((path, line)) != actual.get((path, line))
    ]
    assert not wrong, "\n".join(wrong)
