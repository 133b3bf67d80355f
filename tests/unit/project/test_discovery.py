"""Which files belong to a project, against git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ormlint.project.config import load_project
from ormlint.project.discovery import DiscoveryError, project_files
from ormlint.project.runner import Request, UsageError, load_run
from ormlint.settings import Settings


@pytest.fixture(autouse=True)
def no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRE_COMMIT", raising=False)


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x = 1\n")


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def test_git_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py", "b/c.py", "b/ignored.py", "new.py", "gone.py", ".venv/x.py", "notes.txt", "ü ö.py")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py", "b/c.py", "gone.py", "ü ö.py")
    (tmp_path / "gone.py").unlink()
    assert project_files(tmp_path, Settings()) == ["a.py", "b/c.py", "new.py", "ü ö.py"]
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert project_files(tmp_path, Settings()) == ["a.py", "b/c.py", "ü ö.py"]


def test_a_walk_follows_ignore_files_as_git_does(tmp_path: Path) -> None:
    paths = ["a.py", "a/b.py", "a/keep.py", "build/x.py", "a/build/y.py", "a/c/z.py", "a/c/keep.py", "d/e.py"]
    make(tmp_path, *paths)
    (tmp_path / ".gitignore").write_text("/build\nkeep.py\nd/\n")
    (tmp_path / "a" / ".gitignore").write_text("!keep.py\nc/*\n!c/keep.py\n")
    walked = project_files(tmp_path, Settings())
    git(tmp_path, "init", "-q")
    assert walked == project_files(tmp_path, Settings())
    assert project_files(tmp_path, Settings(respect_gitignore=False)) == sorted(paths)


def test_excludes(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "old/b.py", "node_modules/c.py", "dist/d.py", "src/gen_x.py")
    assert project_files(tmp_path, Settings()) == ["a.py", "old/b.py", "src/gen_x.py"]
    assert project_files(tmp_path, Settings(extend_exclude=("old", "gen_*.py"))) == ["a.py"]
    assert "dist/d.py" in project_files(tmp_path, Settings(exclude=("old",)))


def test_linked_folders_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "a/b.py")
    os.symlink(tmp_path, tmp_path / "a" / "loop")
    assert project_files(tmp_path, Settings()) == ["a/b.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    make(tmp_path, "a/b.py")
    (tmp_path / "a").chmod(0)
    try:
        with pytest.raises(DiscoveryError, match="cannot be read"):
            project_files(tmp_path, Settings())
    finally:
        (tmp_path / "a").chmod(0o755)


def test_the_root(tmp_path: Path) -> None:
    make(tmp_path, "pkg/app/a.py")
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    (tmp_path / "pkg" / "pyproject.toml").write_text('[tool.ormlint]\nignore = ["ORM1"]\n')
    found = load_project(tmp_path / "pkg" / "app")
    assert found.root == tmp_path / "pkg" and found.settings.ignore == ("ORM1",)
    (tmp_path / "ormlint.toml").write_text("")
    assert load_project(tmp_path / "pkg" / "app").root == tmp_path, "the top-most configuration"
    (tmp_path / "pkg" / "pyproject.toml").write_text("[tool.ormlint]\nroot = true\n")
    assert load_project(tmp_path / "pkg" / "app").root == tmp_path / "pkg"
    assert load_project(tmp_path / "pkg" / "app", isolated=True).settings == Settings()


def test_paths_say_what_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py", "b/c.py", "old/d.py")
    (tmp_path / "ormlint.toml").write_text('extend-exclude = ["old"]\n')
    monkeypatch.chdir(tmp_path)
    assert load_run(Request()).only is None
    loaded = load_run(Request(paths=["b"]))
    assert set(loaded.files) == {"a.py", "b/c.py"} and loaded.only == {"b/c.py"}
    assert load_run(Request(paths=["old/d.py"])).only == {"old/d.py"}, "named outright, it is read"
    assert load_run(Request(paths=["old/d.py"], overrides={"force_exclude": True})).only == set()
    with pytest.raises(UsageError, match="no such file"):
        load_run(Request(paths=["nowhere"]))


def test_a_path_elsewhere_brings_its_own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "here/a.py", "there/b.py", "there/sub/c.py")
    (tmp_path / "here" / "ormlint.toml").write_text("")
    (tmp_path / "there" / "ormlint.toml").write_text("")
    monkeypatch.chdir(tmp_path / "here")
    loaded = load_run(Request(paths=["../there/sub"]))
    assert loaded.project.root == (tmp_path / "there").resolve()
    assert set(loaded.files) == {"b.py", "sub/c.py"} and loaded.only == {"sub/c.py"}
