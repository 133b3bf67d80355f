"""What `Mapped[T]` means without a type, and explicit types that annotations contradict."""

import datetime
import decimal
import enum
import uuid
from typing import Literal, Optional

from sqlalchemy.dialects import postgresql
from sqlalchemy import JSON, Double, Enum, Integer, Numeric, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Mood(enum.Enum):
    good = 1
    bad = 2


class Python(Base):
    __tablename__ = "python"
    an_int: Mapped[int] = mapped_column(primary_key=True)
    a_str: Mapped[str]
    a_bool: Mapped[bool]
    a_float: Mapped[float]
    some_bytes: Mapped[bytes]
    a_datetime: Mapped[datetime.datetime]
    a_date: Mapped[datetime.date]
    a_time: Mapped[datetime.time]
    a_timedelta: Mapped[datetime.timedelta]
    a_decimal: Mapped[decimal.Decimal]
    an_uuid: Mapped[uuid.UUID]
    a_mood: Mapped[Mood]
    a_literal: Mapped[Literal["x", "long one"]]
    maybe: Mapped[Optional[float]]
    contradicted: Mapped[int] = mapped_column(String(3))
    anything: Mapped[dict] = mapped_column(JSON)
    listed: Mapped[list[str]] = mapped_column(JSON)
    precise: Mapped[float] = mapped_column(Numeric(10, 2))
    doubled: Mapped[float] = mapped_column(Double)
    insensitive: Mapped[str] = mapped_column(postgresql.CITEXT)
    counted: Mapped[decimal.Decimal] = mapped_column(Integer)


class Customised(DeclarativeBase):
    type_annotation_map = {
        Literal: Enum(enum.Enum, native_enum=False, length=40),
        float: Numeric(8, 3),
        Optional[bytes]: String(9),
        Literal["one", "two"]: Enum("one", "two", name="numbers"),
    }


class Custom(Customised):
    __tablename__ = "custom"
    id: Mapped[int] = mapped_column(primary_key=True)
    choice: Mapped[Literal["a", "b"]]
    numbers: Mapped[Literal["one", "two"]]
    maybe_choice: Mapped[Optional[Literal["c"]]]
    weight: Mapped[float]
    raw: Mapped[Optional[bytes]]
