"""SQLModel: base classes without a table, links, types given, aliases, names of tables."""

import enum
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Dict, List, Optional

from pydantic import field_validator
from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel


class Kind(str, enum.Enum):
    A = "a"
    B = "b"


class Identified(SQLModel):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)


class Link(SQLModel, table=True):
    left_id: Optional[uuid.UUID] = Field(default=None, foreign_key="left.id", primary_key=True)
    right_id: Optional[int] = Field(default=None, foreign_key="rightthing.id", primary_key=True, ondelete="CASCADE")


class LeftCreate(SQLModel):
    name: str


class LeftBase(LeftCreate):
    note: Optional[str] = Field(default=None, max_length=20)


class Left(Identified, LeftBase, table=True):
    __table_args__ = (UniqueConstraint("name", "note", name="uq_left"),)
    KINDS: ClassVar[List[str]] = ["a"]

    kind: Kind = Field(default=Kind.A, index=True)
    maybe_kind: Optional[Kind] = None
    number: int = Field(default=0, ge=0)
    big: float = 0.5
    flag: bool = False
    day: Optional[date] = None
    at: Optional[time] = None
    span: Optional[timedelta] = None
    money: Decimal = Field(default=0, max_digits=8, decimal_places=2)
    raw: bytes = b""
    data: Dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    text: str = Field(sa_type=Text)
    other: str = Field(sa_column_kwargs={"name": "other_name", "server_default": "x"})
    unique_one: str = Field(unique=True)
    aliased: str = Field(alias="aliasedName")
    required: int
    rights: List["RightThing"] = Relationship(back_populates="lefts", link_model=Link)
    children: List["Child"] = Relationship(
        back_populates="left", sa_relationship_kwargs={"cascade": "all", "lazy": "selectin"}
    )

    @field_validator("name")
    @classmethod
    def check(cls, value):
        return value

    @property
    def shown(self):
        return self.name


class RightThing(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    lefts: List[Left] = Relationship(back_populates="rights", link_model=Link)


class Child(SQLModel, table=True):
    __tablename__ = "children"
    id: int = Field(primary_key=True)
    left_id: uuid.UUID = Field(foreign_key="left.id", nullable=False)
    args_id: Optional[int] = Field(default=None, sa_column_args=[ForeignKey("rightthing.id")])
    whole: Optional[int] = Field(default=None, sa_column=Column("whole_thing", Integer, ForeignKey("rightthing.id")))
    left: Optional[Left] = Relationship(back_populates="children")


class WithInit(SQLModel, table=True):
    __tablename__ = "with_init"
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str = ""

    def __init__(self, name: str = "x"):
        super().__init__(name=name)
