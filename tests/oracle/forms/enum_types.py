"""Enum types: of PostgreSQL, decorated, in arrays, shared, with schema, by metadata, with defaults that are members."""

import enum

from sqlalchemy import ARRAY, JSON, Column, Enum, Integer, MetaData, String, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import declarative_base

metadata = MetaData()
Base = declarative_base(metadata=metadata)


class Tone(enum.Enum):
    LOW = "low"
    HIGH = "high"

    @classmethod
    def default(cls):
        return cls.LOW


class Code(enum.IntEnum):
    OK = 200
    GONE = 410


class Flags(enum.Flag):
    A = 1
    B = 2


class Pair(enum.Enum):
    FIRST = ("a", 1)
    SECOND = ("b", 2)

    def __init__(self, text, number):
        self.text = text
        self.number = number


Alias = Tone
COLOURS = ("red", "green")
tone_type = postgresql.ENUM(Tone, name="tone_of_pg", create_type=False)


class AsInteger(TypeDecorator):
    impl = Integer
    cache_ok = True

    def __init__(self, kind):
        super().__init__()
        self.kind = kind


class AsText(TypeDecorator):
    impl = String(16)
    cache_ok = True

    def __init__(self, kind, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind


class AsEnum(TypeDecorator):
    impl = Enum
    cache_ok = True

    def __init__(self, kind, **kwargs):
        kwargs.setdefault("values_callable", lambda members: [member.value for member in members])
        super().__init__(kind, **kwargs)


def enum_of(kind, **options):
    return Enum(kind, native_enum=False, length=32, values_callable=lambda x: [e.value for e in x], **options)


def column_of(kind, max_length=64, nullable=False):
    return Column(
        Enum(
            kind,
            native_enum=False,
            create_constraint=False,
            length=max_length,
            values_callable=lambda obj: [item.value for item in obj],
        ),
        nullable=nullable,
    )


class Settings(MutableDict):
    def chosen(self):
        return self.get("chosen")


class Enums(Base):
    __tablename__ = "enums"

    class Kind(str, enum.Enum):
        FIRST = "first"
        SECOND = "second"

    kind = column_of(Kind)
    maybe_kind = column_of(Kind, 20, nullable=True)
    settings = Column(Settings.as_mutable(JSON()), nullable=False)
    id = Column(Integer, primary_key=True)
    tone = Column(tone_type)
    alias = Column(Enum(Alias, name="alias"), default=Alias.LOW, server_default="LOW", nullable=False)
    by_member = Column(Enum(Tone), server_default=Tone.LOW.name)
    by_value = Column(String(8), server_default=Tone.LOW.value)
    code = Column(Enum(Code, name="code"))
    flags = Column(Enum(Flags))
    pair = Column(Enum(Pair))
    integer = Column(AsInteger(Tone), default=Tone.default)
    text = Column(AsText(Tone))
    inner = Column(AsEnum(Tone, name="inner"))
    listed = Column(
        ARRAY(Enum(Tone, name="tone_in_array")).with_variant(String, "sqlite").with_variant(String(9), "mysql")
    )
    colour = Column(Enum(*COLOURS, name="colour"))
    generated = Column(Enum(*[c.upper() for c in COLOURS], name="generated"))
    helped = Column(enum_of(Tone, name="helped"))
    in_metadata = Column(Enum(Tone, name="in_metadata", metadata=metadata))
    lower = Column(Enum(*[t.name.lower() for t in Tone], name="lower_names"))
    values = Column(Enum(Tone, values_callable=lambda obj: [str(item.value) for item in obj], name="tone_values"))
    omitted = Column(Enum(Tone, omit_aliases=False, name="omitted"))
    validated = Column(Enum("p", "q", validate_strings=True, native_enum=False))
