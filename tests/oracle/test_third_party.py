"""Bases and mixins of other packages are read where they are installed, and never imported.

The packages are stand-ins that are laid out as the real ones are. `ORMLINT_ORACLE_THIRD_PARTY` names the interpreter of
an environment with the real ones instead: fastapi-users-db-sqlalchemy, advanced-alchemy, Flask-AppBuilder,
SQLAlchemy-Utils, SQLAlchemy-Continuum.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.dev.oracle.command import DUMP
from ormlint.dev.oracle.compare import compare_classes, compare_tables, static_statements
from ormlint.index.project import ProjectIndex
from ormlint.project.environment import SitePackages, find_environment
from ormlint.settings import Settings
from ormlint.text import decode_source

HERE = Path(__file__).parent / "third_party"
REAL = os.environ.get("ORMLINT_ORACLE_THIRD_PARTY")


def environment() -> SitePackages:
    if REAL is None:
        return SitePackages([HERE / "site"])
    found = find_environment(HERE, Settings(python=REAL))
    assert found is not None
    return found


def index_of(installed: SitePackages | None) -> tuple[ProjectIndex, dict[str, object]]:
    source = decode_source((HERE / "models.py").read_bytes())
    analysis = analyse({"models.py": source}, Statistics(), interpret=False, environment=installed)
    return analysis.index, dict(analysis.sources)


def test_read_from_the_environment() -> None:
    spec = {"paths": [str(HERE / "models.py")], "prefixes": ["models"]}
    if REAL is None:
        spec["setup"] = f"import sys; sys.path.insert(0, {str(HERE / 'site')!r})"
    command = [REAL or sys.executable, str(DUMP), json.dumps(spec)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert not answer["failed"]
    wanted = {name.removeprefix("models."): item for name, item in answer["classes"].items()}
    index, sources = index_of(environment())
    mapped = {item.name: item for item in index.mapped.values()}
    result = compare_classes(index, sources, mapped, wanted)  # type: ignore[arg-type]
    assert not result.problems()
    assert not result.open_classes
    # The real advanced-alchemy asks `cls.__dict__` for the name of a table before it makes one: it stays unknown.
    left: set[str] = set()
    assert set(result.partly) <= left


@pytest.mark.skipif(REAL is None, reason="no environment with the packages: `make versions` makes one")
@pytest.mark.parametrize("form", ["real", "versions"])
def test_more_of_the_real_ones(form: str) -> None:
    path = HERE / f"{form}.py"
    spec = {"paths": [str(path)], "prefixes": [form], "tables": True}
    done = subprocess.run([str(REAL), str(DUMP), json.dumps(spec)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert not answer["failed"]
    source = decode_source(path.read_bytes())
    analysis = analyse({path.name: source}, Statistics(), interpret=False, environment=environment())
    mapped = {item.name: item for item in analysis.index.mapped.values()}
    wanted = {name.removeprefix(f"{form}."): item for name, item in answer["classes"].items()}
    result = compare_classes(analysis.index, analysis.sources, mapped, wanted)
    assert not result.problems()
    assert not result.open_classes
    # A collection or not: its keys are of the package's own tables; a class that is made when mappers are configured.
    assert set(result.partly) <= {"Owner.api_keys", "Article.versions"}
    for dialect, statements in answer["tables"].items():
        mine = static_statements(analysis.index, dialect, lambda item: item.name)
        theirs = {name.removeprefix(f"{form}."): text for name, text in statements.items()}
        differences = compare_tables(mine, theirs, in_order=False)
        # `PasswordType` asks passlib for its length.
        left = [part for parts in differences.values() for part in parts if part.split()[1] != "secret"]
        assert not left


def test_without_environment_the_package_is_named() -> None:
    index, _ = index_of(None)
    reasons = {item.name: item.open_reason or "" for item in index.mapped.values()}
    assert "`fastapi_users`" in reasons["User"]
    assert "`sqlalchemy_utils`" in reasons["Note"]
    assert not reasons["Versioned"]
    assert not reasons["Shown"]


def test_what_a_class_declares_itself_is_known_though_a_mixin_is_not() -> None:
    index, _ = index_of(None)
    note = next(item for item in index.mapped.values() if item.name == "Note")
    column = note.attributes["id"].column
    assert column is not None
    assert column.type == "sqlalchemy.Integer"
    assert column.primary_key
