"""Bases of models that installed packages bring: read from the environment, never imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ormlint.cli.main import main
from ormlint.project.environment import NoEnvironmentError, find_environment
from ormlint.settings import Settings

PACKAGE = {
    "kit/__init__.py": "raise SystemExit('imported')\nfrom kit.mixins import *\n",
    "kit/mixins.py": """
from typing import TYPE_CHECKING
from sqlalchemy import Column, DateTime, String, func
from sqlalchemy.orm import declarative_mixin
from .types import LENGTH

__all__ = ["Stamped", "Named"]

@declarative_mixin
class Stamped:
    created_at = Column(DateTime, server_default=func.now())
    updated_at = Column(DateTime, server_default=func.now(), onupdate=func.now())

class Named:
    if TYPE_CHECKING:
        name: str
    else:
        name = Column(String(LENGTH))
    def __init__(self, name=None, **kw):
        super().__init__(name=name, **kw)
""",
    "kit/types.py": "LENGTH = 20\n",
    "kit/base.py": """
from sqlalchemy.orm import DeclarativeBase
class KitBase(DeclarativeBase): ...
""",
}
MODELS = """
from datetime import datetime
from sqlalchemy import Column, DateTime, Integer
from sqlalchemy.orm import declarative_base
from kit import Stamped
from kit.mixins import Named
import kit.base

Base = declarative_base()

class Job(Stamped, Base):
    __tablename__ = "job"
    id = Column(Integer, primary_key=True)
    created_at = Column(DateTime, default=datetime.utcnow)

class Disk(Named, kit.base.KitBase):
    __tablename__ = "disk"
    id = Column(Integer, primary_key=True)

Job(titel=1)
Job(updated_at=None)
Disk(name="a", id=1)
Disk(nam="a")
"""


def make(root: Path, environment: str = ".venv") -> Path:
    site = root / environment / "lib" / "python3.12" / "site-packages"
    for path, text in PACKAGE.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    (root / environment / "bin").mkdir()
    (root / environment / "bin" / "python").write_text("#!/bin/false\n")
    (root / environment / "pyvenv.cfg").write_text("home = /usr/bin\n")
    project = root / "project"
    project.mkdir(exist_ok=True)
    (project / "models.py").write_text(MODELS)
    return site


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[tuple[str, int]]:
    code = main(["check", "--output-format", "json", *arguments])
    items = json.loads(capsys.readouterr().out)
    assert code == (1 if items else 0)
    return [(item["code"], item["location"]["row"]) for item in items]


EXPECTED = [("ORM101", 14), ("ORM102", 14), ("ORM201", 20), ("ORM201", 23)]


@pytest.mark.parametrize("python", ["../env", "../env/bin/python", "../env/lib/python3.12/site-packages"])
def test_bases_are_read_from_the_configured_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], python: str
) -> None:
    make(tmp_path, "env")
    monkeypatch.chdir(tmp_path / "project")
    (tmp_path / "project" / "ormlint.toml").write_text("")
    assert found(capsys) == []
    assert found(capsys, "--python", python) == EXPECTED
    (tmp_path / "project" / "ormlint.toml").write_text(f'python = "{python}"\n')
    assert found(capsys) == EXPECTED


def test_the_projects_own_venv_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, "project/.venv")
    monkeypatch.chdir(tmp_path / "project")
    assert found(capsys) == EXPECTED


def test_a_class_whose_columns_come_from_a_mixin_and_a_helper_is_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, "project/.venv")
    (tmp_path / "project" / "models.py").write_text(
        "from sqlalchemy import Column, ForeignKey, Integer\n"
        "from kit.base import KitBase\n"
        "def reference(target):\n"
        "    return Column(ForeignKey(target, ondelete='CASCADE'), nullable=False)\n"
        "class Columns:\n"
        "    id = Column(Integer, primary_key=True)\n"
        "class Share(Columns, KitBase):\n"
        "    __tablename__ = 'share'\n"
        "    object_id = reference('disk.id')\n"
        "Share(object_id=1)\n"
        "Share(objectid=1)\n"
    )
    monkeypatch.chdir(tmp_path / "project")
    assert found(capsys) == [("ORM201", 11)]


def test_why_a_class_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make(tmp_path, "project/.venv")
    monkeypatch.chdir(tmp_path / "project")
    assert main(["model", "Job"]) == 0
    assert "open" not in capsys.readouterr().out
    (site / "kit" / "mixins.py").unlink()
    assert main(["model", "Disk"]) == 0
    assert "`kit.mixins.Named` belongs to the package `kit`, where it was not found" in capsys.readouterr().out
    (tmp_path / "project" / ".venv" / "pyvenv.cfg").unlink()
    assert main(["model", "Job"]) == 0
    assert "the package `kit`, and no environment to read it from was found" in capsys.readouterr().out


def test_a_module_that_cannot_be_decoded_leaves_the_class_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make(tmp_path, "project/.venv")
    (site / "kit" / "mixins.py").write_bytes(b"\xff\xfe\x00")
    monkeypatch.chdir(tmp_path / "project")
    assert found(capsys) == []


def test_an_environment_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, "env")
    monkeypatch.chdir(tmp_path / "project")
    (tmp_path / "project" / "ormlint.toml").write_text('python = "nowhere"\n')
    assert main(["check"]) == 2
    error = capsys.readouterr().err
    assert "ormlint.toml" in error
    assert "nowhere is no Python interpreter or environment" in error


def test_pth_files_add_folders_and_their_code_is_not_run(tmp_path: Path) -> None:
    site = make(tmp_path, ".venv")
    (tmp_path / "editable").mkdir()
    (site / "a.pth").write_text(f"# note\nimport os; os._exit(3)\n{tmp_path / 'editable'}\n{tmp_path / 'missing'}\n")
    environment = find_environment(tmp_path, Settings())
    assert environment is not None
    assert environment.roots == (site.as_posix(), (tmp_path / "editable").as_posix())
    with pytest.raises(NoEnvironmentError):
        find_environment(tmp_path, Settings(python="editable"))
