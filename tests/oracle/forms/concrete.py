"""Concrete hierarchies over an abstract base."""

from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import AbstractConcreteBase
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Worker(AbstractConcreteBase, Base):
    pass


class Cook(Worker):
    __tablename__ = "cook"
    id = Column(Integer, primary_key=True)
    dish = Column(String(9))
    __mapper_args__ = {"polymorphic_identity": "cook", "concrete": True}


class Guard(Worker):
    __tablename__ = "guard"
    id = Column(Integer, primary_key=True)
    gate = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "guard", "concrete": True}


class Shape(AbstractConcreteBase, Base):
    id = Column(Integer, primary_key=True)
    _concrete_discriminator_name = "kind"


class Round(Shape):
    __tablename__ = "round"
    radius = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "round", "concrete": True}
