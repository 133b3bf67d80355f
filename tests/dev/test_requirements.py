"""What a section asks for is there, or the section is skipped."""

from __future__ import annotations

import pytest

from ormlint.testing.requirements import missing


def test_requirements() -> None:
    assert missing([]) is None
    assert missing(["python>=3.10", "sqlalchemy>=2.0", "msgspec"]) is None
    assert missing(["sqlalchemy", "python>=4.0"]) == "python>=4.0"
    assert missing(["sqlalchemy>=99"]) == "sqlalchemy>=99"
    assert missing(["no_such_package"]) == "no_such_package"
    with pytest.raises(ValueError, match="no requirement"):
        missing(["sqlalchemy<2"])
