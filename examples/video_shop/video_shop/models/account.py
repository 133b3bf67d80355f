"""Accounts, what they buy and what they collect."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from video_shop.models.base import Base

if TYPE_CHECKING:
    from video_shop.models.video import Video


class AccountPlan(enum.Enum):
    """What an account may do."""

    FREE = "free"
    PAID = "paid"


class Currency(enum.Enum):
    """The currencies the shop takes."""

    EUR = "eur"
    USD = "usd"


class OrderStatus(enum.Enum):
    """How far an order has come."""

    PENDING = "pending"
    PAID = "paid"


class Account(Base):
    """A customer, who may also upload videos."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)

    # Clean twin of incident 5, one enum declared twice: `Account` and `Order` share one enum.
    currency: Mapped[Currency] = mapped_column(
        Enum(Currency, name="currency"), default=Currency.EUR
    )

    # Clean twin of incident 5, a status string: an Enum here and in revision 0001.
    plan: Mapped[AccountPlan] = mapped_column(
        Enum(AccountPlan, name="account_plan"), default=AccountPlan.FREE
    )

    # Incident 5, a status string where the database has an enum: revision 0001 made
    # `account_status` an enum type. SQLite compares text and nothing shows. On PostgreSQL psycopg
    # casts the parameter to VARCHAR, and `services.accounts.suspended_accounts` fails: operator
    # does not exist: account_status = character varying. (psycopg2 casts nothing and works.)
    status: Mapped[str] = mapped_column(String(20), server_default="active")

    videos: Mapped[list[Video]] = relationship(back_populates="account")
    orders: Mapped[list[Order]] = relationship(back_populates="account")


class Order(Base):
    """One video bought by one account."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id"))
    amount_cents: Mapped[int]
    currency: Mapped[Currency] = mapped_column(
        Enum(Currency, name="currency"), default=Currency.EUR
    )

    # Incident 3, a status that is never updated: nothing in the project assigns it. A paid order
    # stays PENDING, and `tasks.payments.open_orders` returns it for ever.
    status: Mapped[OrderStatus] = mapped_column(
        Enum(OrderStatus, name="order_status"), default=OrderStatus.PENDING
    )

    # Clean twin of incident 5, Text for a timestamp: a timestamp here and in revision 0001.
    paid_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    account: Mapped[Account] = relationship(back_populates="orders")
    video: Mapped[Video] = relationship(back_populates="orders")


# Incident 5, a model without a table: no revision creates `playlists`. The first query fails:
# relation "playlists" does not exist.
class Playlist(Base):
    """A named list of videos. Its clean twins are all the other models: each has its table."""

    __tablename__ = "playlists"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(100))
