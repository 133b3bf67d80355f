"""Naming conventions: with tokens that functions compute, set after the base was made."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import declarative_base

Base = declarative_base()


def column_names(constraint, table):
    return "_".join((column if isinstance(column, str) else column.name) for column in constraint.columns)


def unique_index(constraint, table):
    return "uq_" if constraint.unique else ""


def short(constraint, table):
    return table.name[:3]


Base.metadata.naming_convention = {
    "ix": "ix_%(unique_index)s%(table_name)s_%(column_names)s",
    "uq": "uq_%(short)s_%(column_names)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_names)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
    "column_names": column_names,
    "unique_index": unique_index,
    "short": short,
}


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    name = Column(String(20), unique=True)
    place = Column(Integer, index=True)


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    isbn = Column(String(20), unique=True, index=True)
    shelf_id = Column(ForeignKey(Shelf.id))
    pages = Column(Integer)
    __table_args__ = (
        CheckConstraint("pages > 0", name="positive"),
        UniqueConstraint("isbn", "pages"),
        Index(None, "pages", "shelf_id"),
    )
