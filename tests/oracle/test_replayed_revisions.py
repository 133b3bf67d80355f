"""Revisions replayed and run for real: on SQLite here, on PostgreSQL in `make test-all`."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from tests.oracle.revisions import both, postgresql

from ormlint.dev.groundtruth import postgres
from ormlint.dev.groundtruth.command import migrate, static_schema
from ormlint.dev.groundtruth.compare import Score, compare
from ormlint.dev.groundtruth.projects import Project

_HEAD = "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n"


def write(root: Path, revisions: dict[str, str], env: str = "") -> None:
    """Write a folder of revisions, one after the other."""
    versions = root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (root / "migrations" / "env.py").write_text(env)
    (root / "shared.py").write_text(both.HELPERS)
    parent = None
    for name, body in revisions.items():
        text = f"{_HEAD}\nrevision = {name!r}\ndown_revision = {parent!r}\n\n\ndef upgrade():\n"
        (versions / f"{name}.py").write_text(text + textwrap.indent(body.strip("\n"), "    ") + "\n")
        parent = name


def score(root: Path, project: Project, dialect: str, url: str) -> tuple[Score, Any]:
    replayed, static = static_schema(root, project, dialect)
    return compare(replayed, migrate(root, project, url, static, Path(sys.executable))), replayed


def test_on_sqlite(tmp_path: Path) -> None:
    write(tmp_path, both.REVISIONS)
    found, replayed = score(tmp_path, Project("migrations", batch=True), "sqlite", f"sqlite:///{tmp_path}/truth.db")
    assert found.wrong == []
    assert not found.unknown
    assert found.columns["right"] > 70
    assert replayed.schema.open is None


CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
CONVENTIONAL = {
    "made": """
op.create_table(
    "n_owner", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), index=True, unique=True)
)
op.create_table(
    "n_named",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("owner", sa.Integer(), sa.ForeignKey("n_owner.id")),
    sa.Column("code", sa.Integer(), unique=True),
    sa.Column("kept", sa.Integer(), unique=True),
)
op.create_unique_constraint(None, "n_named", ["owner", "code"]) if op.get_bind().dialect.name != "sqlite" else None
""",
    "dropped": """
with op.batch_alter_table("n_named") as batch:
    batch.drop_constraint("fk_n_named_owner_n_owner", type_="foreignkey")
    batch.drop_constraint(op.f("uq_n_named_code"), type_="unique")
op.drop_index("ix_n_owner_a", table_name="n_owner")
""",
}
_ENV = f"import sqlalchemy as sa\n\ntarget_metadata = sa.MetaData(naming_convention={CONVENTION!r})\n"


def test_a_naming_convention_on_sqlite(tmp_path: Path) -> None:
    write(tmp_path, CONVENTIONAL, _ENV)
    project = Project("migrations", naming_convention=CONVENTION)
    found, replayed = score(tmp_path, project, "sqlite", f"sqlite:///{tmp_path}/truth.db")
    assert found.wrong == []
    assert {item.name for item in replayed.schema.tables["n_named"].constraints} == {
        "pk_n_named",
        "uq_n_named_kept",
    }


@pytest.mark.skipif("ORMLINT_DATABASES" not in os.environ, reason="long: `make databases`")
@pytest.mark.skipif(postgres.find_binaries() is None, reason="PostgreSQL is not installed")
def test_on_postgresql(tmp_path: Path) -> None:
    write(tmp_path / "all", {**both.REVISIONS, **postgresql.REVISIONS})
    write(tmp_path / "named", CONVENTIONAL, _ENV)
    with postgres.server() as server:
        found, replayed = score(tmp_path / "all", Project("migrations"), "postgresql", server.create("truth"))
        assert found.wrong == []
        assert not found.unknown
        assert replayed.schema.open is None
        project = Project("migrations", naming_convention=CONVENTION)
        found, _ = score(tmp_path / "named", project, "postgresql", server.create("named"))
        assert found.wrong == []
