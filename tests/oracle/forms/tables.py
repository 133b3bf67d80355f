"""Classes over Table objects, mapped imperatively, and with a type map."""

import enum
import re

from sqlalchemy import (
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    DeclarativeMeta,
    Mapped,
    column_property,
    declared_attr,
    mapped_column,
    registry,
    relationship,
    synonym,
)


class Kind(enum.Enum):
    ONE = "1"


class Base(DeclarativeBase):
    type_annotation_map = {enum.Enum: Enum(enum.Enum, values_callable=lambda e: [m.value for m in e]), str: String(7)}


class Direct(Base):
    __table__ = Table("direct", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String))


class Typed(Base):
    __tablename__ = "typed"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    text: Mapped[str]


reg = registry()


class WithMetadata(DeclarativeBase):
    __abstract__ = True
    metadata = MetaData(naming_convention={"pk": "pk_of_%(table_name)s"})
    reg.metadata = metadata
    registry = reg


plain_table = Table("plain", reg.metadata, Column("id", Integer, primary_key=True), Column("label", String))


class Plain:
    def __init__(self, label):
        self.label = label


reg.map_imperatively(Plain, plain_table)


# -- names that differ, properties, keys that constraints of the table give

parcel_table = Table(
    "parcel",
    reg.metadata,
    Column("id", Integer, primary_key=True),
    Column("weight", Integer, nullable=False, default=1),
    Column("plain_id", ForeignKey("plain.id")),
    Column("c_note", String, key="note"),
)


class Parcel:
    label = "a plain attribute"

    @property
    def heavy(self):
        return self.weight > 10


reg.map_imperatively(
    Parcel,
    parcel_table,
    properties={
        "grams": parcel_table.c.weight,
        "plain": relationship(Plain, backref="parcels"),
        "mass": synonym("grams"),
    },
)


class Renaming(Base):
    __table__ = Table(
        "renaming",
        Base.metadata,
        Column("id", Integer),
        Column("long_name", String, nullable=False, server_default="x"),
        Column("direct_id", Integer),
        PrimaryKeyConstraint("id"),
    )
    short = __table__.c.long_name


class Compound(Base):
    __tablename__ = "compound"
    __table_args__ = (
        PrimaryKeyConstraint("left", "right_name", name="compound_pk"),
        ForeignKeyConstraint(["left"], ["direct.id"]),
    )
    left = Column(Integer)
    right = Column("right_name", Integer)
    direct = relationship(Direct, back_populates="compounds")


Direct.compounds = relationship(Compound, back_populates="direct")
Base.where = staticmethod(lambda: None)


class Attached:
    pass


Attached.table = Table("attached", reg.metadata, Column("id", Integer, Sequence("attached_id"), primary_key=True))
reg.map_imperatively(Attached, Attached.table, properties=dict(key=Attached.table.c.id))

FIRST = "first"
SECOND = "second"


class Switch(Base):
    __tablename__ = "switch"
    id = Column(Integer, primary_key=True)
    order = Column(Enum(FIRST, SECOND, name="order_of_switch"))


class WrittenOut(metaclass=DeclarativeMeta):
    __abstract__ = True
    registry = reg
    metadata = reg.metadata
    __init__ = reg.constructor

    @classmethod
    def __declare_last__(cls):
        cls.table = cls.__table__


SNAKE = re.compile(r"(?<!^)(?=[A-Z])")


class Named:
    @declared_attr.directive
    def __tablename__(cls):
        return SNAKE.sub("_", cls.__name__).lower()


class OverWrittenOut(Named, WrittenOut):
    id = Column(Integer, primary_key=True)
    states = Kind.ONE
    kinds = Parcel.label
    total = column_property(id + 1)

    @hybrid_property
    def size(self):
        return self.id

    @size.inplace.setter
    def _size_setter(self, value):
        self.id = value

    @size.inplace.expression
    @classmethod
    def _size_expression(cls):
        return cls.id
