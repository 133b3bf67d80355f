"""`ormlint schema` of models: `Table` objects too, each dialect's own SQL, and the shape of the JSON."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from ormlint.cli.main import main

FILES = {
    "app/__init__.py": "",
    "app/db/__init__.py": "from .types import *\nfrom .base import Base\n",
    "app/db/types.py": """
from sqlalchemy import Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

class Document(TypeDecorator):
    impl = Text
    cache_ok = True
    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else Text())
""",
    "app/db/base.py": """
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"})
""",
    "app/models.py": """
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship
from app.db import Base, Document

tagged = Table(
    "tagged",
    Base.metadata,
    Column("video_id", ForeignKey("video.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
    Column("note", String(9), server_default="x", index=True),
)

class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)

class Video(Base):
    __tablename__ = "video"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Document)
    tags: Mapped[list[Tag]] = relationship(secondary=tagged)

class Direct(Base):
    __table__ = Table("direct", Base.metadata, Column("id", Integer, primary_key=True))

Index("ix_later", Video.body)
""",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sql(capsys: pytest.CaptureFixture[str], dialect: str) -> str:
    assert main(["schema", "--dialect", dialect]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_a_database_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    text = sql(capsys, "sqlite")
    assert "UNKNOWN" not in text and "--" not in text
    database = sqlite3.connect(":memory:")
    database.executescript(text)
    names = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}
    assert names == {"tag", "tagged", "video", "direct", "ix_tagged_note", "ix_later"}
    assert [row[2:5] for row in database.execute("PRAGMA foreign_key_list(tagged)")] == [
        ("tag", "tag_id", "id"),
        ("video", "video_id", "id"),
    ]


@pytest.mark.usefixtures("project")
def test_each_dialect_has_its_own_sql(capsys: pytest.CaptureFixture[str]) -> None:
    assert "body JSONB NOT NULL" in sql(capsys, "postgresql")
    text = sql(capsys, "mysql")
    assert "body TEXT NOT NULL" in text and "id INTEGER NOT NULL AUTO_INCREMENT" in text
    # The type of a key is that of the column it refers to, in a table that no class is mapped to as well.
    assert "video_id INTEGER NOT NULL" in text


@pytest.mark.usefixtures("project")
def test_json_of_a_table_that_no_class_is_mapped_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--format", "json", "--dialect", "postgresql"]) == 0
    tables = json.loads(capsys.readouterr().out)["tables"]
    assert sorted(tables) == ["direct", "tag", "tagged", "video"]
    table = tables["tagged"]
    assert table["columns"]["note"] == {
        "type": "VARCHAR(9)",
        "nullable": True,
        "primary_key": False,
        "server_default": "'x'",
        "autoincrement": False,
        "foreign_keys": [],
        "unique": False,
    }
    assert table["columns"]["video_id"]["foreign_keys"] == ["video.id"]
    assert table["indexes"] == [{"name": "ix_tagged_note", "columns": ["note"], "unique": False}]
    assert {"type": "PrimaryKeyConstraint", "name": "pk_tagged", "columns": ["video_id", "tag_id"]} in table[
        "constraints"
    ]
    assert table["open"] is None
    assert tables["tag"]["columns"]["name"]["unique"] is True
    assert tables["tag"]["columns"]["id"]["autoincrement"] is True


def test_only_the_tables_of_a_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "other").mkdir()
    (project / "other" / "more.py").write_text(
        'from sqlalchemy import Column, Integer, MetaData, Table\nt = Table("t", MetaData(), Column("a", Integer))\n'
    )
    assert main(["schema", "--project", "other"]) == 0
    out = capsys.readouterr().out
    assert "CREATE TABLE t" in out and "tagged" not in out
