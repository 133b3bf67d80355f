"""Which database an environment's revisions are replayed for."""

from __future__ import annotations

import pytest

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.index.databases import dialect_of, in_documents
from ormlint.text import decode_source

_REVISION = "import sqlalchemy as sa\nfrom alembic import op\n{more}\nrevision = 'a'\ndown_revision = None\n"
_SQLITE = "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///app.db\n"


def _told(
    files: dict[str, str], documents: dict[str, str], configured: tuple[str, ...] = (), more: str = ""
) -> tuple[str, str]:
    given = {"migrations/env.py": "", "migrations/versions/a.py": _REVISION.format(more=more), **files}
    sources = {path: decode_source(text.encode()) for path, text in given.items()}
    index = analyse(sources, Statistics(), interpret=False, documents=documents).index
    (environment,) = index.environments(())
    return dialect_of(index, environment, configured)


def test_nothing_is_named() -> None:
    assert _told({}, {}) == ("postgresql", "")


def test_what_is_configured_comes_first() -> None:
    assert _told({}, {"alembic.ini": _SQLITE}, ("mariadb",)) == ("mysql", "`dialects`")


def test_the_address_in_the_ini_file() -> None:
    ini = _SQLITE.replace("sqlite:///app.db", "mysql+pymysql://u@h/d")
    assert _told({}, {"alembic.ini": ini, "requirements.txt": "asyncpg\n"}) == ("mysql", "alembic.ini")


def test_sqlite_alone() -> None:
    assert _told({}, {"alembic.ini": _SQLITE}) == ("sqlite", "alembic.ini")
    assert _told({}, {"pyproject.toml": '[project]\ndependencies = ["aiosqlite"]\n'}) == ("sqlite", "pyproject.toml")


@pytest.mark.parametrize(
    ("documents", "wanted"),
    [
        ({"pyproject.toml": '[project]\ndependencies = ["psycopg[binary]>=3"]\n'}, ("postgresql", "pyproject.toml")),
        ({"backend/requirements.txt": "psycopg2-binary==2.9.9\n"}, ("postgresql", "backend/requirements.txt")),
        ({"requirements.txt": "PyMySQL\n"}, ("mysql", "requirements.txt")),
        ({"docker-compose.yml": "services:\n  db:\n    image: postgres:16\n"}, ("postgresql", "docker-compose.yml")),
        ({"compose.yaml": "    image: ghcr.io/x/pgvector:pg16\n"}, ("postgresql", "compose.yaml")),
        ({".env.example": "DATABASE_URL=postgresql+asyncpg://u@h/d\n"}, ("postgresql", ".env.example")),
    ],
)
def test_sqlite_in_the_ini_file_and_another_one_elsewhere(documents: dict[str, str], wanted: tuple[str, str]) -> None:
    assert _told({}, {"alembic.ini": _SQLITE, **documents}) == wanted


def test_imports_of_models_and_revisions() -> None:
    models = (
        "from sqlalchemy.dialects.postgresql import JSONB\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, "
        "mapped_column\n\n\nclass Base(DeclarativeBase): ...\n\n\nclass Video(Base):\n    __tablename__ = 'v'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    assert _told({"app/models.py": models}, {"alembic.ini": _SQLITE}) == ("postgresql", "app/models.py")
    told = _told({}, {"alembic.ini": _SQLITE}, more="from sqlalchemy.dialects import mysql")
    assert told == ("mysql", "migrations/versions/a.py")
    assert _told({"tests/test_x.py": models}, {"alembic.ini": _SQLITE}) == ("sqlite", "alembic.ini")


def test_addresses_in_settings() -> None:
    settings = 'class Settings:\n    url: str = "postgresql+asyncpg://u@h/d"\n'
    assert _told({"app/config.py": settings}, {"alembic.ini": _SQLITE}) == ("postgresql", "app/config.py")
    assert _told({"app/other.py": settings}, {"alembic.ini": _SQLITE}) == ("sqlite", "alembic.ini")


def test_words_that_only_look_alike() -> None:
    documents = {"requirements.txt": "pytest-asyncpg-pool\npsycopg2cffi\nmypsycopg\n", "compose.yml": "image: x/redis"}
    assert list(in_documents(documents)) == []
