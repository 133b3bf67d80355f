"""Flask-SQLAlchemy 3.1 over declarative bases of SQLAlchemy 2."""

from typing import Optional

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, DeclarativeBaseNoMeta, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    note: Mapped[Optional[str]]


class NoMeta(DeclarativeBaseNoMeta):
    pass


db = SQLAlchemy(model_class=Base)
named = SQLAlchemy(model_class=NoMeta, disable_autonaming=True)


class UserAccount(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    posts: Mapped[list["BlogPost"]] = relationship(back_populates="author")


class BlogPost(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(UserAccount.id))
    author: Mapped[UserAccount] = relationship(back_populates="posts")


class Named(named.Model):
    __tablename__ = "given_name"
    id: Mapped[int] = mapped_column(primary_key=True)
