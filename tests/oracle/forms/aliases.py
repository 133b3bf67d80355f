"""Aliases in annotations: plain, `TypeAliasType`, and keys of a `type_annotation_map`."""

from datetime import datetime
from typing import Annotated, Any, Dict, List, NewType, Optional, Union

from sqlalchemy import JSON, BigInteger, DateTime, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from typing_extensions import TypeAliasType

UserId = TypeAliasType("UserId", int)
Name = TypeAliasType("Name", str)
MaybeNote = TypeAliasType("MaybeNote", Optional[str])
Plain = int
Maybe = Optional[str]
Long = Annotated[int, 8]
str50 = Annotated[str, 50]
Key = NewType("Key", int)
Stamp = Annotated[datetime, mapped_column(DateTime(timezone=True), nullable=False)]


class Base(DeclarativeBase):
    type_annotation_map = {
        Long: BigInteger,
        str50: String(50),
        Key: BigInteger(),
        Dict[str, Any]: JSON,
        List[str]: JSON(),
        datetime: DateTime(timezone=True),
        Name: Text,
    }


class User(Base):
    __tablename__ = "user"
    id: Mapped[UserId] = mapped_column(primary_key=True)
    plain: Mapped[Plain]
    maybe: Mapped[Maybe]
    note: Mapped[MaybeNote]
    name: Mapped[Name]
    big: Mapped[Long]
    short: Mapped[str50]
    maybe_short: Mapped[Optional[str50]]
    key: Mapped[Key]
    data: Mapped[Dict[str, Any]]
    maybe_data: Mapped[Optional[Dict[str, Any]]]
    tags: Mapped[List[str]]
    stamp: Mapped[Stamp]
    maybe_stamp: Mapped[Optional[Stamp]]
    made: Mapped[datetime]
    union: Mapped[Union[str, None]]
    quoted: Mapped["Optional[datetime]"]
