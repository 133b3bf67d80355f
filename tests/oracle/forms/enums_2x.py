"""Enums by annotation."""

import enum
from typing import Annotated, Literal, Optional

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Mode = Literal["on", "off"]


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Size(str, enum.Enum):
    SMALL = "small"
    LARGE = "large"


class Base(DeclarativeBase):
    pass


class Plain(Base):
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[Colour]
    maybe: Mapped[Optional[Colour]]
    size: Mapped[Size] = mapped_column(default=Size.SMALL)
    mode: Mapped[Mode]
    some: Mapped[Optional[Literal["x", "y"]]]
    named: Mapped[Colour] = mapped_column(Enum(Colour, name="named_colour"))
    annotated: Mapped[Annotated[Colour, 5]]


class ValueBase(DeclarativeBase):
    type_annotation_map = {
        enum.Enum: Enum(enum.Enum, native_enum=False, values_callable=lambda e: [m.value for m in e]),
    }


class ByValue(ValueBase):
    __tablename__ = "by_value"
    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[Colour]
    size: Mapped[Optional[Size]]
