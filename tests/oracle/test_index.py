"""The index against SQLAlchemy itself: each form is indexed, and imported in a subprocess, and both must agree.

`ORMLINT_ORACLE_PYTHON` names the interpreter that imports the forms; its SQLAlchemy may be another one (1.4 too).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.dev.oracle.command import DUMP
from ormlint.dev.oracle.compare import compare_classes, compare_tables, static_statements
from ormlint.text import decode_source

FORMS = sorted((Path(__file__).parent / "forms").glob("*.py"))
# What an older SQLAlchemy or a missing package says of a form that it does not have.
ABSENT = ("ImportError", "ModuleNotFoundError", "SyntaxError")
# What the index leaves open on purpose, by form: anything else that it does not know fails.
LEFT_OPEN: dict[str, set[str]] = {
    # Of two bare annotations the version decides which one counts.
    "inheritance": {"Overriding.extra"},
    "inheritance_2x": {"Redeclared.note"},
    # An event chooses the types of annotations.
    "resolved_21": {"File.id", "File.path", "File.size"},
    # Columns of a union: some are NULL in one of the tables, which makes them expressions.
    "concrete": {"Shape.radius", "Worker.dish", "Worker.gate", "Worker.id"},
}
# Classes that have to be open, by form: what else they have is found when they run only.
OPEN: dict[str, set[str]] = {
    "opened": {
        *("Automatic", "Deferred", "Loaded", "Looped", "ByDecorator", "ByHook", "Later", "Answering", "OfMeta"),
        *("Setting", "Configured", "Executed", "Added", "Given", "Unknown"),
    },
}
# Keywords that are judged otherwise, by form, and why.
OTHER_KEYWORDS: dict[str, tuple[str, ...]] = {
    # The discriminator of a concrete hierarchy is no attribute of its first class, though the mapper has it.
    "bases_1x": ("Employee(type=…)",),
    # What the body of a hybrid raises on the class is not followed.
    "constructors_2x": ("Accessors(low=…)",),
}
# Parts of `CREATE TABLE` that differ, by form, and why.
OTHER_TABLES: dict[str, tuple[str, ...]] = {
    "inheritance": ("Overriding: - extra", "Overriding: + extra"),  # left open above
    "inheritance_2x": ("Redeclared: - note", "Redeclared: + note"),
    "resolved_21": ("File: - ", "File: + "),
    "sqlmodel_style": ("Hero: - stamped", "Hero: + stamped"),  # SQLModel 0.0.45 made `datetime` a type with time zone
}

# Classes whose tables no database takes: a column has no type.
NOT_CREATED = frozenset({"statements_2x.Untyped"})


@lru_cache(maxsize=1)
def runtime() -> dict[str, Any]:
    python = os.environ.get("ORMLINT_ORACLE_PYTHON", sys.executable)
    spec = {"paths": [str(path) for path in FORMS], "prefixes": [path.stem for path in FORMS], "tables": True}
    done = subprocess.run([python, str(DUMP), json.dumps(spec)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["configure"] is None
    return answer  # type: ignore[no-any-return]


@pytest.fixture(params=FORMS, ids=lambda path: path.stem)
def form(request: pytest.FixtureRequest) -> Path:
    failure = runtime()["failed"].get(request.param.stem, "")
    if failure.startswith(ABSENT):
        pytest.skip(failure)
    assert not failure
    return request.param  # type: ignore[no-any-return]


def test_form(form: Path) -> None:
    prefix = f"{form.stem}."
    wanted = {name.removeprefix(prefix): item for name, item in runtime()["classes"].items() if name.startswith(prefix)}
    assert wanted
    analysis = analyse({form.name: decode_source(form.read_bytes())}, Statistics(), interpret=False)
    mapped = {item.symbol.facts.qualname: item for item in analysis.index.mapped.values()}
    result = compare_classes(analysis.index, analysis.sources, mapped, wanted)
    opened = OPEN.get(form.stem, set())
    result.missing = {name: kind for name, kind in result.missing.items() if name.partition(".")[0] not in opened}
    problems = result.problems()
    problems = [problem for problem in problems if not problem.startswith(OTHER_KEYWORDS.get(form.stem, ()) or ("?",))]
    problems += [f"{name}: open ({reason})" for name, reason in result.open_classes.items() if name not in opened]
    problems += [f"{name}: not open" for name in opened - result.open_classes.keys()]
    left_open = LEFT_OPEN.get(form.stem, set())
    problems += [f"{name}: {items}" for name, items in result.partly.items() if name not in left_open]
    problems += [f"{name}: known now" for name in left_open - result.partly.keys()]
    assert not problems, "\n".join(problems)


def test_tables(form: Path) -> None:
    """`CREATE TABLE` is the same, whether it comes from the index or from the imported metadata."""
    series = sqlalchemy.__version__.rpartition(".")[0]
    if not runtime()["sqlalchemy"].startswith(f"{series}."):
        pytest.skip(f"each series writes its statements in its own way, and the index is compiled by {series}")
    prefix = f"{form.stem}."
    analysis = analyse({form.name: decode_source(form.read_bytes())}, Statistics(), interpret=False)
    problems: list[str] = []
    created = {name for statements in runtime()["tables"].values() for name in statements}
    for name, item in runtime()["classes"].items():
        is_made = name in created or name in NOT_CREATED
        if name.startswith(prefix) and item["table"] is not None and not is_made:
            problems.append(f"{name}: SQLAlchemy itself creates it nowhere: {runtime()['refused'].get(name)}")
    for dialect, statements in runtime()["tables"].items():
        wanted = {name.removeprefix(prefix): text for name, text in statements.items() if name.startswith(prefix)}
        mine = static_statements(analysis.index, dialect, lambda mapped: mapped.symbol.facts.qualname)
        for name in OPEN.get(form.stem, ()):
            wanted.pop(name, None)
        for name, parts in compare_tables(mine, wanted).items():
            problems += [f"{name}: {part}" for part in parts]
    problems = [problem for problem in problems if not problem.startswith(OTHER_TABLES.get(form.stem, ()) or ("?",))]
    assert not problems, "\n".join(problems)
