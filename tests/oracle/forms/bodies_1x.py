"""What statements of a class body make, and what is no column though it looks like one."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint, func, text
from sqlalchemy.orm import declarative_base, declared_attr, relationship

Base = declarative_base()
LENGTH = 40
IS_REQUIRED = True
PREFIX = "pre"


def key_column(name=None, **options):
    options.setdefault("nullable", False)
    return Column(name or "key", String(LENGTH), **options)


def reference(table, ondelete="CASCADE", required=True):
    if not table:
        raise ValueError(table)
    target = f"{table}.id"
    return Column(Integer, ForeignKey(target, ondelete=ondelete), nullable=not required)


def to(name, **kwargs):
    return relationship(name, **kwargs)


def short():
    return String(8)


class Mixin:
    removed = Column(Integer)
    hidden = Column(Integer)
    kept = Column(Integer, default=1, index=True)

    @declared_attr
    def owner_id(cls):
        return Column(Integer, ForeignKey(f"{cls.__owner__}.id"), nullable=True)

    @declared_attr
    def owner(cls):
        return relationship("Owner", foreign_keys=[cls.owner_id], backref=f"{cls.__tablename__}_list")


class Hiding:
    def hidden(self):
        return 5


class Owner(Base):
    __tablename__ = "owner"
    id = Column(Integer, primary_key=True)


class Choices:
    def __init__(self):
        self.model = Owner


choices = Choices()
owners_of = Table(
    "owners_of", Base.metadata, Column("body_id", ForeignKey("body.id")), Column("owner_id", ForeignKey(Owner.id))
)


class Body(Hiding, Mixin, Base):
    __tablename__ = "body"
    __owner__ = "owner"
    SIZE = 12
    id = Column(Integer, primary_key=True)
    removed = None
    kept = Column(String)
    key = key_column()
    other_key = key_column("other_key", unique=True)
    other_id = reference("owner", required=False)
    strict_id = reference(table="owner", ondelete="SET NULL")
    other = to("Owner", foreign_keys=[other_id])
    chosen = relationship(choices.model, foreign_keys=[other_id], viewonly=True)
    several = relationship(choices.model, secondary=owners_of, backref="of_bodies")
    sized = Column(String(SIZE), nullable=IS_REQUIRED)
    named = Column(f"{PREFIX}_named", short())
    flag = Column(Boolean, server_default=text("0"), nullable=not IS_REQUIRED)
    forgotten = (Column(Integer),)
    not_called = String
    first = second = Column(Integer)
    __private = Column(Integer)
    replaced = Column(Integer)
    replaced = Column(String(5))
    lost = Column(Integer)
    registry = Column(Integer)

    def lost(self):
        return 1

    if IS_REQUIRED:
        under_if = Column(Integer)
    __table_args__ = (UniqueConstraint("pre_named", kept, name="uq_" + PREFIX), {"comment": "a body"})


made = {
    name: type(name.title(), (Base,), {"__tablename__": name, "id": Column(Integer, primary_key=True)})
    for name in ("red", "green")
}
sides = {}
for name in ("left", "right"):
    sides[name] = type(
        name.title(), (Base,), {"__tablename__": f"{name}_side", "id": Column(Integer, primary_key=True)}
    )
sides["left"].extra = Column(String(7))
made["red"].shade = Column(Integer, nullable=False)


def make(name, column):
    return type(name, (Base,), {"__tablename__": name.lower(), "id": Column(Integer, primary_key=True), "c": column})


Built = make("Built", Column(String(3)))


class ByDecorator(Base):
    __tablename__ = "by_decorator"
    id = Column(Integer, primary_key=True)


Body.later = Column("later_on", Integer, server_default=func.now())
Base.shared = 5
