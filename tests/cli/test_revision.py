"""`ormlint revision`: the file it writes, what it refuses, and that it does what it says on real databases."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ormlint.cli.main import main
from ormlint.dev.groundtruth import postgres

INI = "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///app.db\n"
ENV = """
import os
from alembic import context
from sqlalchemy import create_engine
from app.models import Base

target_metadata = Base.metadata
engine = create_engine(os.environ["DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=BATCH)
    with context.begin_transaction():
        context.run_migrations()
"""
MODELS = """
import datetime
import enum
import uuid
from typing import Optional

from sqlalchemy import JSON, Boolean, Column, DateTime, Table, Enum, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


tagged = Table(
    "tagged",
    Base.metadata,
    Column("task_id", ForeignKey("tasks.id"), primary_key=True),
    Column("owner_id", ForeignKey("owners.id"), primary_key=True),
    Column("rank", String(3), nullable=False),
)


class State(enum.Enum):
    NEW = "new"
    OPEN = "open"
    DONE = "done"


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Owner(Base):
    __tablename__ = "owners"
    __table_args__ = (UniqueConstraint("name", "code"), Index("owners_by_code", "code", "name"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    code: Mapped[str] = mapped_column(String(20), default="none")
    rank: Mapped[int] = mapped_column(default=3)
    active: Mapped[bool] = mapped_column(default=True)
    extra: Mapped[dict] = mapped_column(JSON, default=dict)
    made: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.datetime.now())
    seen: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    mood: Mapped[Color] = mapped_column(Enum(Color, name="mood"), default=Color.BLUE)
    note: Mapped[Optional[str]] = mapped_column(Text, index=True)
    tasks: Mapped[list["Task"]] = relationship(back_populates="owner")


class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Enum(State, name="state"), server_default="NEW")
    title: Mapped[str] = mapped_column(String(200), unique=True)
    body: Mapped[Optional[str]]
    cost: Mapped[Optional[float]] = mapped_column(Numeric(12, 2))
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))
    owner: Mapped[Owner] = relationship(back_populates="tasks")


