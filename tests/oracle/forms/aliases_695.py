"""Aliases by the `type` statement (Python 3.12)."""

from typing import Literal, Optional

from sqlalchemy import BigInteger
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

type UserId = int
type Maybe = str | None
type Mode = Literal["on", "off"]
type Big = int


class Base(DeclarativeBase):
    type_annotation_map = {Big: BigInteger}


class User(Base):
    __tablename__ = "user_695"
    id: Mapped[UserId] = mapped_column(primary_key=True)
    note: Mapped[Maybe]
    mode: Mapped[Mode]
    maybe_mode: Mapped[Optional[Mode]]
    big: Mapped[Big]
