"""The hooks under the real pre-commit: what is staged is judged, across files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
MODELS = """\
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column(String)
"""
SERVICE = """\
from models import Video


def make():
    return Video(title="a")
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository of this checkout as it is, as pre-commit would clone it."""
    folder = tmp_path_factory.mktemp("tool")
    for name in ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "models.py").write_text(MODELS)
    (folder / "service.py").write_text(SERVICE)
    (folder / "README.md").write_text("x\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x")
    return folder


def try_repo(repository: Path, tool: Path, home: Path, hook: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(tool), hook, "--verbose", *arguments],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_manifest() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=False
    )
    assert done.returncode == 0


def test_clean(repository: Path, tool: Path, home: Path) -> None:
    done = try_repo(repository, tool, home, "ormlint", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All checks passed!" in done.stdout


def test_a_staged_rename_breaks_a_file_that_is_not_staged(repository: Path, tool: Path, home: Path) -> None:
    (repository / "models.py").write_text(MODELS.replace("title =", "name ="))
    git(repository, "add", "models.py")
    done = try_repo(repository, tool, home, "ormlint")
    assert done.returncode == 1 and "service.py" in done.stdout and "ORM201" in done.stdout, done.stdout + done.stderr
    changed = try_repo(repository, tool, home, "ormlint-changed")
    assert changed.returncode == 0, "it reports on changed files only, as documented"


def test_what_is_not_staged_is_not_judged_and_not_lost(repository: Path, tool: Path, home: Path) -> None:
    (repository / "service.py").write_text(SERVICE.replace("title", "titel"))
    git(repository, "add", "service.py")
    (repository / "service.py").write_text(SERVICE)  # mended, not staged
    done = try_repo(repository, tool, home, "ormlint")
    assert done.returncode == 1 and "titel" in done.stdout
    assert (repository / "service.py").read_text() == SERVICE


def test_untracked_files_are_no_part_of_the_commit(repository: Path, tool: Path, home: Path) -> None:
    (repository / "service.py").write_text(SERVICE.replace("from models", "from more").replace("title", "name"))
    (repository / "models.py").write_text(MODELS + "\n\nx = 1\n")
    (repository / "more.py").write_text(MODELS.replace("title =", "other ="))
    git(repository, "add", "service.py", "models.py")
    done = try_repo(repository, tool, home, "ormlint")
    assert done.returncode == 0, "more.py is not tracked, so nothing is known of its Video" + done.stdout


def test_other_files_do_not_start_it(repository: Path, tool: Path, home: Path) -> None:
    (repository / "README.md").write_text("y\n")
    git(repository, "add", "README.md")
    done = try_repo(repository, tool, home, "ormlint")
    assert done.returncode == 0 and "Skipped" in done.stdout
