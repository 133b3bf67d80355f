"""Dataclass models: what the real `__init__` takes."""

from typing import ClassVar, List, Optional

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    column_property,
    declared_attr,
    mapped_column,
    registry,
    relationship,
    synonym,
)

reg = registry()


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Stamped(MappedAsDataclass):
    made: Mapped[Optional[str]] = mapped_column(default=None, kw_only=True)
    hidden: Mapped[Optional[str]] = mapped_column(default=None, init=False)


class Parent(Stamped, Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    constant: ClassVar[int] = 5
    server: Mapped[Optional[str]] = mapped_column(server_default=func.now(), init=False)
    kind: Mapped[str] = mapped_column(default="y", kw_only=True)
    children: Mapped[List["Child"]] = relationship(default_factory=list, back_populates="parent")
    size: Mapped[Optional[int]] = column_property(func.length("name"), init=False)
    label: Mapped[str] = synonym("name", init=False)

    def greet(self):
        return self.name


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    parent_id: Mapped[Optional[int]] = mapped_column(ForeignKey("parent.id"), default=None)
    parent: Mapped[Optional[Parent]] = relationship(default=None, back_populates="children")


class Heir(Parent):
    extra: Mapped[Optional[int]] = mapped_column(default=None)


class NoInit(MappedAsDataclass, DeclarativeBase, init=False):
    pass


class Free(NoInit):
    __tablename__ = "free"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@reg.mapped_as_dataclass(kw_only=True)
class Keyed:
    __tablename__ = "keyed"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="x")


@reg.mapped_as_dataclass(init=False)
class Uninitialised:
    __tablename__ = "uninitialised"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
