"""Inheritance and mixins of SQLAlchemy 2: `declared_attr` in its forms, columns that siblings share, abstract bases."""

from typing import Optional

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    Mapped,
    declared_attr,
    mapped_column,
    registry,
    relationship,
)


class Base(DeclarativeBase):
    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> Optional[str]:
        return f"t_{cls.__name__.lower()}"

    @declared_attr
    @classmethod
    def stacked(cls) -> Mapped[int]:
        return mapped_column(default=1)


class Cascading:
    @declared_attr.cascading
    @classmethod
    def id(cls) -> Mapped[int]:
        if cls.__name__ == "Top":
            return mapped_column(primary_key=True)
        return mapped_column(ForeignKey("t_top.id"), primary_key=True)


class Bare:
    note: Mapped[str]
    size: Mapped[Optional[int]]


class Top(Cascading, Base):
    kind: Mapped[str] = mapped_column(String(9))
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "top"}


class Below(Top):
    depth: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "below"}


class Redeclared(Bare, Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[Optional[int]]
    size: Mapped[int] = mapped_column(String(4))


class Vehicle(Base):
    __tablename__ = "vehicle"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind"}


class Car(Vehicle):
    __tablename__ = None
    wheels: Mapped[Optional[int]] = mapped_column(use_existing_column=True)
    __mapper_args__ = {"polymorphic_identity": "car"}


class Cart(Vehicle):
    __tablename__ = None
    wheels: Mapped[Optional[int]] = mapped_column(use_existing_column=True)
    horses: Mapped[int] = mapped_column(nullable=True)
    __mapper_args__ = {"polymorphic_identity": "cart"}


class NoMeta(DeclarativeBaseNoMeta):
    pass


class Late(NoMeta):
    __tablename__ = "late"
    id: Mapped[int] = mapped_column(primary_key=True)


Late.never_mapped = mapped_column(Integer)

reg = registry()


@reg.mapped
class ByRegistry:
    __tablename__ = "by_registry"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Plain(ByRegistry):
    extra: Mapped[int]


class HasOwner:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("t_owner.id", ondelete="CASCADE"), nullable=False, index=True)

    @declared_attr
    def owner(cls) -> Mapped["Owner"]:
        return relationship(foreign_keys=[cls.owner_id], back_populates=f"{cls.__name__.lower()}s")


class Owner(Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    things: Mapped[list["Thing"]] = relationship(back_populates="owner")


class Thing(HasOwner, Base):
    id: Mapped[int] = mapped_column(primary_key=True)
