"""pytest's names: fixtures, parameters of tests, and what ends a test."""

from __future__ import annotations

PACKAGE = "pytest"
# Decorators, by their last part: `@pytest.fixture`, `@pytest_asyncio.fixture`, `@pytest.mark.parametrize`.
FIXTURE = "fixture"
PARAMETRIZE = "parametrize"
DECORATORS = frozenset({PACKAGE, FIXTURE, PARAMETRIZE, "mark"})
CONFTEST = "conftest.py"
TEST_PREFIX = "test"
NOT_COMING_BACK = frozenset({"pytest.fail", "pytest.skip", "pytest.exit"})


def expects_exception(name: str) -> bool:
    """Tell whether a context manager's name, its last part in lower case, is that of `raises` or its kin."""
    return "raises" in name
