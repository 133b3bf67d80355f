"""Stands in for columns that say when a row was made and changed."""

import datetime

from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, declarative_mixin, mapped_column


def now():
    return datetime.datetime.now(datetime.timezone.utc)


@declarative_mixin
class AuditColumns:
    __abstract__ = True
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
