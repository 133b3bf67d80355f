"""Bases of SQLAlchemy 2: without a metaclass, by registries, columns on the base, `Unmapped`-free bodies."""

from typing import Any, Optional

from sqlalchemy import BigInteger, ForeignKey, Integer, MetaData, String
from sqlalchemy.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    Mapped,
    declared_attr,
    has_inherited_table,
    mapped_column,
    registry,
    relationship,
)


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(schema="app"), type_annotation_map={int: BigInteger})

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)

    @declared_attr.directive
    def __tablename__(cls) -> Optional[str]:
        return None if has_inherited_table(cls) else cls.__name__.lower() + "s"


class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[Optional[int]]:
        return mapped_column(ForeignKey("app.owners.id"))

    @declared_attr
    def owner(cls) -> Mapped[Optional["Owner"]]:
        return relationship("Owner", foreign_keys=[cls.owner_id])


class Owner(Base):
    name: Mapped[str]


class Thing(Owned, Base):
    size: Mapped[int]
    label: Mapped[str] = mapped_column(String(20), sort_order=5)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}


class Special(Thing):
    extra: Mapped[Optional[int]] = mapped_column(use_existing_column=True)
    __mapper_args__ = {"polymorphic_identity": "special"}


class NoMeta(DeclarativeBaseNoMeta):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})


class Simple(NoMeta):
    __tablename__ = "simple"
    id = mapped_column(Integer, primary_key=True)


class Unchecked(DeclarativeBase):
    __allow_unmapped__ = True


class Loose(Unchecked):
    __tablename__ = "loose"
    id: int = mapped_column(primary_key=True)
    name: Optional[str] = mapped_column(String(10))
    other: "Any"
