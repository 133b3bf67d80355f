"""Static tables against SQLAlchemy's own: the same `CREATE TABLE`, without importing the models."""

from __future__ import annotations

import re
import sys
import types

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.schema.metadata import StaticTable, build_tables
from ormlint.schema.render import DIALECTS, as_data, create_statements, dialect_named
from ormlint.text import decode_source

MODELS = """
import enum
import uuid
from datetime import datetime
from typing import Annotated, Optional

from sqlalchemy import ARRAY, CheckConstraint, DateTime, Enum, ForeignKey, Index, Integer, Numeric, String, Text
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint, func, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


LENGTH = 50


class Status(enum.Enum):
    NEW = "new"
    DONE = "done"


class Shouting(TypeDecorator):
    impl = String(30)
    cache_ok = True


class Base(DeclarativeBase):
    pass


class Timestamps:
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[Optional[datetime]] = mapped_column(DateTime(timezone=True), onupdate=func.now())


key = Annotated[int, mapped_column(primary_key=True)]


class User(Timestamps, Base):
    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("name", "mail", name="uq_user"), Index("ix_user_mail", "mail"))

    id: Mapped[key]
    name: Mapped[str] = mapped_column(String(LENGTH), unique=True)
    mail: Mapped[Optional[str]]
    status: Mapped[Status] = mapped_column(Enum(Status), server_default="NEW")
    flag: Mapped[bool] = mapped_column(server_default=true())
    note = mapped_column(Text, nullable=False, server_default=text("'-'"))
    posts: Mapped[list["Post"]] = relationship(back_populates="author")


class Post(Base):
    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("price > 0", name="ck_price"),
        PrimaryKeyConstraint("id", name="post_pk"),
        ForeignKeyConstraint(["thing_id", "thing_size"], ["joined.id", "joined.size"], onupdate="CASCADE"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    author_id = mapped_column(ForeignKey("user.id", name="fk_author", ondelete="CASCADE"), nullable=False)
    thing_id: Mapped[int]
    thing_size: Mapped[int]
    price: Mapped[float] = mapped_column(Numeric(10, 2))
    loud: Mapped[str] = mapped_column(Shouting)
    author: Mapped[User] = relationship(back_populates="posts")


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}


class Special(Thing):
    extra: Mapped[Optional[int]]
    __mapper_args__ = {"polymorphic_identity": "special"}


class Joined(Thing):
    __tablename__ = "joined"
    id: Mapped[int] = mapped_column(ForeignKey("thing.id"), primary_key=True)
    size: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "joined"}
"""


def static_tables(code: str) -> dict[str, StaticTable]:
    index = analyse({"models.py": decode_source(code.encode())}, Statistics(), interpret=False).index
    return build_tables(index)


def imported(code: str) -> sa.MetaData:
    module = types.ModuleType("schema_models")
    sys.modules[module.__name__] = module
    try:
        exec(compile(code, "schema_models.py", "exec"), module.__dict__)
        sa.orm.configure_mappers()
        return module.Base.metadata
    finally:
        del sys.modules[module.__name__]


def lines(statement: str) -> list[str]:
    """The parts of a statement, in any order of its constraints."""
    body = re.sub(r"\s+", " ", statement).rstrip("; ")
    return sorted(part.strip(" )(,") for part in re.split(r", (?=[A-Z`\"a-z])", body))


@pytest.mark.parametrize("name", DIALECTS)
def test_create_table_is_sqlalchemys(name: str) -> None:
    dialect = dialect_named(name)
    mine = {}
    for statement in create_statements(static_tables(MODELS), dialect):
        if match := re.search(r"CREATE TABLE [`\"]?(\w+)", statement):
            mine[match[1]] = statement
    metadata = imported(MODELS)
    assert set(mine) >= set(metadata.tables) - ({"user", "post", "joined", "thing"} if name == "mysql" else set())
    for table in metadata.sorted_tables:
        try:
            wanted = str(CreateTable(table).compile(dialect=dialect))
        except sa.exc.CompileError:
            continue
        assert lines(mine[table.name]) == lines(wanted), table.name


def test_json_says_what_is_known() -> None:
    tables = static_tables(MODELS)
    data = as_data(tables, dialect_named("postgresql"))["tables"]
    user = data["user"]
    assert list(user["columns"])[:2] == ["id", "name"]
    assert user["columns"]["status"]["type"] == "status"
    assert user["columns"]["name"]["unique"] is True
    assert user["columns"]["created_at"]["server_default"] == "now()"
    assert user["columns"]["mail"]["nullable"] is True
    assert user["indexes"] == [{"name": "ix_user_mail", "columns": ["mail"], "unique": False}]
    assert data["post"]["columns"]["author_id"] == {
        "type": "INTEGER",
        "nullable": False,
        "primary_key": False,
        "server_default": None,
        "autoincrement": False,
        "foreign_keys": ["user.id"],
        "unique": False,
    }
    assert data["thing"]["columns"]["extra"]["nullable"] is True
    assert "kind" not in data["joined"]["columns"]


