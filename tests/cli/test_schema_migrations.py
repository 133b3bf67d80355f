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


MODELS = """
import enum
from sqlalchemy import Enum, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class T(Base):
    __tablename__ = "t"
    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[str] = mapped_column(String(20))
    s: Mapped[str | None] = mapped_column(Enum("x", "y", name="state"))
    more: Mapped[str] = mapped_column(String(9), server_default="-", unique=True)


class U(Base):
    __tablename__ = "u"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def test_the_difference(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "models.py").write_text(MODELS)
    assert main(["schema", "--diff", "--dialect", "postgresql"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "? t.a: `Custom` is not defined",
        "~ t.s: nullable in the models, NOT NULL in the migrations",
        "+ t.more: VARCHAR(9) NOT NULL DEFAULT '-'",
        "+ t.UniqueConstraint: (more)",
        "+ u",
    ]
    assert main(["schema", "--diff", "--format", "json"]) == 1
    first = json.loads(capsys.readouterr().out)["differences"][1]
    assert first == {"sign": "~", "table": "t", "what": "s", "models": "nullable", "migrations": "NOT NULL"}


def test_both(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "models.py").write_text(MODELS)
    assert main(["schema", "--from", "both", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data["models"]["tables"]) == ["t", "u"]
    assert list(data["migrations"]["tables"]) == ["t"]
    assert data["migrations"]["open"] is None
    assert main(["schema", "--from", "both"]) == 0
    out = capsys.readouterr().out
    assert out.index("-- What the models declare") < out.index("-- What the migrations make")


def test_reasons_are_given(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = 'c3'\ndown_revision = 'b2'\n\n\ndef upgrade():\n"
    )
    body = (
        "    op.alter_column('t', 's', nullable=unknown)\n    op.drop_constraint('nothing', 't', type_='unique')\n"
        "    Base.metadata.create_all(op.get_bind())\n"
    )
    (project / "m" / "versions" / "c3.py").write_text(text + body)
    assert main(["schema", "--from", "migrations", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["open"] == "`create_all` makes the tables of that day (revision c3)"
    assert data["tables"]["t"]["unknown"]["s"] == "computed"
    assert data["tables"]["t"]["unsure"] == {"unique": "revision c3 drops `nothing`, which none is called"}


def test_there_have_to_be_revisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text(MODELS)
    assert main(["schema", "--diff"]) == 2
    assert "there are no revisions" in capsys.readouterr().err
