"""What `__mapper_args__` does to names: prefixes, lists of properties, properties added."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import column_property, declarative_base, declared_attr, relationship, synonym

Base = declarative_base()


class Prefixed(Base):
    __table__ = Table("prefixed", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(9)))
    __mapper_args__ = {"column_prefix": "_"}


class PrefixedBody(Base):
    __tablename__ = "prefixed_body"
    id = Column(Integer, primary_key=True)
    name = Column("n", String(9))
    __mapper_args__ = {"column_prefix": "_"}


class Included(Base):
    __table__ = Table(
        "included",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(9)),
        Column("secret", String(9)),
    )
    __mapper_args__ = {"include_properties": ["id", "name"]}


class Excluded(Base):
    __table__ = Table(
        "excluded",
        Base.metadata,
        Column("id", Integer, primary_key=True),
        Column("name", String(9)),
        Column("secret", String(9)),
    )
    __mapper_args__ = {"exclude_properties": ["secret"]}


added = Table(
    "added", Base.metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("added.id"))
)


class Added(Base):
    __table__ = added
    __mapper_args__ = {
        "properties": {
            "parent": relationship("Added", remote_side=[added.c.id], backref="children"),
            "key": synonym("id"),
            "double": column_property(added.c.id * 2),
        }
    }


class Versioned(Base):
    __tablename__ = "versioned"
    id = Column(Integer, primary_key=True)
    version = Column(Integer, nullable=False)
    kind = Column(String(20))
    __mapper_args__ = {"version_id_col": version, "polymorphic_on": kind, "polymorphic_identity": "versioned"}


class Heir(Versioned):
    extra = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "heir"}


class FromParent(Versioned):
    of_parent = Versioned.kind
    __mapper_args__ = {"polymorphic_identity": "from_parent"}


OPTIONS = {"exclude_properties": ["hidden"]}


class Excluding(Base):
    __table__ = Table("excluding", Base.metadata, Column("id", Integer, primary_key=True), Column("hidden", Integer))
    __mapper_args__ = dict(OPTIONS)


class ByFunction(Base):
    __tablename__ = "by_function"
    id = Column(Integer, primary_key=True)
    kind = Column(String(20))

    @declared_attr
    def __mapper_args__(cls):
        return {"polymorphic_on": cls.kind, "polymorphic_identity": cls.__name__.lower(), "column_prefix": "p_"}
