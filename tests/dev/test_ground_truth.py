"""`python -m ormlint.dev ground-truth`: what it counts as right, wrong and unknown."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import pytest

from ormlint.dev.groundtruth import command, compare
from ormlint.dev.groundtruth.projects import PROJECTS, Project

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.String(9), server_default="x", nullable=False),
        sa.Column("b", sa.Integer(), unique=True),
    )
    op.create_index("t_a", "t", ["a"])
"""


@pytest.fixture
def measured(tmp_path: Path) -> tuple[Any, dict[str, Any]]:
    versions = tmp_path / "m" / "versions"
    versions.mkdir(parents=True)
    (versions / "a1.py").write_text(REVISION)
    project = Project("m")
    replayed, static = command.static_schema(tmp_path, project, "sqlite")
    return replayed, command.migrate(tmp_path, project, f"sqlite:///{tmp_path}/t.db", static, Path(sys.executable))


def test_what_is_right(measured: tuple[Any, dict[str, Any]]) -> None:
    score = compare.compare(*measured)
    assert (score.tables["right"], score.columns["right"], score.types["right"]) == (1, 3, 3)
    assert (score.nullable["right"], score.defaults["right"]) == (3, 3)
    assert (score.unique["right"], score.indexes["right"]) == (1, 1)
    assert score.wrong == []


def test_what_is_wrong(measured: tuple[Any, dict[str, Any]]) -> None:
    replayed, answer = measured
    table = answer["tables"]["t"]
    table["columns"]["a"] |= {"type": "TEXT", "nullable": True, "default": None}
    table["columns"]["c"] = table["columns"].pop("b")
    table["indexes"] = []
    answer["tables"]["u"] = {"columns": {"id": {}}, "constraints": [], "indexes": []}
    wrong = compare.compare(replayed, answer).wrong
    assert [line.partition(":")[0] for line in wrong if "index" not in line] == [
        *("wrong", "wrong", "wrong", "missing", "extra", "missing", "missing"),
    ]
    assert any(line.startswith("extra: index of t") for line in wrong)


def test_what_is_unknown(measured: tuple[Any, dict[str, Any]]) -> None:
    replayed, answer = measured
    replayed.schema.tables["t"].open = "a reason"
    del replayed.schema.tables["t"].columns["b"]
    score = compare.compare(replayed, answer)
    assert (score.columns["unknown"], score.columns["missing"]) == (1, 0)
    assert score.unknown["a reason"] == 1


def test_a_project_that_is_not_known_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([str(tmp_path), "--dialect", "sqlite"])) == 1
    assert "not known; say where its revisions are with --migrations" in capsys.readouterr().err
    assert all(item.dialects for items in PROJECTS.values() for item in items)
