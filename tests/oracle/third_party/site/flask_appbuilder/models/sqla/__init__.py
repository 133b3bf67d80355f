"""Stands in for an abstract model over a base that a call makes."""

from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Model(Base):
    __abstract__ = True
    __table_args__ = {"extend_existing": True}

    def to_json(self):
        return {}
