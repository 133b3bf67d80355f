"""`ormlint schema --from migrations` and `--explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ormlint.cli.main import main

REVISIONS = {
    "a1": (None, 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", Custom()))'),
    "b2": ("a1", 'op.add_column("t", sa.Column("s", sa.Enum("x", "y", name="state"), nullable=False))'),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    versions = tmp_path / "m" / "versions"
    versions.mkdir(parents=True)
    for name, (parent, body) in REVISIONS.items():
        text = f"import sqlalchemy as sa\nfrom alembic import op\nrevision = {name!r}\ndown_revision = {parent!r}\n"
        (versions / f"{name}.py").write_text(f"{text}\n\ndef upgrade():\n    {body}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--from", "migrations", "--format", "json"]) == 0
    table = json.loads(capsys.readouterr().out)["tables"]["t"]
    assert table["columns"]["s"]["nullable"] is False
    assert list(table["columns"]) == ["id", "a", "s"]
    assert list(table["unknown"]) == ["a"]
    assert table["open"] is None


def test_sql(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--from", "migrations", "--dialect", "postgresql"]) == 0
    out = capsys.readouterr().out
    assert "CREATE TABLE t (" in out
    assert "s state NOT NULL" in out


def test_explain(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--explain", "t"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["m/versions/a1.py:8: create_table t", "m/versions/b2.py:8: add_column t.s"]
    assert out[2].startswith("not known of a:")
    assert main(["schema", "--explain", "nope"]) == 2
    assert "no revision makes a table `nope`" in capsys.readouterr().err


def test_a_folder_without_revisions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--from", "migrations", "--migrations", "nothing"]) == 2
    assert "names nothing" in capsys.readouterr().err
