"""Replacing files: what is kept of them, and what is never replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ormlint.project.atomic import replace_file


def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "a.py", tmp_path / "link.py"
    target.write_text("old")
    target.chmod(0o741)
    link.symlink_to(target)
    replace_file(link, b"new")
    assert target.read_bytes() == b"new" and link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o741
    assert sorted(os.listdir(tmp_path)) == ["a.py", "link.py"]


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        replace_file(tmp_path / "a", b"x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_a_failure_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError, match="no"):
        replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_text() == "old" and os.listdir(tmp_path) == ["a"]
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "missing" / "a", b"new")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        replace_file(pipe, b"new")
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
