"""Columns that SQLAlchemy 2.1 leaves out of the mapping."""

from typing import Optional

from sqlalchemy import String
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Unmapped,
    mapped_as_dataclass,
    mapped_column,
    registry,
    unmapped_column,
)


class Base(DeclarativeBase):
    pass


class Mixin:
    from_mixin: Unmapped[Optional[int]]


class Part(Mixin, Base):
    __tablename__ = "part"
    id: Mapped[int] = mapped_column(primary_key=True)
    hidden: Unmapped[str]
    given: Unmapped[str] = unmapped_column(String(9), server_default="x")
    untyped = unmapped_column("db_untyped", String(3))


reg = registry()


@mapped_as_dataclass(reg)
class Data:
    __tablename__ = "data"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="x", init=False)
