"""`ormlint config`: each option with its value and the place that gives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tomli

from ormlint.cli.main import main
from ormlint.project.config import load_project
from ormlint.project.options import settings_from_table
from ormlint.settings import Settings

PYPROJECT = """\
[project]
name = "shop"
dependencies = ["sqlalchemy>=2.0,<2.1"]

[tool.ormlint]
extend-select = ["ORM212"]
exclude = [
    "legacy",
]

[tool.ormlint.per-file-ignores]
"tests/**" = ["ORM201"]
"a b/*" = ["ORM3"]

[tool.ormlint.severity]
ORM104 = "info"

[tool.ormlint.rules.ORM202]
allow-transient = ["rendered"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["config", "--format", "json", *arguments]) == 0
    data = json.loads(capsys.readouterr().out)
    assert isinstance(data, dict)
    return data


def test_every_option_has_a_value_and_an_origin(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = shown(capsys)
    options = data["options"]
    file = str(project / "pyproject.toml")
    assert (data["root"], data["config"]) == (str(project), file)
    assert options["select"] == {"value": [], "origin": "default", "files": [], "line": None}
    assert options["extend-select"] == {"value": ["ORM212"], "origin": "file", "files": [file], "line": 6}
    assert options["exclude"]["line"] == 7
    assert options["per-file-ignores.tests/**"]["line"] == 12
    assert options["severity.ORM104"] == {"value": "info", "origin": "file", "files": [file], "line": 16}
    assert options["target-sqlalchemy"] == {"value": "2.0", "origin": "found", "files": [file], "line": None}
    # Named by its code in the file, by its name here.
    assert options["rules.phantom-attribute-assignment.allow-transient"]["line"] == 19
    assert options["rules.phantom-attribute-assignment.ignore-private-attributes"]["origin"] == "default"


def test_what_is_printed_is_a_configuration_of_the_same_meaning(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config"]) == 0
    text = capsys.readouterr().out
    assert "pyproject.toml:7" in text and '"a b/*"' in text
    again = settings_from_table(tomli.loads(text), "printed")
    before = load_project(project).settings
    assert again.target_sqlalchemy == ("2.0",)
    for name in ("select", "exclude", "extend_select", "per_file_ignores", "severity", "timestamp_pairs"):
        assert getattr(again, name) == getattr(before, name)
    assert again.rules["phantom-attribute-assignment"]["allow-transient"] == ("rendered",)


def test_defaults_are_a_configuration_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["config"]) == 0
    text = capsys.readouterr().out
    assert "# configuration: none" in text
    again = settings_from_table(tomli.loads(text), "printed")
    assert (again.exclude, again.timestamp_pairs) == (Settings().exclude, Settings().timestamp_pairs)


def test_the_command_line_is_an_origin(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = shown(capsys, "--exclude", "x", "--migrations", "m")["options"]
    assert options["exclude"] == {"value": ["x"], "origin": "command-line", "files": [], "line": None}
    assert options["migrations"]["origin"] == "command-line"
    assert shown(capsys, "--isolated")["options"]["extend-select"]["origin"] == "default"


def test_a_file_is_shown_with_the_rules_that_run_on_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ORM201" in shown(capsys)["rules"]
    assert "ORM201" not in shown(capsys, "tests/test_a.py")["rules"]


def test_the_environment_that_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packages = project / ".venv" / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (project / ".venv" / "pyvenv.cfg").write_text("")
    assert shown(capsys)["options"]["python"] == {
        "value": "",
        "origin": "found",
        "files": [str(packages)],
        "line": None,
    }


def test_mistakes_are_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text("[tool.ormlint]\nselct = []\n")
    assert main(["config"]) == 2
    assert capsys.readouterr().err == "ormlint: pyproject.toml:2: unknown key `selct`; did you mean `select`?\n"
    (project / "pyproject.toml").write_text('[tool.ormlint]\npython = "nowhere"\n')
    assert main(["config", "missing"]) == 2
    assert "missing: no such file or folder" in capsys.readouterr().err
