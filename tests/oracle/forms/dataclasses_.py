"""MappedAsDataclass and registries: the constructor is the dataclass's own."""

from typing import Optional

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, registry, relationship

reg = registry()


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Job(Base):
    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    state: Mapped[str] = mapped_column(default="new")
    owner_id: Mapped[Optional[int]] = mapped_column(ForeignKey("owner.id"), default=None)
    owner: Mapped[Optional["Owner"]] = relationship(default=None, back_populates="jobs")


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    jobs: Mapped[list[Job]] = relationship(default_factory=list, back_populates="owner")


@reg.mapped
class Decorated:
    __tablename__ = "decorated"
    id = Column(Integer, primary_key=True)
    name = Column(String)


@reg.mapped_as_dataclass
class Data:
    __tablename__ = "data"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="x", init=False)


Made = reg.generate_base()


class FromMade(Made):
    __tablename__ = "from_made"
    id = Column(Integer, primary_key=True)
