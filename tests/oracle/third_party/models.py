"""Models over bases and mixins of other packages: real ones, or the stand-ins of `site/`."""

from typing import Optional

from advanced_alchemy.base import BigIntBase, UUIDAuditBase
from advanced_alchemy.mixins import SlugKey
from fastapi_users.db import SQLAlchemyBaseUserTableUUID
from flask_appbuilder import Model
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_utils import Timestamp, generic_repr


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    nick: Mapped[str] = mapped_column(String(20))


class Author(UUIDAuditBase):
    name: Mapped[str]


class BookShelf(SlugKey, BigIntBase):
    title: Mapped[str]


class Vehicle(UUIDAuditBase):
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "vehicle"}


class Car(Vehicle):
    wheels: Mapped[Optional[int]]
    __mapper_args__ = {"polymorphic_identity": "car"}


class Named(UUIDAuditBase):
    __tablename__ = "named_otherwise"


class Empty(UUIDAuditBase):
    pass


class Note(Timestamp, Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)


class Versioned(Base):
    __versioned__ = {}
    __tablename__ = "versioned"
    id = Column(Integer, primary_key=True)


class Contact(Model):
    __tablename__ = "contact"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))


@generic_repr
class Shown(Base):
    __tablename__ = "shown"
    id = Column(Integer, primary_key=True)
