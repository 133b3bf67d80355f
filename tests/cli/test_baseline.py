"""Baselines: what is known is hidden wherever it moves, what is new is not, and what is gone is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ormlint.cli.main import main

MODELS = """\
from sqlalchemy import JSON, Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column(String(20))
"""
SERVICE = """\
from models import Video


def work():
    return Video(parameters=1)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "pyproject.toml").write_text('[tool.ormlint]\nbaseline = "known.json"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORMLINT_OUTPUT_FORMAT", raising=False)
    return tmp_path


@pytest.fixture
def known(project: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["baseline"]) == 0
    assert "Wrote 1 finding to" in capsys.readouterr().out
    return project / "known.json"


def test_written_and_hidden(known: Path) -> None:
    assert json.loads(known.read_text()) == {
        "version": 1,
        "findings": [
            {
                "path": "service.py",
                "rule": "ORM201",
                "name": "unknown-constructor-keyword",
                "symbol": "Video(parameters)",
                "count": 1,
            }
        ],
    }
    assert main(["check"]) == 0
    before = known.read_bytes()
    assert main(["baseline"]) == 0
    assert known.read_bytes() == before


@pytest.mark.parametrize(
    "changed",
    [
        "import os\n\n\n" + SERVICE,
        SERVICE.replace("work", "other"),
        SERVICE.replace("    return Video(", "    video = Video(\n        title='x',\n        ").replace(
            "=1)", "=1,\n    )"
        ),
        "from models import Video\n\n\nclass A:\n    def f(self):\n        return [Video(parameters=2)]\n",
    ],
    ids=["added above", "function renamed", "laid out anew", "moved"],
)
def test_code_around_it_may_change(project: Path, known: Path, changed: str) -> None:
    (project / "service.py").write_text(changed)
    assert main(["check"]) == 0


def test_a_file_may_be_renamed(project: Path, known: Path) -> None:
    (project / "service.py").rename(project / "services.py")
    assert main(["check"]) == 0


def test_a_second_one_is_new(project: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "service.py").write_text(SERVICE + "\n\nVideo(parameters=2)\n")
    assert main(["check", "--output-format", "concise"]) == 1
    assert capsys.readouterr().out.count("ORM201") == 1
    (project / "service.py").write_text(SERVICE.replace("parameters", "others"))
    assert main(["check"]) == 1


def test_what_is_gone_is_stale(project: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "service.py").write_text("")
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "ORM005 [stale-baseline] warning: ORM201 at `Video(parameters)` in service.py" in out
    assert "--> known.json:4:5" in out and '"symbol": "Video(parameters)"' in out
    assert main(["check", "models.py"]) == 0  # not asked about
    assert main(["check", "--select", "ORM203,ORM005"]) == 0  # that rule does not run
    assert main(["check", "--ignore", "ORM005"]) == 0
    (project / "service.py").unlink()
    capsys.readouterr()
    assert main(["check"]) == 1
    assert "this file is gone" in capsys.readouterr().out
    assert main(["baseline"]) == 0
    assert main(["check"]) == 0


def test_hidden_findings_are_not_fixed(project: Path, known: Path) -> None:
    (project / "service.py").write_text(SERVICE)
    assert main(["check", "--fix", "--unsafe-fixes"]) == 0
    assert (project / "service.py").read_text() == SERVICE


def test_given_on_the_command_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline", "-o", "other.json"]) == 0
    (project / "pyproject.toml").write_text("[tool.ormlint]\n")
    assert main(["check"]) == 1
    assert main(["check", "--baseline", "other.json"]) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no such baseline"),
        ("{", "known.json:1: not a baseline: "),
        ("[" * 100_000, "not a baseline"),
        ("[]", "it has no list `findings`"),
        ('{"findings": []}', "version None of baselines is not known"),
        ('{"version": 2, "findings": []}', "version 2"),
        ('{\n"version": 1, "findings": [\n{"path": "a.py", "rule": 1}\n]}', "known.json:3: entry 1 is no finding"),
        ('{"version": 1, "findings": [{"path": "a", "rule": "ORM201", "line": "x", "count": 0}]}', "entry 1"),
        ("\udcff", "it is not UTF-8"),
    ],
)
def test_a_baseline_that_cannot_be_used(
    project: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    if text is not None:
        (project / "known.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert main(["check"]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and "ormlint baseline" in error


def test_unknown_rule_in_a_baseline_is_stale(project: Path, known: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known.write_text(known.read_text().replace("ORM201", "ORM999"))
    assert main(["check"]) == 1
    assert "a rule that does not exist" in capsys.readouterr().out
