"""The plugin under flake8 itself: the same findings, one check of the project for all workers, flake8's noqa."""

from __future__ import annotations

import json
import multiprocessing
import re
import subprocess
import sys
from pathlib import Path

import pytest

MODELS = """from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
"""
SERVICE = """from models import Video


def first():
    return Video(nope=1)


def second():
    return Video(nope=2)  # noqa: ORM201


def third():
    return Video(nope=3)  # ormlint: ignore[ORM201] meant
"""
COUNTING = """import multiprocessing
import sys

from ormlint import flake8_plugin

check = flake8_plugin._check


def counted(options):
    with open({log!r}, "a") as file:
        file.write("x")
    return check(options)


flake8_plugin._check = counted

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    from flake8.main.cli import main

    sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "models.py").write_text(MODELS, encoding="utf-8")
    (folder / "service.py").write_text(SERVICE, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.ormlint]\n", encoding="utf-8")
    return folder


def flake8(folder: Path, *arguments: str, text: str | None = None, script: Path | None = None) -> tuple[int, str]:
    command = [sys.executable, str(script)] if script else [sys.executable, "-m", "flake8"]
    done = subprocess.run([*command, *arguments], cwd=folder, input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def rows(output: str) -> list[tuple[str, int, int, str]]:
    found = re.findall(r"^(?:\./)?([\w/]+\.py):(\d+):(\d+): (ORM\d{3}) ", output, re.MULTILINE)
    return [(path, int(row), int(column), code) for path, row, column, code in found]


def test_noqa_is_flake8s(project: Path) -> None:
    code, output = flake8(project, "--select", "ORM", "-j1")
    assert (code, rows(output)) == (1, [("service.py", 5, 18, "ORM201")])
    code, output = flake8(project, "--select", "ORM", "-j1", "--disable-noqa")
    assert rows(output) == [("service.py", 5, 18, "ORM201"), ("service.py", 9, 18, "ORM201")]
    assert flake8(project, "--select", "ORM3", "-j1") == (0, "")


def test_standard_input_is_the_text_of_the_buffer(project: Path) -> None:
    text = SERVICE.replace("nope=1", "id=1").replace("nope=2)  # noqa: ORM201", "other=2)")
    code, output = flake8(project, "--select", "ORM", "--stdin-display-name", "service.py", "-", text=text)
    assert (code, rows(output)) == (1, [("service.py", 9, 18, "ORM201")])


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_the_project_is_checked_once(method: str, project: Path, tmp_path: Path) -> None:
    for number in range(6):
        (project / f"more{number}.py").write_text(SERVICE, encoding="utf-8")
    log = tmp_path / "log"
    script = tmp_path / "counting.py"
    script.write_text(COUNTING.format(log=str(log)), encoding="utf-8")
    code, output = flake8(project, method, "--select", "ORM", "-j2", script=script)
    assert code == 1 and len(rows(output)) == 7, output
    assert log.read_text() == "x"


def test_the_findings_are_those_of_check(project: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "ormlint", "check", "--output-format", "json"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = [
        (item["filename"], item["location"]["row"], item["location"]["column"], item["code"])
        for item in json.loads(shown.stdout)
    ]
    _, output = flake8(project, "--select", "ORM", "-j1")
    assert rows(output) == expected


def test_a_broken_configuration_is_one_clear_line(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.ormlint]\nselct = ["ORM2"]\n', encoding="utf-8")
    code, output = flake8(project, "--select", "ORM", "-j1")
    assert code == 1 and "selct" in output and "Traceback" not in output
