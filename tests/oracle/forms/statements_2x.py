"""What statements of a class body make in SQLAlchemy 2: with `Mapped`, without it, with `Column` behind it."""

from typing import Annotated, ClassVar, Optional

from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    plain_of_base = 1

    @property
    def shown(self):
        return "x"


class Mixin:
    deferred: Mapped[str] = mapped_column(deferred=True)
    annotated_only: Mapped[int]
    no_column: int
    constant = 7
    bare: Mapped

    @hybrid_property
    def loud(self):
        return self.deferred

    @declared_attr
    def parent_id(cls) -> Mapped[Optional[int]]:
        return mapped_column(ForeignKey("parent.id"))

    @declared_attr
    def parent(cls) -> Mapped[Optional["Parent"]]:
        return relationship("Parent", foreign_keys=[cls.parent_id])

    @declared_attr
    def gone(cls) -> Mapped[int]:
        return mapped_column()

    names = association_proxy("parent", "name")


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Statements(Mixin, Base):
    __tablename__ = "statements"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_column: Mapped[str] = Column(Integer)
    unmapped_column: str = Column(String(3))
    number: int = 5
    text = "five"
    counted: ClassVar[int] = 3
    uncounted: ClassVar[int]
    quoted: "ClassVar[int]"
    reference = mapped_column(ForeignKey("parent.id"))
    twice = Column(Integer)
    again = twice
    __dunder__ = Column(Integer)
    registry_like = Column(Integer)
    gone = None
    with_option: Mapped[int] = mapped_column(foo_bar=1)
    if number > 4:
        chosen: Mapped[int]
    elif number > 3:
        other_choice = 1


class Untyped(Base):
    __tablename__ = "untyped"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_bare_column: Mapped[Optional[str]] = Column()


class Keys(Base):
    __tablename__ = "keys"
    id: Mapped[int] = mapped_column("key_id", primary_key=True)
    named: Mapped[str] = mapped_column("db_named", key="key_named")
    by_keyword: Mapped[str] = mapped_column(name="db_keyword", key="keyed")
    only_key: Mapped[str] = mapped_column(key="other_key")
    refers: Mapped[int] = mapped_column(ForeignKey("keys.key_id"))
    to_key: Mapped[str] = mapped_column(ForeignKey("keys.key_named"))


class Nullable(Base):
    __tablename__ = "nullable"
    id: Mapped[Optional[int]] = mapped_column(primary_key=True)
    refused: Mapped[Optional[int]] = mapped_column(nullable=False)
    allowed: Mapped[int] = mapped_column(nullable=True)
    unannotated = mapped_column(Integer)
    union: Mapped["int | None"]
    unannotated_key = mapped_column(Integer, primary_key=True)


first = Annotated[int, mapped_column(index=True), mapped_column(unique=True)]
with_column = Annotated[str, Column(String(3), unique=True)]
with_type = Annotated[str, String(4)]
named = Annotated[str, mapped_column("inner_name", String(6))]
required = Annotated[str, mapped_column(nullable=False)]
keyed = Annotated[int, mapped_column(ForeignKey("parent.id"), index=True)]
defaulted = Annotated[int, mapped_column(default=4, server_default="4")]


class Annotations(Base):
    __tablename__ = "annotations"
    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[first]
    with_column: Mapped[with_column]
    with_type: Mapped[with_type]
    own_name: Mapped[named]
    required: Mapped[Optional[required]]
    keyed: Mapped[keyed]
    keyed_otherwise: Mapped[Optional[keyed]] = mapped_column("other_keyed", unique=True)
    longer: Mapped[named] = mapped_column(String(60))
    defaulted: Mapped[defaulted]
    overridden: Mapped[defaulted] = mapped_column(default=5)


class Later(Base):
    __tablename__ = "later_properties"
    id: Mapped[int] = mapped_column(primary_key=True)


Later.by_assignment = mapped_column(String(5))
setattr(Later, "by_setattr", Column(Integer))
Later.__mapper__.add_property("same", Later.__table__.c.id)
