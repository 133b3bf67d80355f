"""Stands in for mixins with keys."""

from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Identity, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declarative_mixin, declared_attr, mapped_column


@declarative_mixin
class UUIDPrimaryKey:
    __abstract__ = True
    id: Mapped[UUID] = mapped_column(default=uuid4, primary_key=True, sort_order=-100)


@declarative_mixin
class BigIntPrimaryKey:
    __abstract__ = True

    @declared_attr
    def id(cls) -> Mapped[int]:
        return mapped_column(BigInteger, Identity(), primary_key=True)


@declarative_mixin
class SlugKey:
    __abstract__ = True

    @declared_attr
    def slug(cls) -> Mapped[str]:
        return mapped_column(String(100), nullable=False)

    @staticmethod
    def _constraint(*_, **kwargs):
        return UniqueConstraint("slug", **kwargs)
