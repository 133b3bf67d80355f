"""What DDL is made of besides columns: constructs that the project compiles, conditions by database, expressions."""

import enum
from functools import partial
from typing import Optional

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.sql import functions
from sqlalchemy.sql.functions import coalesce


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s__%(column_0_N_name)s",
            "uq": "uq_%(table_name)s__%(column_0_N_name)s",
            "ck": "ck_%(table_name)s__%(constraint_name)s",
            "fk": "fk_%(table_name)s__%(column_0_N_name)s__%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


FORMAT = sa.literal("%Y-%m", literal_execute=True)
written_now = sa.literal("now", literal_execute=True)
formatted = partial(func.strftime, FORMAT)
VERSION = "none yet"
LEVELS = ["low", "high"]


class NewKey(functions.FunctionElement):
    name = "new_key"
    inherit_cache = True


@compiles(NewKey, "postgresql")
def new_key_of_postgresql(element, compiler, **kw):
    return "(gen_random_uuid())"


@compiles(NewKey)
def new_key(element, compiler, **kw):
    return "(hex(randomblob(16)))"


class yesterday(functions.now):
    inherit_cache = True


@compiles(functions.localtime, "sqlite")
def localtime_of_sqlite(element, compiler, **kw):
    return compiler.process(formatted(written_now), **kw)


class ByName(str, enum.Enum):
    @staticmethod
    def _generate_next_value_(name, *_):
        return name


class State(ByName):
    NEW = enum.auto()
    DONE = enum.auto()

    @classmethod
    def open_ones(cls):
        return [cls.NEW]


class Stage:
    ACTIVE, GONE, ALL = range(1, 4)
    TEXTS = {ACTIVE: "active", GONE: "gone"}

    @classmethod
    def texts(cls, wanted=3):
        found = []
        if wanted in (cls.ACTIVE, cls.ALL):
            found.append(cls.TEXTS[cls.ACTIVE])
        if wanted in (cls.GONE, cls.ALL):
            found.append("gone")
        return found


class Named_(enum.Enum):
    FIRST = "first"
    SECOND = "second"


class AsName(sa.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def __init__(self, kind, *args, **kwargs):
        self.kind = kind
        super().__init__(*args, **kwargs)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        return value.name


def quoted(values):
    return ", ".join(f"'{value}'" for value in values)


class Named:
    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()


class Made(Named, Base):
    key: Mapped[str] = mapped_column(primary_key=True, server_default=NewKey())
    at: Mapped[Optional[str]] = mapped_column(server_default=functions.localtime())
    version: Mapped[str] = mapped_column(server_default=VERSION)
    state: Mapped[State] = mapped_column(server_default=State.NEW)
    level: Mapped[str] = mapped_column(sa.String(9), server_default=LEVELS[0], unique=True)
    start: Mapped[Optional[int]]
    planned: Mapped[Optional[int]] = mapped_column(index=True)
    summed: Mapped[int] = mapped_column(sa.Computed("start + planned"))
    counted: Mapped[int] = mapped_column(sa.Identity(start=3, increment=2))
    commented: Mapped[Optional[int]] = mapped_column(comment="what it is")
    dated: Mapped[Optional[int]] = mapped_column(server_default=text("42"))
    written: Mapped[Optional[str]] = mapped_column(server_default=func.lower("X"))

    __table_args__ = (
        Index("ix_of_some", "level", postgresql_using="gin").ddl_if(dialect="postgresql"),
        Index("ix_of_many", "start", "planned").ddl_if(dialect=("sqlite", "mysql")),
        CheckConstraint("start > 0", name="positive"),
        CheckConstraint("planned > 0", "also_positive"),
        CheckConstraint(sqltext="planned > %(least)s" % {"least": 3}, name="least"),
        CheckConstraint(f"level IN ({quoted(LEVELS)})", name="levels"),
        CheckConstraint("level IN ('%s')" % "', '".join(LEVELS), name="joined"),
        UniqueConstraint("start", "planned"),
    )


class Indexed(Named, Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[Optional[str]] = mapped_column(sa.ForeignKey(Made.key, ondelete="CASCADE", name="given_name"))
    start: Mapped[Optional[int]] = mapped_column()
    planned: Mapped[Optional[int]] = mapped_column()
    state: Mapped[State] = mapped_column(sa.Enum(State))
    name: Mapped[str] = mapped_column(sa.String(30))
    gone: Mapped[bool] = mapped_column(default=False)
    as_name: Mapped[str] = mapped_column(AsName(Named_, 20))

    @declared_attr.directive
    def __table_args__(cls):
        return (
            Index("ix_coalesced", coalesce(cls.start, cls.planned).desc()),
            Index("ix_coalesced_and", cls.state, coalesce(cls.start, cls.planned)),
            Index("ix_included", cls.start, cls.planned.desc(), postgresql_include=["id", "key"]),
            Index("ix_lower", func.lower(cls.name), unique=True),
            Index(
                "ix_partial", cls.start, sqlite_where=cls.state == State.NEW, postgresql_where=cls.state == State.NEW
            ),
            Index(None, "start", "planned"),
            Index("ix_operated", "name", postgresql_ops={"name": "varchar_pattern_ops"}, mysql_length=10),
            Index(
                "ix_alive",
                cls.start.asc(),
                sqlite_where=cls.gone == sa.false(),
                postgresql_where=cls.gone == sa.false(),
            ),
            Index("ix_open", cls.start, postgresql_where=cls.state.not_in(State.open_ones())),
            Index("ix_named", cls.start, postgresql_where=cls.as_name.in_([Named_.FIRST, Named_.SECOND])),
            CheckConstraint(cls.name.in_(Stage.texts(Stage.ALL)), name="stages"),
            CheckConstraint(cls.start < cls.planned, name="order"),
            CheckConstraint(sa.or_(cls.start.is_(None), cls.planned.is_not(None)), name="either"),
            ForeignKeyConstraint(["start", "planned"], ["made.start", "made.planned"], ondelete="SET NULL"),
            ForeignKeyConstraint(["start"], ["indexed.id"], "fk_named_by_place"),
            {"comment": "of many indexes", "sqlite_autoincrement": True},
        )


Index("ix_later_start", Indexed.start)
later = Index("ix_later", Indexed.name, Indexed.planned.desc(), unique=True)
sa.Index("ix_of_table", Indexed.__table__.c.planned)
