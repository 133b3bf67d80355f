"""Names of frameworks stand in the vocabulary alone: whoever means one reads it from there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ormlint
from ormlint.index import vocabulary
from ormlint.index.vocabulary import fastapi, flask_sqlalchemy, sqlalchemy, sqlmodel

SOURCE = Path(ormlint.__file__).parent
HOME = SOURCE / "index" / "vocabulary"
# SQLAlchemy itself is spoken of where `MetaData` is built of it, by the names of its own modules.
SPEAKING = {"sqlalchemy": ("schema/", "dev/", "index/alembic_config.py", "rules/columns/invalid_server_default.py")}


def literals(path: Path) -> set[str]:
    """Return the string literals of a file, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
    }


@pytest.mark.parametrize(
    ("module", "packages"),
    [
        ("sqlalchemy.py", "sqlalchemy"),
        ("sqlmodel.py", "sqlmodel"),
        ("flask_sqlalchemy.py", "flask_sqlalchemy"),
        ("fastapi.py", "fastapi"),
        ("advanced_alchemy.py", "advanced_alchemy"),
        ("pytest.py", "pytest"),
    ],
)
def test_dotted_names_stand_in_one_module(module: str, packages: str) -> None:
    dotted = re.compile(rf"{packages}\.(?:$|[A-Za-z_])")
    elsewhere = {
        path.relative_to(SOURCE).as_posix(): sorted(filter(dotted.match, literals(path)))
        for path in sorted(SOURCE.rglob("*.py"))
        if path != HOME / module
        and not path.relative_to(SOURCE).as_posix().startswith(SPEAKING.get(packages, ("dev/",)))
    }
    assert {path: found for path, found in elsewhere.items() if found} == {}
    assert any(filter(dotted.match, literals(HOME / module))), "the vocabulary itself has such names"


def test_one_spelling() -> None:
    """The same object has one name, from wherever it was imported."""
    assert (
        vocabulary.canonical("sqlmodel.Column") == vocabulary.canonical("sqlalchemy.schema.Column") == sqlalchemy.COLUMN
    )
    assert vocabulary.canonical("sqlmodel.main.SQLModelMetaclass") == sqlmodel.METACLASS
    assert vocabulary.canonical("sqlmodel.create_engine") in sqlalchemy.CREATE_ENGINE
    assert vocabulary.canonical("sqlmodel.ext.asyncio.session.AsyncSession") in vocabulary.ASYNC_SESSIONS
    assert vocabulary.canonical("flask_sqlalchemy_lite.SQLAlchemy") == flask_sqlalchemy.EXTENSION
    assert vocabulary.canonical("sqlalchemy.sql.func.now").startswith(sqlalchemy.FUNCTIONS)
    assert vocabulary.canonical("fastapi.Depends") in fastapi.PROVIDERS
