"""Constructors of SQLAlchemy 2: of the base, of registries, of dataclasses and attrs-like classes that are mapped."""

import dataclasses
from typing import Any, Optional

from sqlalchemy import Column, Integer, String, Table
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, declarative_base, mapped_column, registry


class WithInit(DeclarativeBase):
    def __init__(self, *, label: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label = label


class OfBase(WithInit):
    __tablename__ = "of_base"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Strict(DeclarativeBase):
    def __init__(self, name: str = "x") -> None:
        self.name = name


class OfStrict(Strict):
    __tablename__ = "of_strict"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def only_name(self, name=None):
    self.name = name


Given = declarative_base(constructor=only_name)


class OfGiven(Given):
    __tablename__ = "of_given"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


reg = registry()


@reg.mapped
@dataclasses.dataclass
class Standard:
    __table__ = Table(
        "standard",
        reg.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(9)),
        Column("unlisted", String(9)),
    )
    id: int = dataclasses.field(init=False)
    name: Optional[str] = None


class Base(DeclarativeBase):
    pass


class Accessors(Base):
    __tablename__ = "accessors"
    id: Mapped[int] = mapped_column(primary_key=True)
    annotation_only: "Any"
    __allow_unmapped__ = True

    @hybrid_property
    def read_only(self):
        return self.id

    @hybrid_property
    def writable(self):
        return self.id

    @writable.setter
    def writable(self, value):
        self.id = value

    @hybrid_property
    def low(self):
        return self.id.lower()

    @low.setter
    def low(self, value):
        self.id = value

    @property
    def written(self):
        return self.id

    @written.setter
    def written(self, value):
        self.id = value

    @staticmethod
    def helper():
        return 1


class New(Base):
    __tablename__ = "new"
    id: Mapped[int] = mapped_column(primary_key=True)

    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)


class Passing(Base):
    __tablename__ = "passing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __init__(self, extra: int = 0, **kwargs):
        kwargs.setdefault("name", str(extra))
        super(Passing, self).__init__(**kwargs)


class Positional(Base):
    __tablename__ = "positional"
    id: Mapped[int] = mapped_column(primary_key=True)

    def __init__(self, first, /, second, *rest, third=None):
        self.id = first


class Data(MappedAsDataclass, DeclarativeBase, kw_only=True):
    pass


class Fields(Data):
    __tablename__ = "fields"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    extra: Optional[int] = None
    counted: int = dataclasses.field(default=0, init=False)
    initial: dataclasses.InitVar[str] = "y"


class Switched(Data, init=False):
    __tablename__ = "switched"
    id: Mapped[int] = mapped_column(primary_key=True)


class OwnInit(Data):
    __tablename__ = "own_init"
    id: Mapped[int] = mapped_column(primary_key=True)

    def __init__(self, given):
        self.id = given
