"""Models of a small shop. Each mark names what differs from the migrations."""

import enum
from datetime import datetime

from sqlalchemy import DateTime, Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class State(enum.Enum):
    NEW = "new"
    PAID = "paid"
    SENT = "sent"


class Colour(enum.Enum):
    RED = "red"


class Customer(Base):
    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("email"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(100))  # mark: unique constraint missing
    name: Mapped[str] = mapped_column(String(100))  # mark: nullable in the database
    phone: Mapped[str | None] = mapped_column(String(20))  # mark: column missing


class Order(Base):  # mark: NOT NULL column left in the database
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))  # mark: other ON DELETE
    state: Mapped[State] = mapped_column(Enum(State, name="state"))  # mark: enum label missing
    colour: Mapped[Colour | None] = mapped_column(Enum(Colour, name="colour"))  # mark: enum values for names
    note: Mapped[str | None] = mapped_column(String(500))  # mark: shorter in the database
    amount: Mapped[int]  # mark: type of another family
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))  # mark: time zone
    currency: Mapped[str] = mapped_column(String(3), server_default="EUR")  # mark: server default missing


class Invoice(Base):  # mark: table missing
    __tablename__ = "invoices"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
