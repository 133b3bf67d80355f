"""Which files belong to a project, against git itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormlint.checker.selection import matches_glob
from ormlint.project.config import load_project
from ormlint.project.discovery import DiscoveryError, is_excluded, project_files
from ormlint.project.runner import Request, UsageError, load_run
from ormlint.settings import Settings


@pytest.fixture(autouse=True)
def no_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRE_COMMIT", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)


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


def test_no_program_that_a_checkout_names_is_run(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py")
    program = tmp_path / ".git" / "watch.sh"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'was-run'}'\n")
    program.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(program))
    assert project_files(tmp_path, Settings()) == ["a.py"]
    assert not (tmp_path / "was-run").exists()
    git(tmp_path, "ls-files", "--others")
    assert (tmp_path / "was-run").exists(), "this git does not know the setting"


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


def test_the_git_of_a_hook_does_not_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "backend/a.py", "backend/new.py", "other/b.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "backend/a.py")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert project_files(tmp_path / "backend", Settings()) == ["a.py", "new.py"]
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert project_files(tmp_path / "backend", Settings()) == ["a.py"]


def test_a_folder_named_outright_is_read_though_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py", "venv/b.py", "venv/dist/c.py", "ignored/d.py", "empty/notes.txt")
    (tmp_path / ".gitignore").write_text("ignored/\n")
    git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    loaded = load_run(Request(paths=["venv"]))
    assert loaded.only == {"venv/b.py"} and set(loaded.files) == {"a.py", "venv/b.py"}
    assert load_run(Request(paths=["ignored"])).only == {"ignored/d.py"}
    assert load_run(Request(paths=["empty"])).only == set()
    assert load_run(Request(paths=["venv"], overrides={"force_exclude": True})).only == set()


def test_a_project_below_a_folder_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "one/a.py", "one/sub/b.py", "two/c.py", "three/d.py")
    (tmp_path / "one" / "ormlint.toml").write_text("preview = true\n")
    (tmp_path / "two" / "ormlint.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    loaded = load_run(Request(paths=["one/sub", "one/a.py"]))
    assert loaded.project.root == (tmp_path / "one").resolve() and loaded.project.settings.preview
    assert set(loaded.files) == {"a.py", "sub/b.py"}
    assert load_run(Request(paths=["three"])).project.root == tmp_path.resolve(), "nothing marks a project there"
    with pytest.raises(UsageError, match="several projects"):
        load_run(Request(paths=["one", "two"]))
    monkeypatch.chdir(tmp_path / "one")
    with pytest.raises(UsageError, match="several projects"):
        load_run(Request(paths=[".", "../two"]))
    assert load_run(Request(paths=[".", "../two"], isolated=True)).project.root == tmp_path.resolve()


def test_a_linked_file_is_where_its_link_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "project/a.py", "elsewhere/b.py")
    (tmp_path / "project" / "ormlint.toml").write_text("")
    (tmp_path / "project" / "link.py").symlink_to(tmp_path / "elsewhere" / "b.py")
    monkeypatch.chdir(tmp_path / "project")
    loaded = load_run(Request(paths=["link.py"]))
    assert loaded.only == {"link.py"} and set(loaded.files) == {"a.py", "link.py"}


def test_config_and_isolated_contradict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ormlint.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="together"):
        load_run(Request(config="ormlint.toml", isolated=True))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_tracked_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/b.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").chmod(0)
    try:
        with pytest.raises(DiscoveryError, match="cannot be read"):
            project_files(tmp_path, Settings())
        with pytest.raises(UsageError, match="cannot be read"):
            load_run(Request(paths=["a/b.py"]))
    finally:
        (tmp_path / "a").chmod(0o755)


@given(
    st.sampled_from(["venv", "./venv", "venv/", "a/venv", "v*v", "b.py"]),
    st.sampled_from(["venv/b.py", "a/venv/b.py", "x.py"]),
)
def test_plain_names_mean_what_globs_mean(pattern: str, path: str) -> None:
    assert is_excluded(path, Settings(exclude=(pattern,))) == matches_glob(path, pattern)