class Label(Base):
    __tablename__ = "labels"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(Enum(State, name="state"))
    color: Mapped[Color] = mapped_column(Enum(Color, name="color"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("labels.id"))
    at: Mapped[datetime.datetime] = mapped_column(server_default=text("CURRENT_TIMESTAMP"))
    __table_args__ = (
        Index("one_first", "task_id", unique=True, postgresql_where=text("parent_id IS NULL"), sqlite_where=text("parent_id IS NULL")),
        Index("new_by_color", "color", postgresql_where=state == State.NEW),
        Index("first_by_color", "color", postgresql_where=parent_id.is_(None)),
    )
"""
FIRST = """
op.create_table(
    "owners",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(20), nullable=True),
)
op.create_table(
    "tasks",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("state", sa.Enum("NEW", "DONE", name="state"), nullable=False),
    sa.Column("title", sa.String(20), nullable=False),
    sa.Column("body", sa.String(), nullable=False),
    sa.Column("cost", sa.String(20)),
    sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owners.id", name="tasks_owner"), nullable=False),
)
op.create_index("tasks_old", "tasks", ["body"])
"""
ROWS = (
    "INSERT INTO owners (id, name) VALUES (1, 'Ann')",
    "INSERT INTO tasks (id, state, title, body, cost, owner_id) VALUES (1, 'DONE', 'first', 'x', '1.5', 1)",
)


def write(root: Path, first: str = FIRST, batch: bool = True) -> None:
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "app").mkdir()
    (root / "app" / "__init__.py").write_text("")
    (root / "app" / "models.py").write_text(MODELS)
    (root / "alembic.ini").write_text(INI)
    (root / "migrations" / "env.py").write_text(ENV.replace("BATCH", str(batch)))
    head = "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'a1'\ndown_revision = None\n\n\n"
    (versions / "a1_first.py").write_text(f"{head}def upgrade():\n{textwrap.indent(first, '    ')}\n")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drift(capsys: pytest.CaptureFixture[str]) -> str:
    code = main(["revision", "-m", "again", "--dry-run", "--dialect", "sqlite"])
    captured = capsys.readouterr()
    assert code == 0
    return captured.out


def test_it_is_printed_and_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revision", "-m", "Add what is missing", "--dry-run", "--dialect", "postgresql"]) == 0
    out = capsys.readouterr().out
    assert "down_revision: Union[str, Sequence[str], None] = 'a1'" in out
    assert "op.create_table('labels'," in out
    assert "ALTER TYPE state ADD VALUE IF NOT EXISTS 'OPEN' AFTER 'NEW'" in out
    assert "postgresql.ENUM('NEW', 'OPEN', 'DONE', name='state', create_type=False)" in out
    assert "from sqlalchemy.dialects import postgresql" in out
    assert "UPDATE owners SET rank=3 WHERE owners.rank IS NULL" in out
    assert "UPDATE owners SET mood='BLUE' WHERE owners.mood IS NULL" in out
    assert "unique=True, postgresql_where=sa.text('parent_id IS NULL'), sqlite_where=" in out
    assert """['color'], unique=False, postgresql_where=sa.text("state = 'NEW'"))""" in out
    assert [path.name for path in (project / "migrations" / "versions").iterdir()] == ["a1_first.py"]


def test_the_file_leaves_no_drift_and_is_never_overwritten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["revision", "-m", "Add what is missing!", "--rev-id", "b2", "--dialect", "sqlite"]
    assert main(given) == 0
    path = project / "migrations" / "versions" / "b2_add_what_is_missing.py"
    assert capsys.readouterr().out == "migrations/versions/b2_add_what_is_missing.py\n"
    before = path.read_text()
    assert drift(capsys) == ""
    (project / "migrations" / "versions" / "a1_first.py").rename(project / "kept.py")
    path.unlink()
    (project / "kept.py").rename(project / "migrations" / "versions" / "a1_first.py")
    path.mkdir()
    assert main(given) == 2
    assert "is there already" in capsys.readouterr().err
    path.rmdir()
    assert main(given) == 0
    assert path.read_text().split("Create Date")[0] == before.split("Create Date")[0]


def test_a_foreign_key_has_the_type_of_what_it_refers_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = MODELS.replace("task_id: Mapped[int] = mapped_column(F", "task_id: Mapped[str] = mapped_column(F")
    (project / "app" / "models.py").write_text(models)
    assert main(["revision", "-m", "x", "--dry-run", "--dialect", "postgresql"]) == 0
    assert "sa.Column('task_id', sa.Integer(), nullable=False)" in capsys.readouterr().out


def test_the_template_of_the_environment_is_used(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = project / "migrations" / "script.py.mako"
    template.write_text(
        "# ours: ${message}\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
        "from alembic import op\nimport sqlalchemy as sa\n${imports or ''}\n\n\n"
        "def upgrade():\n    ${upgrades or 'pass'}\n"
    )
    (project / "alembic.ini").write_text(INI + "file_template = %%(year)d_%%(rev)s_%%(slug)s\n")
    assert main(["revision", "-m", "mine", "--rev-id", "c3", "--dialect", "sqlite"]) == 0
    (path,) = (project / "migrations" / "versions").glob("2*_c3_mine.py")
    assert path.read_text().startswith("# ours: mine\nrevision = 'c3'\ndown_revision = 'a1'\n")
    template.write_text("${nothing.at.all}")
    assert main(["revision", "-m", "broken", "--dialect", "postgresql"]) == 2
    assert "script.py.mako: it cannot be rendered" in capsys.readouterr().err


def test_several_heads_have_to_be_joined_or_chosen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b1", "b2"):
        text = f"revision = {name!r}\ndown_revision = 'a1'\n\n\ndef upgrade():\n    pass\n"
        (project / "migrations" / "versions" / f"{name}.py").write_text(text)
    assert main(["revision", "-m", "x"]) == 2
    assert "several heads (b1, b2): join them with `alembic merge heads`" in capsys.readouterr().err
    assert main(["revision", "-m", "x", "--head", "a"]) == 2
    assert "`a` is no head of migrations; its heads are b1, b2" in capsys.readouterr().err
    assert main(["revision", "-m", "x", "--head", "b2", "--dry-run"]) == 0
    assert "Revises: b2" in capsys.readouterr().out


def test_a_broken_chain_and_no_revisions_are_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "migrations" / "versions" / "z.py").write_text("revision = 'z'\ndown_revision = 'nowhere'\n")
    assert main(["revision", "-m", "x"]) == 2
    assert "z.py: the chain of revisions is broken at `nowhere`" in capsys.readouterr().err
    assert main(["revision", "-m", "x", "--name", "other"]) == 2
    assert "no revisions called `other`" in capsys.readouterr().err


def test_the_first_revision_of_all(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "migrations" / "versions" / "a1_first.py").unlink()
    (project / "migrations" / "versions").rmdir()
    (project / "app" / "start.py").write_text("from .models import Base\n\nBase.metadata.create_all(engine)\n")
    assert main(["revision", "-m", "Begin", "--dry-run", "--dialect", "sqlite"]) == 0
    out = capsys.readouterr().out
    assert "down_revision: Union[str, Sequence[str], None] = None" in out
    assert all(f"op.create_table('{name}'," in out for name in ("owners", "tasks", "labels", "tagged"))
    assert not (project / "migrations" / "versions").exists()
    assert main(["revision", "-m", "Begin", "--rev-id", "a1", "--dialect", "sqlite"]) == 0
    assert capsys.readouterr().out == "migrations/versions/a1_begin.py\n"
    assert drift(capsys) == ""
    (project / "alembic.ini").unlink()
    (project / "migrations" / "versions" / "a1_begin.py").unlink()
    assert main(["revision", "-m", "x", "--dry-run", "--migrations", "migrations"]) == 0
    assert "op.create_table('owners'," in capsys.readouterr().out
    assert main(["revision", "-m", "x", "--dry-run", "--migrations", "app"]) == 2
    assert "`migrations` names app" in capsys.readouterr().err


def test_what_is_left_out_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = MODELS.replace(
        'Index("owners_by_code", "code", "name")', 'Index("owners_by_code", "code", "name"), Index("odd", made_up())'
    )
    (project / "app" / "models.py").write_text(f"from elsewhere import made_up\n{models}")
    assert main(["revision", "-m", "x", "--dry-run", "--dialect", "postgresql"]) == 0
    captured = capsys.readouterr()
    assert "owners: not compared, an argument of its table: " in captured.err
    assert "op.create_index('owners_by_code'" in captured.out and "'odd'" not in captured.out


def test_what_no_model_has_is_dropped_only_when_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    extra = 'op.add_column("owners", sa.Column("old", sa.Integer()))\nop.create_table("relics", sa.Column("id", sa.Integer()))'
    head = "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = 'b2'\ndown_revision = 'a1'\n\n\n"
    (project / "migrations" / "versions" / "b2.py").write_text(
        f"{head}def upgrade():\n{textwrap.indent(extra, '    ')}\n"
    )
    assert main(["revision", "-m", "x", "--dry-run"]) == 0
    captured = capsys.readouterr()
    assert "drop_table" not in captured.out.partition("def downgrade")[0]
    assert "owners.old stays though no model has it" in captured.err
    assert "relics stays though no model has it" in captured.err
    assert "tasks: the index tasks_old stays though no model has it" in captured.err
    assert main(["revision", "-m", "x", "--dry-run", "--drop"]) == 0
    upgrade = capsys.readouterr().out.partition("def downgrade")[0]
    assert "op.drop_table('relics')" in upgrade
    assert "drop_column('old')" in upgrade


# -- on real databases


def alembic(root: Path, url: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=root,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_for_real(root: Path, url: str, dialect: str) -> None:
    """Migrate a database that has rows, and let Alembic itself look for what differs."""
    import sqlalchemy as sa

    alembic(root, url, "upgrade", "a1")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(sa.text(row))
    assert main(["revision", "-m", "drift", "--dialect", dialect, "--drop"]) == 0
    alembic(root, url, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(root, url, "check")
    with engine.connect() as connection:
        row = connection.execute(sa.text("SELECT code, rank, mood FROM owners")).one()
        assert tuple(row) == ("none", 3, "BLUE")
    alembic(root, url, "downgrade", "a1")
    alembic(root, url, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(root, url, "check")
    engine.dispose()


def begin_for_real(root: Path, url: str, dialect: str) -> None:
    """Write the first revision of all, run it, and take it back."""
    (root / "migrations" / "versions" / "a1_first.py").unlink()
    assert main(["revision", "-m", "begin", "--dialect", dialect]) == 0
    for _ in range(2):
        alembic(root, url, "upgrade", "head")
        assert "No new upgrade operations detected" in alembic(root, url, "check")
        alembic(root, url, "downgrade", "base")


def test_alembic_finds_nothing_more_on_sqlite(project: Path) -> None:
    run_for_real(project, f"sqlite:///{project}/real.db", "sqlite")


def test_alembic_finds_nothing_more_after_the_first_one_on_sqlite(project: Path) -> None:
    begin_for_real(project, f"sqlite:///{project}/begun.db", "sqlite")


@pytest.mark.skipif("ORMLINT_DATABASES" not in os.environ, reason="long: `make databases`")
@pytest.mark.skipif(postgres.find_binaries() is None, reason="PostgreSQL is not installed")
def test_alembic_finds_nothing_more_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    revised, begun = tmp_path / "revised", tmp_path / "begun"
    write(revised, batch=False)
    write(begun, batch=False)
    monkeypatch.chdir(revised)
    with postgres.server() as server:
        run_for_real(revised, server.create("revised"), "postgresql")
        monkeypatch.chdir(begun)
        begin_for_real(begun, server.create("begun"), "postgresql")
