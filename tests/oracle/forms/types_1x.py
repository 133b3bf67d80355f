"""Types: of dialects, with variants, decorated, with arguments, by names of the module and of the project."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    PickleType,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
    Unicode,
    UnicodeText,
    types,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.dialects.mysql import LONGTEXT, MEDIUMTEXT, TINYINT
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, HSTORE, INET, INT4RANGE, JSONB, MACADDR, TSVECTOR, UUID
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import declarative_base

Base = declarative_base()
LONG = 500
BigKey = BigInteger().with_variant(Integer, "sqlite")
Big = Text().with_variant(LONGTEXT, "mysql").with_variant(postgresql.TEXT, "postgresql")
Json = JSON().with_variant(JSONB(), "postgresql")
short = String(8)


class Lower(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value


class Fixed(TypeDecorator):
    impl = String(12)
    cache_ok = True


class Sized(TypeDecorator):
    impl = String
    cache_ok = True

    def __init__(self, size=20):
        super().__init__(length=size * 2)


class ByDialect(TypeDecorator):
    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.JSONB())
        return dialect.type_descriptor(Text())


class Guid(TypeDecorator):
    impl = types.CHAR(36)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(UUID())
        elif dialect.name == "mysql":
            return dialect.type_descriptor(types.BINARY(16))
        else:
            return dialect.type_descriptor(types.CHAR(32))


class Own(types.UserDefinedType):
    cache_ok = True

    def __init__(self, precision=8):
        self.precision = precision

    def get_col_spec(self, **kw):
        return "OWN(%s)" % self.precision


class Generic(Base):
    __tablename__ = "generic"
    id = Column(BigKey, primary_key=True)
    big = Column(Big)
    json = Column(Json, nullable=False)
    short = Column(short)
    boolean = Column(Boolean, nullable=False)
    checked = Column(Boolean(create_constraint=True, name="is_checked"))
    day = Column(Date)
    at = Column(DateTime(True))
    zoned = Column(DateTime(timezone=True))
    clock = Column(Time(timezone=True))
    span = Column(Interval)
    number = Column(Float(precision=53))
    money = Column(Numeric(10, 2, asdecimal=False))
    scaled = Column(Numeric(precision=12, scale=4))
    raw = Column(LargeBinary(200))
    pickled = Column(PickleType)
    small = Column(SmallInteger)
    text = Column(UnicodeText)
    name = Column(Unicode(LONG))
    collated = Column(String(30, collation="C"))
    by_module = Column(types.String(length=LONG // 2))
    lower = Column(Lower(30))
    lower_bare = Column(Lower)
    fixed = Column(Fixed)
    sized = Column(Sized(3))
    sized_bare = Column(Sized)
    by_dialect = Column(ByDialect)
    guid = Column(Guid())
    mutable = Column(MutableDict.as_mutable(JSON))
    mutable_own = Column(MutableDict.as_mutable(ByDialect()))
    evaluated = Column(JSON(none_as_null=True).evaluates_none())
    own = Column(Own(12))
    own_bare = Column(Own)


class Postgres(Base):
    __tablename__ = "postgres"
    id = Column(UUID(as_uuid=True), primary_key=True)
    uuid = Column(postgresql.UUID)
    data = Column(JSONB, nullable=False)
    text_data = Column(JSONB(astext_type=Text()))
    numbers = Column(ARRAY(Integer))
    grid = Column(ARRAY(String(4), dimensions=2))
    raw = Column(BYTEA)
    pairs = Column(HSTORE)
    address = Column(INET)
    mac = Column(MACADDR())
    span = Column(INT4RANGE)
    vector = Column(TSVECTOR)
    stamp = Column(postgresql.TIMESTAMP(timezone=True, precision=3))
    either = Column(ARRAY(Integer).with_variant(JSON, "sqlite").with_variant(JSON(), "mysql"))
    length = Column(postgresql.INTERVAL(fields="DAY"))
    bits = Column(postgresql.BIT(4, varying=True))


class MySQL(Base):
    __tablename__ = "mysql"
    id = Column(mysql.INTEGER(unsigned=True), primary_key=True)
    tiny = Column(TINYINT(1))
    medium = Column(MEDIUMTEXT(collation="utf8mb4_bin"))
    choice = Column(mysql.ENUM("a", "b"))
    several = Column(mysql.SET("x", "y"))
    big = Column(mysql.BIGINT(20, unsigned=True))
    precise = Column(mysql.DATETIME(fsp=6))
    year = Column(mysql.YEAR)
    double = Column(mysql.DOUBLE(asdecimal=True))


class SQLite(Base):
    __tablename__ = "lite"
    id = Column(sqlite.INTEGER, primary_key=True)
    day = Column(sqlite.DATE)
    at = Column(sqlite.DATETIME(truncate_microseconds=True))
    json = Column(sqlite.JSON)
