"""Classes that cannot be known whole: each has to be open, and what is written must be right all the same."""

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import DeclarativeMeta, declarative_base, synonym
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


class Meta(DeclarativeMeta):
    def __init__(cls, name, bases, namespace, **kwargs):
        if "id" in namespace:
            cls.from_meta = Column(Integer)
        super().__init__(name, bases, namespace, **kwargs)


class OfMeta(Base, metaclass=Meta):
    __tablename__ = "of_meta"
    id = Column(Integer, primary_key=True)


class Setting(Base):
    __tablename__ = "setting"
    id = Column(Integer, primary_key=True)

    def __setattr__(self, name, value):
        object.__setattr__(self, name.removeprefix("x_"), value)


class Configured(Base):
    __tablename__ = "configured"
    id = Column(Integer, primary_key=True)

    @classmethod
    def __declare_last__(cls):
        setattr(cls, "declared_" + "last", synonym("id"))


class Executed(Base):
    __tablename__ = "executed"
    id = Column(Integer, primary_key=True)
    exec("made = Column(Integer)")


class Added(Base):
    __tablename__ = "added"
    id = Column(Integer, primary_key=True)


for name in ("one", "two"):
    Added.__mapper__.add_property(name + "_more", synonym("id"))


def columns():
    return [Column("id", Integer, primary_key=True), Column("given", Integer)]


class Given(Base):
    __table__ = Table("given", Base.metadata, *columns())


def names_of(cls):
    return type("Bases", (), {"by_function": 1})


class Unknown(names_of(None), Base):
    __tablename__ = "unknown"
    id = Column(Integer, primary_key=True)


class Listened(Base):
    __tablename__ = "listened"
    id = Column(Integer, primary_key=True)


@event.listens_for(Listened, "init")
def strip(target, args, kwargs):
    kwargs.pop("nothing_like_it", None)
