"""Joined, single and concrete inheritance; abstract classes; mixins overridden."""

from typing import Optional

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    pass


class Mixin:
    note: Mapped[str] = mapped_column(String(5), default="a")
    extra: Mapped[Optional[str]]

    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()


class Abstract(Mixin, Base):
    __abstract__ = True
    depth: Mapped[int]


class Overriding(Abstract):
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[Optional[str]]
    extra: Mapped[int]


class Replacing(Abstract):
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[Optional[str]] = mapped_column(String(9))


class Animal(Base):
    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    kind = Column(String(10))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    id = Column(ForeignKey("animal.id"), primary_key=True)
    bark = Column(String)
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Animal):
    purr = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "cat"}


class Kitten(Cat):
    age: Mapped[Optional[int]]
    __mapper_args__ = {"polymorphic_identity": "kitten"}


class Bird(Base):
    __tablename__ = "bird"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class Parrot(Bird):
    __tablename__ = "parrot"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    words = Column(Integer)
    __mapper_args__ = {"concrete": True}
