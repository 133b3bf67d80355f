"""`ormlint graph`: tables and revisions as diagrams."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ormlint.cli.main import main

MODELS = """\
from sqlalchemy import Column, Enum, ForeignKey, Integer, Numeric, String, Table, UniqueConstraint
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()
video_tag = Table("video_tag", Base.metadata, Column("video_id", ForeignKey("video.id")), Column("tag_id"))


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True, nullable=False)


class Admin(User):
    __tablename__ = "admin"
    id = Column(ForeignKey("user.id"), primary_key=True)


class Video(Base):
    __tablename__ = "video"
    __table_args__ = (UniqueConstraint("owner_id", "price"),)
    id = Column(Integer, primary_key=True)
    owner_id = Column(Integer, ForeignKey(User.id))
    price = Column("the price", Numeric(10, 2))
    cover_id = Column(Integer, ForeignKey("files.id"), nullable=False, unique=True)
    kind = Column(make_type())
    tags = relationship("Tag", secondary=video_tag, back_populates="videos")


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    videos = relationship("Video", secondary=lambda: video_tag, back_populates="tags")


class Nameless(Base):
    __tablename__ = compute()
    id = Column(Integer, primary_key=True)
"""
DRAWN = """\
erDiagram
    "admin" {
        INTEGER id PK, FK
    }
    "tag" {
        INTEGER id PK
    }
    "user" {
        INTEGER id PK
        VARCHAR(20) name UK
    }
    "video" {
        INTEGER id PK
        INTEGER owner_id FK "null"
        NUMERIC(10_2) the_price "null"
        INTEGER cover_id FK, UK
        unknown kind "null"
    }
    "files"
    "admin" |o--|| "user" : "id"
    "video" |o--|| "files" : "cover_id"
    "video" }o--o| "user" : "owner_id"
    "video" }o--o{ "tag" : "video_tag"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text("[tool.ormlint]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def revise(folder: Path, name: str, down: str, more: str = "") -> None:
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    (folder / "env.py").write_text("")
    text = f"revision = {name!r}\ndown_revision = {down}\n{more}\n\ndef upgrade():\n    pass\n"
    (folder / "versions" / f"{name}_.py").write_text(text)


def test_tables(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph"]) == 0
    out, err = capsys.readouterr()
    assert out == DRAWN
    assert err == "ormlint: not drawn: 1 class has a table name that cannot be read from the source\n"


def test_a_class_with_its_neighbours(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "models.Tag", "--columns", "none"]) == 0
    assert capsys.readouterr().out == 'erDiagram\n    "tag"\n    "video"\n    "video" }o--o{ "tag" : "video_tag"\n'
    assert main(["graph", "user", "--columns", "keys", "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [node["name"] for node in data["nodes"]] == ["admin", "user", "video"]
    assert [row["name"] for row in data["nodes"][1]["rows"]] == ["id", "name"]
    assert data["edges"][0] == {
        "source": "admin",
        "target": "user",
        "label": "id",
        "start": "0..1",
        "end": "1",
        "is_dotted": False,
    }
    assert main(["graph", "Vidoe"]) == 2
    assert "no mapped class or table `Vidoe`" in (err := capsys.readouterr().err) and "did you mean `Video`?" in err


def test_dot(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "--format", "dot"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("digraph tables {\n") and out.endswith("}\n")
    assert "the price NUMERIC(10, 2) null" in out
    assert '"video" -> "user" [label="owner_id", taillabel="*", headlabel="0..1"];' in out


def test_revisions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    revise(project / "migrations", "1", "None")
    revise(project / "migrations", "2", "'1'", 'branch_labels = ("app",)\n')
    revise(project / "migrations", "3", "'1'", 'depends_on = "2"\n')
    revise(project / "migrations", "4", "('2', 'gone')")
    assert main(["graph", "--from", "migrations"]) == 0
    assert capsys.readouterr().out == (
        "flowchart TD\n"
        '    r0["1<br/>1_.py"]\n'
        '    r1["2<br/>2_.py (app)"]\n'
        '    r2["4<br/>4_.py (head)"]\n'
        '    r3["3<br/>3_.py (head)"]\n'
        '    r4["gone<br/>no such revision"]\n'
        "    r0 --> r1\n"
        "    r1 --> r2\n"
        "    r4 --> r2\n"
        "    r0 --> r3\n"
        "    r1 -.-> r3\n"
    )


def test_revisions_of_two_environments(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    revise(project / "one", "1", "None")
    revise(project / "two", "1", "None")
    assert main(["graph", "--from", "migrations"]) == 0
    out = capsys.readouterr().out
    assert 'subgraph "one"' in out and 'subgraph "two"' in out and out.count('["1<br/>1_.py (head)"]') == 2
    assert main(["graph", "--from", "migrations", "--format", "dot"]) == 0
    out = capsys.readouterr().out
    assert 'subgraph cluster_1 { label="two";' in out and r'"two/1" [label="1\n1_.py (head)"];' in out


def test_no_revisions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "--from", "migrations"]) == 2
    assert "no Alembic revisions were found" in capsys.readouterr().err
