"""declarative_base() and Column; backrefs; names that differ from attributes."""

import enum

from sqlalchemy import Boolean, Column, DateTime, Enum, ForeignKey, Integer, String, Table, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship


class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"


class Shared:
    def save(self):
        return self


Base = declarative_base(cls=Shared)
links = Table("links", Base.metadata, Column("a_id", ForeignKey("a.id")), Column("b_id", ForeignKey("b.id")))


class Stamps:
    created_at = Column(DateTime, default=func.now())

    @declared_attr
    def owner_id(cls):
        return Column(ForeignKey("a.id"))

    @declared_attr
    def owner(cls):
        return relationship("A", foreign_keys=[cls.owner_id])


class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    name = Column("a_name", String(10), nullable=False, unique=True)
    colour = Column(Enum(Colour, values_callable=lambda e: [m.value for m in e]))
    flag = Column(Boolean, server_default="1", index=True)
    bs = relationship("B", secondary=links, backref="as_")
    cs = relationship("C", backref=backref("a", uselist=False), foreign_keys="C.a_id")

    @property
    def label(self):
        return self.name

    @label.setter
    def label(self, value):
        self.name = value


class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)


class C(Stamps, Base):
    __tablename__ = "c"
    id = Column(Integer, primary_key=True)
    a_id = Column(Integer, ForeignKey("a.id"))
    created_at = None
