"""Enums that Python 3.11 brought."""

import enum
from enum import StrEnum
from typing import Optional

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Size(StrEnum):
    SMALL = enum.auto()
    LARGE = "large"


class Base(DeclarativeBase):
    pass


class Parcel(Base):
    __tablename__ = "parcel"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[Size] = mapped_column(default=Size.SMALL)


class ValueBase(DeclarativeBase):
    type_annotation_map = {
        enum.Enum: Enum(enum.Enum, native_enum=False, values_callable=lambda e: [m.value for m in e]),
    }


class ByValue(ValueBase):
    __tablename__ = "by_value"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[Optional[Size]]
