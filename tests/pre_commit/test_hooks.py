"""The hooks under the real pre-commit: what is staged is judged, across files."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HOOKS = ("ormlint", "ormlint-changed", "ormlint-fix")
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
    dates = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    environment = {**os.environ, **dates}
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, env=environment)


def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the processes of a test run have in common: the hooks are installed once."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / "pre-commit"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository of this checkout as it is, as pre-commit would clone it."""
    made = tmp_path_factory.mktemp("made") / "tool"
    made.mkdir()
    for name in ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, made / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, made / name)
    git(made, "init", "-q")
    git(made, "add", ".")
    git(made, "commit", "-q", "-m", "x")
    folder = shared(tmp_path_factory) / "tool"
    with contextlib.suppress(OSError):  # another process was faster, with the same commit
        made.rename(folder)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment of the hooks, for all tests."""
    return shared(tmp_path_factory) / "home"


@pytest.fixture
def repository(tmp_path: Path, tool: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "models.py").write_text(MODELS)
    (folder / "service.py").write_text(SERVICE)
    (folder / "README.md").write_text("x\n")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tool, capture_output=True, text=True, check=True)
    hooks = "".join(f"      - id: {name}\n" for name in HOOKS)
    config = f"repos:\n  - repo: {tool.as_posix()}\n    rev: {head.stdout.strip()}\n    hooks:\n{hooks}"
    (folder / ".pre-commit-config.yaml").write_text(config)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "x")
    return folder


def hook(repository: Path, home: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one hook as a commit would."""
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", name, "--verbose", *arguments],
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


def test_clean(repository: Path, home: Path) -> None:
    done = hook(repository, home, "ormlint", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All checks passed!" in done.stdout


def test_a_staged_rename_breaks_a_file_that_is_not_staged(repository: Path, home: Path) -> None:
    (repository / "models.py").write_text(MODELS.replace("title =", "name ="))
    git(repository, "add", "models.py")
    done = hook(repository, home, "ormlint")
    assert done.returncode == 1 and "service.py" in done.stdout and "ORM201" in done.stdout, done.stdout + done.stderr
    changed = hook(repository, home, "ormlint-changed")
    assert changed.returncode == 0, "it reports on changed files only, as documented"


def test_what_is_not_staged_is_not_judged_and_not_lost(repository: Path, home: Path) -> None:
    (repository / "service.py").write_text(SERVICE.replace("title", "titel"))
    git(repository, "add", "service.py")
    (repository / "service.py").write_text(SERVICE)  # mended, not staged
    done = hook(repository, home, "ormlint")
    assert done.returncode == 1 and "titel" in done.stdout
    assert (repository / "service.py").read_text() == SERVICE


def test_untracked_files_are_no_part_of_the_commit(repository: Path, home: Path) -> None:
    (repository / "service.py").write_text(SERVICE.replace("from models", "from more").replace("title", "name"))
    (repository / "models.py").write_text(MODELS + "\n\nx = 1\n")
    (repository / "more.py").write_text(MODELS.replace("title =", "other ="))
    git(repository, "add", "service.py", "models.py")
    done = hook(repository, home, "ormlint")
    assert done.returncode == 0, "more.py is not tracked, so nothing is known of its Video" + done.stdout


UNSAFE_DEFAULT = "    extra = Column(JSON, default={})\n"


def with_default(repository: Path) -> str:
    text = MODELS.replace("import Column", "import JSON, Column") + UNSAFE_DEFAULT
    (repository / "models.py").write_text(text)
    git(repository, "add", "models.py")
    return text


def test_fixes_are_made_and_not_staged(repository: Path, home: Path) -> None:
    text = with_default(repository)
    done = hook(repository, home, "ormlint-fix")
    assert done.returncode == 1 and "files were modified by this hook" in done.stdout, done.stdout + done.stderr
    assert (repository / "models.py").read_text() == text.replace("default={}", "default=dict")
    staged = subprocess.run(["git", "show", ":models.py"], cwd=repository, capture_output=True, text=True, check=True)
    assert staged.stdout == text
    git(repository, "add", "models.py")
    done = hook(repository, home, "ormlint-fix")
    assert done.returncode == 0, done.stdout + done.stderr


def test_fixes_beside_what_is_not_staged(repository: Path, home: Path) -> None:
    text = with_default(repository)
    half_staged = text.replace("title = Column(String)", "title = Column(String(50))") + "\n\nx = 1\n"
    (repository / "models.py").write_text(half_staged)
    done = hook(repository, home, "ormlint-fix")
    assert done.returncode == 1, done.stdout + done.stderr
    # The fix and the unstaged change stand on neighbouring rows: pre-commit gives up the fix, never the user's rows.
    assert "Rolling back fixes" in done.stdout + done.stderr
    assert (repository / "models.py").read_text() == half_staged


def test_fixes_far_from_what_is_not_staged(repository: Path, home: Path) -> None:
    text = with_default(repository)
    half_staged = "# not staged\n" + text
    (repository / "models.py").write_text(half_staged)
    done = hook(repository, home, "ormlint-fix")
    assert done.returncode == 1, done.stdout + done.stderr
    assert (repository / "models.py").read_text() == half_staged.replace("default={}", "default=dict")


def test_one_process_reads_the_project_once(repository: Path, home: Path) -> None:
    for number in range(300):
        (repository / f"service_{number}.py").write_text(SERVICE)
    git(repository, "add", ".")
    for name in HOOKS:
        done = hook(repository, home, name)
        assert done.returncode == 0 and done.stdout.count("All checks passed!") == 1, done.stdout + done.stderr


def test_other_files_do_not_start_it(repository: Path, home: Path) -> None:
    (repository / "README.md").write_text("y\n")
    git(repository, "add", "README.md")
    done = hook(repository, home, "ormlint")
    assert done.returncode == 0 and "Skipped" in done.stdout
