"""DeclarativeBase and Mapped: annotations decide."""

import enum
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, List, Literal, Optional

from sqlalchemy import Enum, ForeignKey, String, func
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    WriteOnlyMapped,
    column_property,
    composite,
    declared_attr,
    deferred,
    mapped_column,
    query_expression,
    relationship,
    synonym,
)


class Status(enum.Enum):
    NEW = "new"
    DONE = "done"
    FINISHED = "done"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


key = Annotated[int, mapped_column(primary_key=True)]
short = Annotated[str, mapped_column(String(10), nullable=False)]


class Base(DeclarativeBase):
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Named:
    name: Mapped[str] = mapped_column(String(50), default="x")
    note: Mapped[Optional[str]]


class User(Named, Base):
    __tablename__ = "user"

    id: Mapped[key]
    code: Mapped[short]
    maybe: Mapped[Optional[short]]
    status: Mapped[Status]
    level: Mapped[Level] = mapped_column(Enum(Level), default=Level.LOW)
    word: Mapped[Literal["a", "b"]]
    price: Mapped["Decimal | None"]
    token: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    renamed: Mapped[str] = mapped_column("other_name")
    forced: Mapped[str] = mapped_column(nullable=True)
    updated_at: Mapped[Optional[datetime]] = mapped_column(onupdate=func.now())
    big: Mapped[str] = mapped_column(deferred=True)
    plain = 5
    constant: ClassVar[int] = 7
    posts: Mapped[List["Post"]] = relationship(back_populates="author")
    titles = association_proxy("posts", "title")
    alias = synonym("renamed")
    total: Mapped[Optional[int]] = query_expression()

    @hybrid_property
    def loud(self):
        return self.renamed

    @loud.setter
    def loud(self, value):
        self.renamed = value

    @hybrid_property
    def quiet(self):
        return self.renamed

    @hybrid_method
    def matches(self, other):
        return self.renamed == other

    @property
    def shown(self):
        return "x"

    def greet(self):
        return "hello"


class Post(Base):
    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    author: Mapped["User"] = relationship(back_populates="posts")
    length: Mapped[int] = column_property(func.length("title"))
    tags: DynamicMapped["Tag"] = relationship()
    marks: WriteOnlyMapped["Mark"] = relationship()


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[Optional[int]] = mapped_column(ForeignKey("post.id"))


class Mark(Base):
    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id = mapped_column(ForeignKey("post.id"))
    node_id = mapped_column(ForeignKey("mark.id"))
    parent: Mapped[Optional["Mark"]] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list["Mark"]] = relationship(back_populates="parent")