def test_what_is_not_known_is_said() -> None:
    code = (
        "from elsewhere import Odd, odd\n"
        "from sqlalchemy import Column, Integer, String\n"
        "from sqlalchemy.orm import declarative_base\n"
        "Base = declarative_base()\n"
        "class A(Base):\n"
        "    __tablename__ = 'a'\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    odd = Column(Odd)\n"
        "    name = Column(String(20), server_default=odd())\n"
        "class B(A, Odd):\n"
        "    __tablename__ = 'a'\n"
    )
    tables = static_tables(code)
    assert set(tables["a"].unknown_types) == {"odd"}
    assert tables["a"].unknown_defaults == ["name"]
    text = "\n".join(create_statements(tables, dialect_named("sqlite")))
    assert "-- a.odd:" in text and "odd UNKNOWN" in text


def test_output_does_not_depend_on_the_run() -> None:
    dialect = dialect_named("postgresql")
    first = create_statements(static_tables(MODELS), dialect)
    assert all(create_statements(static_tables(MODELS), dialect) == first for _ in range(3))


def test_indexes_of_one_name_and_checks_have_an_order() -> None:
    names = [f"c{number}" for number in range(12)]
    code = (
        "from sqlalchemy import CheckConstraint, Column, Index, Integer\n"
        "from sqlalchemy.orm import declarative_base\n"
        "Base = declarative_base()\n"
        "class A(Base):\n"
        "    __tablename__ = 'a'\n"
        "    id = Column(Integer, primary_key=True)\n"
        + "".join(f"    {name} = Column(Integer)\n" for name in names)
        + "    __table_args__ = (\n"
        + "".join(f"        Index('ix_a', '{name}'),\n" for name in reversed(names))
        + "".join(f"        CheckConstraint('{name} > 0', name='ck_{name}'),\n" for name in reversed(names))
        + "    )\n"
    )
    tables = static_tables(code)
    shown = [item for item in create_statements(tables, dialect_named("postgresql")) if "INDEX" in item]
    assert shown == sorted(shown) and len(shown) == len(names)
    constraints = as_data(tables, dialect_named("postgresql"))["tables"]["a"]["constraints"]
    checks = [item["name"] for item in constraints if item["type"] == "CheckConstraint"]
    assert checks == sorted(checks) and len(checks) == len(names)


def test_partial_indexes_have_their_condition() -> None:
    code = (
        "import enum\n"
        "from elsewhere import live\n"
        "from sqlalchemy import Boolean, Column, Enum, Index, Integer, text\n"
        "from sqlalchemy.orm import declarative_base, declared_attr\n"
        "Base = declarative_base()\n"
        "class Kind(enum.Enum):\n"
        "    SOURCE = 'src'\n"
        "    WHEEL = 'whl'\n"
        "class A(Base):\n"
        "    __tablename__ = 'a'\n"
        "    id = Column(Integer, primary_key=True)\n"
        "    kind = Column(Enum(Kind))\n"
        "    gone = Column(Boolean)\n"
        "    @declared_attr\n"
        "    def __table_args__(cls):\n"
        "        return (\n"
        "            Index('one', 'kind', postgresql_where=(cls.kind == 'SOURCE') & (cls.gone == False)),\n"
        "            Index('three', 'kind', postgresql_where='gone IS NULL'),\n"
        "            Index('two', 'kind', postgresql_where=(cls.kind == Kind.SOURCE) & (cls.gone == False)),\n"
        "            Index('text', 'kind', unique=True, postgresql_where=text('NOT gone'), sqlite_where=text('gone = 0')),\n"
        "            Index('unknown', 'kind', postgresql_where=live(cls)),\n"
        "        )\n"
    )
    shown = "\n".join(create_statements(static_tables(code), dialect_named("postgresql")))
    for name in ("one", "two"):
        assert f"CREATE INDEX {name} ON a (kind) WHERE kind = 'SOURCE' AND gone = false;" in shown
    assert "CREATE INDEX three ON a (kind) WHERE gone IS NULL;" in shown
    assert "CREATE UNIQUE INDEX text ON a (kind) WHERE NOT gone;" in shown
    assert "INDEX unknown" not in shown and "-- a: not read of __table_args__: Index: " in shown
    lite = "\n".join(create_statements(static_tables(code), dialect_named("sqlite")))
    assert "CREATE UNIQUE INDEX text ON a (kind) WHERE gone = 0;" in lite
