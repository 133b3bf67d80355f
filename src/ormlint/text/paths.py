"""What a file's path says of it."""

from __future__ import annotations

from functools import cache

_FOLDERS = frozenset({"test", "tests", "testing"})


@cache
def is_test_path(path: str) -> bool:
    """Tell whether a path (forward slashes) is a test's or a test suite's: by its folders or its own name."""
    *folders, name = path.split("/")
    return (
        not _FOLDERS.isdisjoint(folders)
        or name.startswith(("test_", "conftest"))
        or name.endswith("_test.py")
        or name == "tests.py"
    )
