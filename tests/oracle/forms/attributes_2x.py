"""Attributes other than columns: composites, proxies, expressions, collections, backrefs."""

from dataclasses import dataclass
from typing import List, Optional, Set

from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, select
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    backref,
    column_property,
    composite,
    deferred,
    mapped_column,
    query_expression,
    relationship,
    synonym,
    validates,
)


class Base(DeclarativeBase):
    pass


@dataclass
class Point:
    x: int
    y: Optional[int]


class Money:
    def __init__(self, amount, currency):
        self.amount = amount
        self.currency = currency


links = Table("links", Base.metadata, Column("a_id", ForeignKey("a.id")), Column("b_id", ForeignKey("b.id")))


class A(Base):
    __tablename__ = "a"

    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"))
    end: Mapped[Point] = composite(mapped_column("x2", Integer), mapped_column("y2", Integer))
    amount: Mapped[int] = mapped_column()
    currency: Mapped[str] = mapped_column(String(3))
    price: Mapped[Money] = composite(Money, "amount", "currency")
    big: Mapped[str] = deferred(mapped_column(String(100)))
    twice: Mapped[int] = column_property(amount * 2)
    hint: Mapped[Optional[int]] = query_expression()
    bs: Mapped[List["B"]] = relationship(secondary=links, back_populates="as_")
    names: AssociationProxy[List[str]] = association_proxy("bs", "name")
    also = synonym("amount")
    cs: Mapped[Set["C"]] = relationship(cascade="all, delete-orphan")

    @hybrid_property
    def total(self):
        return self.amount

    @total.inplace.setter
    def _total_setter(self, value):
        self.amount = value

    @total.inplace.expression
    @classmethod
    def _total_expression(cls):
        return cls.amount

    @validates("currency")
    def check(self, key, value):
        return value


class B(Base):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    as_: Mapped[List[A]] = relationship(secondary=links, back_populates="bs")
    only: Mapped[Optional["C"]] = relationship(back_populates="b", uselist=False)


class C(Base):
    __tablename__ = "c"
    id: Mapped[int] = mapped_column(primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey("a.id"))
    b_id: Mapped[Optional[int]] = mapped_column(ForeignKey(B.id))
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("c.id"))
    b: Mapped[Optional[B]] = relationship(back_populates="only")
    up = relationship("C", remote_side="C.id", backref=backref("down", cascade="all"))
    first = relationship("D", primaryjoin="foreign(C.a_id) == D.id", viewonly=True)
    many = relationship("D", primaryjoin="C.id == foreign(D.number)", viewonly=True)


class D(Base):
    __tablename__ = "d"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    made_of: Mapped[int] = mapped_column(ForeignKey("a.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("a.id"))
    made = relationship("A", foreign_keys="D.made_of", backref="makes")
    owner = relationship(A, foreign_keys=[owner_id], backref="owns")


A.last_c = relationship(C, primaryjoin=A.id == C.a_id, viewonly=True, uselist=False)
A.number_of_cs = column_property(select(func.count(C.id)).where(C.a_id == A.id).scalar_subquery())
