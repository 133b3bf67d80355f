"""`ormlint init`: a configuration from what is found, explained, and never in place of another."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import tomli

from ormlint.cli.main import main
from ormlint.project.config import load_project

MODELS = """\
from sqlalchemy import Column, DateTime, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, mapped_column


class Base(DeclarativeBase):
    pass


class Timed:
    born_at = Column(DateTime, server_default=func.now())
    touched_at = Column(DateTime, server_default=func.now(), onupdate=func.now())


class Video(Timed, Base):
    __tablename__ = "video"
    id: Mapped[int] = mapped_column(primary_key=True)


Old = declarative_base()


class Tag(Old):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    created_at = Column(DateTime, server_default=func.now())
    updated_at = Column(DateTime, onupdate=func.now())
"""
SERVICE = """\
from models import Tag

Tag(nme="x")
"""
REVISION = """\
revision = "1"
down_revision = None


def upgrade():
    pass
"""
PYPROJECT = (
    b'[project]\r\nname = "shop"\r\ndependencies = ["sqlalchemy~=2.0.1"]\r\n\r\n[tool.ruff]\r\nline-length = 100'
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "conftest.py").write_text('URL = "sqlite+aiosqlite://"\n')
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "one.py").write_text(REVISION)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    out = capsys.readouterr().out
    text = (project / "ormlint.toml").read_text()
    assert "2 mapped classes: 1 of SQLAlchemy 2.0 (`Mapped[...]`), 1 of SQLAlchemy 1.x" in text
    assert "postgresql in models.py:2; sqlite in tests/conftest.py:1 (tests)" in " ".join(text.split("\n# "))
    assert tomli.loads(text) == {
        "timestamp-pairs": [["created_at", "updated_at"], ["born_at", "touched_at"]],
        "dialects": ["postgresql", "sqlite"],
        "migrations": ["migrations/versions"],
    }
    assert "Wrote ormlint.toml." in out and "reports 1 finding now, 1 of them errors" in out
    assert "- repo: https://github.com/ormlint/ormlint" in out and "lint.external" not in out
    assert load_project(project).settings.dialects == ("postgresql", "sqlite")
    assert main(["check", "-q", "--output-format", "concise"]) == 1
    assert "ORM201" in capsys.readouterr().out


def test_sqlite_alone_may_not_be_what_is_deployed_to(project: Path) -> None:
    (project / "models.py").write_text(MODELS.replace("from sqlalchemy.dialects.postgresql import JSONB\n", ""))
    (project / "settings.py").write_text('URL = "sqlite:///dev.db"\n')
    assert main(["init"]) == 0
    text = (project / "ormlint.toml").read_text()
    assert "dialects" not in tomli.loads(text) and '# dialects = ["sqlite"]' in text


def test_an_ini_file_is_read_at_every_run(project: Path) -> None:
    (project / "alembic.ini").write_text(
        "[alembic]\nscript_location = migrations\nsqlalchemy.url = mysql+pymysql://x\n"
    )
    assert main(["init"]) == 0
    text = (project / "ormlint.toml").read_text()
    assert "migrations" not in tomli.loads(text)
    assert '# migrations = ["migrations/versions"]' in text and "by alembic.ini, which" in " ".join(text.split("\n# "))
    assert tomli.loads(text)["dialects"] == ["mysql", "postgresql", "sqlite"]


def test_a_pyproject_keeps_its_bytes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_bytes(PYPROJECT)
    assert main(["init"]) == 0
    data = (project / "pyproject.toml").read_bytes()
    assert data.startswith(PYPROJECT + b"\r\n\r\n[tool.ormlint]\r\n#") and b"\n" not in data.replace(b"\r\n", b"")
    assert tomli.loads(data.decode())["tool"]["ruff"] == {"line-length": 100}
    assert "SQLAlchemy: 2.0, by pyproject.toml" in data.decode()
    assert 'lint.external = ["ORM"]' in capsys.readouterr().out
    assert not (project / "ormlint.toml").exists()


def test_ruff_that_knows_the_codes_needs_no_hint(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "ruff.toml").write_text('lint.external = ["ORM"]\n')
    assert main(["init"]) == 0
    assert "lint.external" not in capsys.readouterr().out


def test_nothing_is_written_by_a_dry_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(project.rglob("*"))
    assert main(["init", "--dry-run", "--baseline"]) == 0
    out, err = capsys.readouterr()
    assert tomli.loads(out)["baseline"] == "ormlint-baseline.json"
    assert "nothing was written; this would go to ormlint.toml" in err
    assert sorted(project.rglob("*")) == before


def test_a_baseline_hides_what_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--baseline"]) == 0
    assert "Wrote ormlint-baseline.json: 1 finding that" in capsys.readouterr().out
    assert len(json.loads((project / "ormlint-baseline.json").read_text())["findings"]) == 1
    assert main(["check"]) == 0
    (project / "service.py").write_text(SERVICE + 'Tag(other="x")\n')
    assert main(["check", "-q", "--output-format", "concise"]) == 1
    assert "other" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ormlint.toml", ""),
        (".ormlint.toml", "root = true\n"),
        ("pyproject.toml", "[tool.ormlint.severity]\nORM1 = 'info'\n"),
    ],
)
def test_a_configuration_is_never_overwritten(
    name: str, text: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / name).write_text(text)
    for arguments in ([], ["-o", "pyproject.toml"], ["migrations"]):
        assert main(["init", *arguments]) == 2
        assert f"{name}: ormlint is configured here already" in capsys.readouterr().err
    assert (project / name).read_text() == text


def test_a_baseline_is_never_overwritten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "ormlint-baseline.json").write_text("mine")
    assert main(["init", "--baseline"]) == 2
    assert "ormlint-baseline.json: is there already" in capsys.readouterr().err
    assert not (project / "ormlint.toml").exists()


def test_a_pyproject_that_takes_no_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text("tool = {}\n")
    assert main(["init"]) == 2
    assert "`ormlint init -o ormlint.toml`" in capsys.readouterr().err
    assert (project / "pyproject.toml").read_text() == "tool = {}\n"
    assert main(["init", "-o", "ormlint.toml"]) == 0


def test_a_folder_without_models_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)]) == 0
    assert "no mapped class was found" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "nowhere")]) == 2
    assert "nowhere: no such folder" in capsys.readouterr().err


def test_a_folder_of_a_work_tree_becomes_a_project(project: Path) -> None:
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    assert main(["init", "migrations"]) == 0
    assert (project / "migrations" / "ormlint.toml").is_file()
    assert load_project(project / "migrations").root == project / "migrations"
