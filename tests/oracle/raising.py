"""Models that SQLAlchemy refuses when they are defined or configured: by row, what it says in which series."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_1X = """
from sqlalchemy import *
from sqlalchemy.orm import *
Base = declarative_base()
class Good(Base):
    __tablename__ = "good"
    id = Column(Integer, primary_key=True)
"""
HEAD_2X = """
from typing import *
from sqlalchemy import *
from sqlalchemy.orm import *
class Base(DeclarativeBase):
    pass
class Good(Base):
    __tablename__ = "good"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
TABLE = '    __tablename__ = "t"\n    id = Column(Integer, primary_key=True)\n'


@dataclass(frozen=True)
class Row:
    """`says`: part of the message by series; a series that is not there accepts the model. `known`: names of `A`."""

    name: str
    code: str
    says: dict[str, str]
    known: tuple[str, ...] = ("id",)
    is_mapped: bool = True


def _all(text: str) -> dict[str, str]:
    return {"1.4": text, "2.0": text, "2.1": text}


def _new(text: str) -> dict[str, str]:
    return {"2.0": text, "2.1": text}


OLD = (
    Row(
        "no table",
        "class A(Base):\n    id = Column(Integer, primary_key=True)\n",
        _all("does not have a __table__ or __tablename__ specified"),
    ),
    Row(
        "a column's name twice",
        f"class A(Base):\n{TABLE}    x = Column('n', Integer)\n    y = Column('n', Integer)\n",
        _all("n"),  # of two classes of errors: the name is all that their words share
        ("id", "x", "y"),
    ),
    Row(
        "__table_args__ that are no tuple",
        f"class A(Base):\n{TABLE}    x = Column(Integer)\n    __table_args__ = (UniqueConstraint('x'))\n",
        _all("__table_args__ value must be a tuple, dict, or None"),
        ("id", "x"),
    ),
    Row(
        "__table_args__ as a list",
        f"class A(Base):\n{TABLE}    __table_args__ = [Index('ix', 'id')]\n",
        _all("__table_args__ value must be a tuple, dict, or None"),
    ),
    Row(
        "an unknown key of __mapper_args__",
        f"class A(Base):\n{TABLE}    __mapper_args__ = {{'polymorphic_o': 'id'}}\n",
        _all("unexpected keyword argument 'polymorphic_o'"),
    ),
    Row(
        "a property on a mixin",
        f"class M:\n    good = relationship('Good')\nclass A(M, Base):\n{TABLE}",
        _all("must be declared as @declared_attr callables on declarative mixin classes"),
    ),
    Row(
        "a column added to a given table",
        "class A(Base):\n    __table__ = Table('t', Base.metadata, Column('id', Integer, primary_key=True))\n"
        "    extra = Column(Integer)\n",
        _all("Can't add additional column 'extra' when specifying __table__"),
    ),
    Row(
        "no key between joined tables",
        "class A(Good):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n",
        _all("Can't determine the inherit condition"),
    ),
    Row(
        "metadata as a column",
        f"class A(Base):\n{TABLE}    metadata = Column(Integer)\n",
        {"1.4": "Attribute name 'metadata' is reserved", "2.0": "Attribute name 'metadata' is reserved"},
        ("id", "metadata"),
    ),
    Row(
        "the same column of two siblings",
        "class A(Good):\n    extra = Column(Integer)\nclass B(Good):\n    extra = Column(Integer)\n",
        _all("conflicts with existing column 'good.extra'"),
        ("id", "extra"),
    ),
    Row(
        "an unknown argument of a column",
        f"class A(Base):\n{TABLE}    x = Column(Integer, nulable=True)\n",
        _all("Additional arguments should be named <dialectname>_<argument>, got 'nulable'"),
        ("id", "x"),
    ),
    Row(
        "an unknown argument of a relationship",
        f"class A(Base):\n{TABLE}    good_id = Column(ForeignKey('good.id'))\n    good = relationship(Good, back='x')\n",
        _all("got an unexpected keyword argument 'back'"),
        ("id", "good_id", "good"),
    ),
    Row(
        "a lazy that is none",
        f"class A(Base):\n{TABLE}    good_id = Column(ForeignKey('good.id'))\n    good = relationship(Good, lazy='x')\n"
        "configure_mappers()\n",
        _all("Can't find strategy"),
        ("id", "good_id", "good"),
    ),
    Row(
        "a target that is not there",
        f"class A(Base):\n{TABLE}    good = relationship('Goood')\nconfigure_mappers()\n",
        _all("failed to locate a name"),
        ("id", "good"),
    ),
    Row(
        "no key to the target",
        f"class A(Base):\n{TABLE}    good = relationship('Good')\nconfigure_mappers()\n",
        _all("Could not determine join condition between parent/child tables on relationship A.good"),
        ("id", "good"),
    ),
    Row(
        "a key to a table that is not there",
        f"class A(Base):\n{TABLE}    x = Column(ForeignKey('goood.id'))\n    good = relationship('Good')\n"
        "configure_mappers()\n",
        _all("there are no foreign keys linking these tables"),
        ("id", "x", "good"),
    ),
    Row(
        "no primary key",
        "class A(Base):\n    __tablename__ = 't'\n    x = Column(Integer)\n",
        _all("could not assemble any primary key columns for mapped table 't'"),
        ("x",),
    ),
)
NEW = (
    Row(
        "a bare Mapped",
        "class A(Base):\n    __tablename__ = 't'\n    id: Mapped = mapped_column(Integer, primary_key=True)\n",
        _new('Type annotation for "A.id" can\'t be correctly interpreted'),
    ),
    Row(
        "an annotation without Mapped",
        "class A(Base):\n    __tablename__ = 't'\n    id: int = mapped_column(primary_key=True)\n",
        _new('Type annotation for "A.id" can\'t be correctly interpreted'),
    ),
    Row(
        "an annotation alone",
        f"class A(Base):\n{TABLE}    x: int\n",
        _new('Type annotation for "A.x" can\'t be correctly interpreted'),
    ),
    Row(
        "a Column behind an annotation of a mixin",
        f"class M:\n    x: int = Column(Integer)\nclass A(M, Base):\n{TABLE}",
        _new('Type annotation for "A.x" can\'t be correctly interpreted'),
        ("id", "x"),
    ),
    Row(
        "neither type nor annotation",
        f"class A(Base):\n{TABLE}    x = mapped_column()\n",
        _new('Python typing annotation is required for attribute "A.x"'),
        ("id", "x"),
    ),
    Row(
        "a type that no column has",
        f"class A(Base):\n{TABLE}    x: Mapped[dict]\n",
        _new("Could not locate SQLAlchemy Core type"),
        ("id", "x"),
    ),
    Row(
        "a type of TYPE_CHECKING",
        f"if TYPE_CHECKING:\n    from decimal import Decimal\nclass A(Base):\n{TABLE}    x: Mapped['Decimal']\n",
        _new("Could not"),
        ("id", "x"),
    ),
    Row(
        "NewType",
        f"Key = NewType('Key', int)\nclass A(Base):\n{TABLE}    x: Mapped[Key]\n",
        {"2.1": "Could not locate SQLAlchemy Core type"},
        ("id", "x"),
    ),
    Row(
        "Sequence without a class",
        f"import typing\nclass A(Base):\n{TABLE}    goods: Mapped[typing.Sequence['Good']] = relationship()\nconfigure_mappers()\n",
        _new("cannot be instantiated"),
        ("id", "goods"),
    ),
    Row(
        "dataclass options without a dataclass",
        f"class A(Base):\n{TABLE}    x: Mapped[int] = mapped_column(init=False)\n",
        _new("dataclass"),
        ("id", "x"),
    ),
    Row(
        "a field without a default behind one with it",
        "class D(MappedAsDataclass, Base):\n    __abstract__ = True\n"
        "class A(D):\n    __tablename__ = 't'\n    id: Mapped[int] = mapped_column(primary_key=True, default=1)\n"
        "    x: Mapped[int]\n",
        _new("non-default argument 'x' follows default argument"),
        ("id", "x"),
    ),
    Row(
        "default and insert_default",
        f"class A(Base):\n{TABLE}    x: Mapped[int] = mapped_column(insert_default=1, default=2)\n",
        {"2.1": "mutually exclusive"},
        ("id", "x"),
    ),
    Row(
        "no target",
        f"class A(Base):\n{TABLE}    good = relationship()\n",
        _new('Python typing annotation is required for attribute "A.good"'),
        ("id", "good"),
    ),
    Row(
        "mapper()",
        "class A:\n    pass\nmapper(A, Table('t', MetaData(), Column('id', Integer, primary_key=True)))\n",
        _new("The 'sqlalchemy.orm.mapper()' function is removed"),
    ),
)
ROWS = tuple((row, HEAD_1X) for row in OLD) + tuple((row, HEAD_2X) for row in NEW)
