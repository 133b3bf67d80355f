"""Near names: a slip is found, another word is not."""

from __future__ import annotations

import pytest

from ormlint.linting.names import closest, listed, nearest

COLUMNS = ["title", "status", "created_at", "updated_at", "file_path", "thumbnail_url", "id"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("titel", "title"),
        ("statuss", "status"),
        ("stauts", "status"),
        ("create_at", "created_at"),
        ("thumnail_url", "thumbnail_url"),
        ("filepath", "file_path"),
    ],
)
def test_slips(name: str, meant: str) -> None:
    assert nearest(name, COLUMNS) == meant


@pytest.mark.parametrize(
    "name", ["state", "tile_count", "proxy_generated", "deleted_at", "ids", "x", "path", "rendered"]
)
def test_other_words(name: str) -> None:
    assert nearest(name, COLUMNS) is None


def test_closest_is_a_weaker_hint() -> None:
    assert closest("thumbnail", COLUMNS) == "thumbnail_url"
    assert closest("nothing_like_it", COLUMNS) is None


def test_listed() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed("abcdefgh") == "a, b, c, d, e, f, …"
