"""Classes that cannot be known whole: each has to be open, and what is written must be right all the same."""

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import declarative_base
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool)
found = MetaData()
Table("found", found, Column("id", Integer, primary_key=True), Column("name", String))
Table("auto", found, Column("id", Integer, primary_key=True), Column("name", String))
Table("loaded", found, Column("id", Integer, primary_key=True), Column("name", String))
found.create_all(engine)

Base = declarative_base()
Auto = automap_base()


class Automatic(Auto):
    __tablename__ = "auto"
    id = Column(Integer, primary_key=True)


Auto.prepare(autoload_with=engine)


class Deferred(DeferredReflection, Base):
    __tablename__ = "found"
    id = Column(Integer, primary_key=True)


DeferredReflection.prepare(engine)


class Loaded(Base):
    __table__ = Table("loaded", Base.metadata, autoload_with=engine)


class Looped(Base):
    __tablename__ = "looped"
    id = Column(Integer, primary_key=True)
    for number in range(2):
        locals()[f"column_{number}"] = Column(Integer)


def adding(cls):
    cls.added = Column(Integer)
    return cls


@adding
class ByDecorator(Base):
    __tablename__ = "by_decorator"
    id = Column(Integer, primary_key=True)


class Hooked:
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        setattr(cls, "hook_" + cls.__name__.lower(), Column(Integer))


class ByHook(Hooked, Base):
    __tablename__ = "by_hook"
    id = Column(Integer, primary_key=True)


class Later(Base):
    __tablename__ = "later"
    id = Column(Integer, primary_key=True)


for name in ("one", "two"):
    setattr(Later, name, Column(Integer))


class Answering(Base):
    __tablename__ = "answering"
    id = Column(Integer, primary_key=True)

    def __getattr__(self, name):
        raise AttributeError(name)
