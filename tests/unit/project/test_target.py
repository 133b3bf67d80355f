"""The series of SQLAlchemy that a project's own files name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ormlint.project.options import ConfigError, settings_from_table
from ormlint.project.target import allowed_series, find_target, with_target
from ormlint.settings import Settings

UV = (
    '[[package]]\nname = "sqlalchemy-utils"\nversion = "0.41"\n\n[[package]]\nname = "sqlalchemy"\nversion = "2.0.44"\n'
)
PIPFILE = '{"default": {"sqlalchemy": {"hashes": [], "version": "==1.4.54"}}}'


@pytest.mark.parametrize(
    ("specifier", "series"),
    [
        ("==2.0.44", "2.0"),
        ("2.1.0", "2.1"),
        ("==2.0.*", "2.0"),
        ("==2.*", "2.0 2.1"),
        (">=2.0,<2.1", "2.0"),
        (">=2.0,<2.1.0", "2.0"),
        (">= 1.4.20, < 2", "1.4"),
        (">=1.4,<3", "1.4 2.0 2.1"),
        (">2.0.5", "2.0 2.1"),
        ("<=2.0", "1.4 2.0"),
        ("~=2.0.30", "2.0"),
        ("~=2.0", "2.0 2.1"),
        ("^1.4", "1.4"),
        ("^2.0.3", "2.0 2.1"),
        ("~2.0", "2.0"),
        ("!=2.0.1,>=2.1", "2.1"),
        ("*", ""),
        ("", ""),
        ("==0.9", ""),
    ],
)
def test_specifiers(specifier: str, series: str) -> None:
    assert " ".join(sorted(allowed_series(specifier))) == series


@pytest.mark.parametrize(
    ("files", "series"),
    [
        ({"uv.lock": UV, "pyproject.toml": '[project]\ndependencies = ["sqlalchemy>=1.4"]\n'}, "2.0"),
        ({"poetry.lock": '[[package]]\nname = "SQLAlchemy"\nversion = "1.4.54"\n'}, "1.4"),
        ({"Pipfile.lock": PIPFILE}, "1.4"),
        ({"Pipfile.lock": "{"}, ""),
        ({"requirements.txt": "flask\nSQLAlchemy[asyncio]==2.0.1 ; python_version > '3'  # x\n"}, "2.0"),
        ({"requirements.txt": "sqlalchemy-utils==0.41\nSQLAlchemy_Continuum==1.4\n"}, ""),
        ({"requirements/prod.txt": "sqlalchemy==2.1.3 \\\n    --hash=sha256:00\n"}, "2.1"),
        ({"requirements.txt": "sqlalchemy>=1.4\n", "requirements-lock.txt": "sqlalchemy==2.0.3\n"}, "2.0"),
        ({"pyproject.toml": '[project]\ndependencies = [\n  "sqlalchemy[asyncio]>=2.0,<2.1",\n]\n'}, "2.0"),
        ({"pyproject.toml": '[project]\ndependencies = ["sqlalchemy (>=2.0,<2.1)"]\n'}, "2.0"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nSQLAlchemy = "^1.4"\n'}, "1.4"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nsqlalchemy = {extras = ["x"], version = "~2.0"}\n'}, "2.0"),
        ({"pyproject.toml": '[project]\ndependencies = ["sqlalchemy", "sqlalchemy-utils==1.4"]\n'}, ""),
        ({"setup.cfg": "[options]\ninstall_requires =\n    sqlalchemy>=2.1\n"}, "2.1"),
        ({"backend/uv.lock": UV}, "2.0"),
        ({}, ""),
    ],
)
def test_files(tmp_path: Path, files: dict[str, str], series: str) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert " ".join(find_target(tmp_path)) == series


def test_the_configured_series_wins(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(UV)
    settings = settings_from_table({"target-sqlalchemy": "2.1"}, "x.toml")
    assert with_target(settings, tmp_path).target_sqlalchemy == ("2.1",)
    assert with_target(Settings(), tmp_path).target_sqlalchemy == ("2.0",)


@pytest.mark.parametrize(("value", "message"), [("2", "does not know `2`; known are 1.4"), (2.0, "takes a string")])
def test_a_series_that_is_none(value: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        settings_from_table({"target-sqlalchemy": value}, "x.toml")
