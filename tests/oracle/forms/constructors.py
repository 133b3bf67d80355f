"""Constructors of their own, from mixins, handed on."""

from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class WithInit:
    def __init__(self, name=None, **kwargs):
        self.flag = kwargs.pop("flag", None)
        super().__init__(**kwargs)
        self.name = name


class Own(Base):
    __tablename__ = "own"
    id = Column(Integer, primary_key=True)
    name = Column(String)

    def __init__(self, name=None):
        self.name = name


class Passing(WithInit, Base):
    __tablename__ = "passing"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class Late(Base, WithInit):
    __tablename__ = "late"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class Child(Own):
    def other(self):
        return 1


class Attached(Base):
    __tablename__ = "attached"
    id = Column(Integer, primary_key=True)


Attached.later = Column(Integer)
Attached.constant = 5
setattr(Attached, "named", 6)
