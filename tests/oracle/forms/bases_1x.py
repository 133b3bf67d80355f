"""Declarative bases of every make."""

from sqlalchemy import Column, Integer, MetaData, String
from sqlalchemy.ext.declarative import AbstractConcreteBase, ConcreteBase
from sqlalchemy.orm import as_declarative, declarative_base, declared_attr, registry

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
    schema="main",
)


@as_declarative()
class Decorated:
    id = Column(Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()


class Automatic(Decorated):
    name = Column(String, unique=True)


class Mixed:
    id = Column(Integer, primary_key=True)

    def __init__(self, only=None):
        self.only = only


Given = declarative_base(cls=Mixed, metadata=metadata)


class FromGiven(Given):
    __tablename__ = "from_given"
    name = Column(String, unique=True, index=True)


Bare = declarative_base(cls=Mixed, constructor=None, name="Bare")


class FromBare(Bare):
    __tablename__ = "from_bare"
    name = Column(String, unique=True)


Several = declarative_base(cls=(Mixed,))


class FromSeveral(Several):
    __tablename__ = "from_several"


mapper_registry = registry(metadata=MetaData(naming_convention={"pk": "key_of_%(table_name)s"}))
Generated = mapper_registry.generate_base()


class FromGenerated(Generated):
    __tablename__ = "from_generated"
    id = Column(Integer, primary_key=True)


@mapper_registry.mapped
class ByRegistry:
    __tablename__ = "by_registry"
    id = Column(Integer, primary_key=True)


class Employee(ConcreteBase, Generated):
    __tablename__ = "employee"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}


class Manager(Employee):
    __tablename__ = "manager"
    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    data = Column(String(40))
    __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}
