"""Enum types in every way they are given labels."""

import enum

from sqlalchemy import Column, Enum, Integer, TypeDecorator
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Plain(enum.Enum):
    A = "a"
    B = "b"


class Text(str, enum.Enum):
    A = "a"
    B = "b"


class Number(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Auto(enum.Enum):
    FIRST = enum.auto()
    SECOND = enum.auto()


class Named(enum.Enum):
    def _generate_next_value_(name, start, count, last_values):
        return name

    X = enum.auto()
    Y = enum.auto()


class Base2(enum.Enum):
    def describe(self):
        return self.name


class Derived(Base2):
    P = "p"
    Q = "q"


Functional = enum.Enum("Functional", "RED GREEN")
Listed = enum.Enum("Listed", ["ONE", "TWO"])
Paired = enum.Enum("Paired", [("U", "u"), ("V", "v")])
Mapped_ = enum.Enum("Mapped_", {"K": "k", "L": "l"})

LABELS = ["x", "y"]
shared = Enum(Plain, name="shared_type")


def values(cls):
    return [member.value for member in cls]


class Wrapped(TypeDecorator):
    impl = Enum(Plain)
    cache_ok = True


class Given(TypeDecorator):
    impl = Enum
    cache_ok = True


class Holder(Base):
    __tablename__ = "holder"

    class Inner(enum.Enum):
        I = "i"

    id = Column(Integer, primary_key=True)
    plain = Column(Enum(Plain))
    text = Column(Enum(Text))
    number = Column(Enum(Number))
    auto = Column(Enum(Auto))
    named = Column(Enum(Named))
    derived = Column(Enum(Derived))
    inner = Column(Enum(Inner))
    functional = Column(Enum(Functional))
    listed = Column(Enum(Listed))
    paired = Column(Enum(Paired))
    mapped = Column(Enum(Mapped_, values_callable=values))
    strings = Column(Enum("s", "t", name="strings"))
    spread = Column(Enum(*LABELS, name="spread"))
    computed = Column(Enum(*[member.value for member in Text], name="computed"))
    by_function = Column(Enum(Text, values_callable=values))
    by_lambda = Column(Enum(Text, values_callable=lambda e: [m.value for m in e], name="by_lambda"))
    by_name = Column(Enum(Text, values_callable=lambda e: [m.name for m in e], name="by_name"))
    texts = Column(Enum(Plain, native_enum=False, length=30))
    checked = Column(Enum(Plain, native_enum=False, create_constraint=True, name="checked"))
    shared = Column(shared)
    in_schema = Column(Enum(Plain, schema="other", name="in_schema"))
    wrapped = Column(Wrapped)
    given = Column(Given(Plain))
