"""Inheritance and mixins as every series has them: what is copied, replaced, hidden, or never mapped."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, UniqueConstraint
from sqlalchemy.orm import declarative_base, declared_attr, registry, relationship

Base = declarative_base()


class First:
    both = Column(String(1))
    defaulted = Column(Integer, default=4, index=True, server_default="4", nullable=False)
    __table_args__ = (UniqueConstraint("both"), {"comment": "of the mixin"})


class Second:
    both = Column(String(2))
    only_second = Column(Integer)


class Forgetful:
    @property
    def forgotten(self):
        return Column(Integer)

    def method(self):
        return Column(Integer)

    @classmethod
    def klass(cls):
        return Column(Integer)


class Cascading:
    @declared_attr.cascading
    def id(cls):
        if cls.__name__ == "Whole":
            return Column(Integer, primary_key=True)
        return Column(Integer, ForeignKey("whole.id"), primary_key=True)


class Late:
    @declared_attr
    def declared(cls):
        return Column(Integer)

    written = Column(Integer)


class Ordered(Late, Base):
    __tablename__ = "ordered"
    id = Column(Integer, primary_key=True)

    @declared_attr
    def own_declared(cls):
        return Column(Integer)

    own_written = Column(Integer)


class Two(First, Second, Forgetful, Base):
    __tablename__ = "two"
    id = Column(Integer, primary_key=True)
    defaulted = Column(Integer)


class OwnArguments(First, Base):
    __tablename__ = "own_arguments"
    __table_args__ = (Index("ix_of_own", "id", "both"),)
    id = Column(Integer, primary_key=True)


class Whole(Cascading, Base):
    __tablename__ = "whole"
    kind = Column(String(9))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "whole"}

    @declared_attr
    def computed(cls):
        return Column("computed_" + cls.__name__.lower(), Integer)


class Part(Whole):
    __tablename__ = "part"
    weight = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "part"}


class Sibling(Whole):
    __tablename__ = "sibling"
    weight = Column("sibling_weight", String(3))
    __mapper_args__ = {"polymorphic_identity": "sibling"}


class Partly(Base):
    __tablename__ = "partly"
    id = Column(Integer, primary_key=True)
    name = Column(String(9))
    secret = Column(String(9))
    __mapper_args__ = {"include_properties": ["id", "name"]}


class Without(Base):
    __tablename__ = "without"
    id = Column(Integer, primary_key=True)
    secret = Column(String(9))
    __mapper_args__ = {"exclude_properties": ("secret",)}


class Referring(Base):
    __abstract__ = True

    @declared_attr
    def two_id(cls):
        return Column(Integer, ForeignKey(Two.id), index=True)

    @declared_attr
    def two(cls):
        return relationship(Two, backref=cls.__name__.lower() + "s")


class Leaf(Referring):
    __tablename__ = "leaf"
    id = Column(Integer, primary_key=True)


class NotLeaf(Referring):
    __tablename__ = "not_leaf"
    id = Column(Integer, primary_key=True)
    two_id = None
    two = None


class Middle(Leaf):
    __abstract__ = True
    middle = 1


class End(Middle):
    __tablename__ = "end"
    id = Column(ForeignKey("leaf.id"), primary_key=True)
    extra = Column(Integer)


class Piece(End):
    size = Column(Integer, nullable=False, default=0)


reg = registry(metadata=MetaData(schema="inner"))


@reg.mapped
class Decorated:
    __tablename__ = "decorated"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("inner.decorated.id"))


class Undecorated(Decorated):
    extra = Column(Integer)


@reg.mapped
class Redecorated(Decorated):
    __tablename__ = "redecorated"
    id = Column(ForeignKey(Decorated.id), primary_key=True)
    own = Column(Integer)
