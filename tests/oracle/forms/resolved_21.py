"""Types that an event of SQLAlchemy 2.1 resolves, and names that older series refuse."""

from sqlalchemy import Integer, Numeric, event
from sqlalchemy.orm import DeclarativeBase, Mapped, TypeResolve, mapped_column, registry


class Path:
    pass


class Base(DeclarativeBase):
    registry = registry()


@event.listens_for(Base.registry, "resolve_type_annotation")
def resolve(given: TypeResolve):
    return Numeric(8, 2) if given.resolved_type in (Path, float) else None


class File(Base):
    __tablename__ = "file"
    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[Path]
    size: Mapped[float | None]
    given: Mapped[int] = mapped_column(Integer)


class Plain(DeclarativeBase):
    pass


class Named(Plain):
    __tablename__ = "named"
    id: Mapped[int] = mapped_column(primary_key=True)
    metadata: Mapped[int] = mapped_column("meta_data")
