"""Classes over Table objects, mapped imperatively, and with a type map."""

import enum

from sqlalchemy import Column, Enum, ForeignKey, Integer, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry


class Kind(enum.Enum):
    ONE = "1"


class Base(DeclarativeBase):
    type_annotation_map = {enum.Enum: Enum(enum.Enum, values_callable=lambda e: [m.value for m in e]), str: String(7)}


class Direct(Base):
    __table__ = Table("direct", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String))


class Typed(Base):
    __tablename__ = "typed"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    text: Mapped[str]


reg = registry()
plain_table = Table("plain", reg.metadata, Column("id", Integer, primary_key=True), Column("label", String))


class Plain:
    def __init__(self, label):
        self.label = label


reg.map_imperatively(Plain, plain_table)
