"""What a path says of a file."""

from __future__ import annotations

import pytest

from ormlint.text.paths import is_test_path


@pytest.mark.parametrize(
    "path", ["tests/a.py", "shop/testing/b.py", "shop/test_c.py", "c_test.py", "conftest.py", "shop/tests.py"]
)
def test_a_test(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize("path", ["shop/latest.py", "contests/a.py", "attestation.py", "shop/test.py", "protest/b.py"])
def test_no_test(path: str) -> None:
    assert not is_test_path(path)
