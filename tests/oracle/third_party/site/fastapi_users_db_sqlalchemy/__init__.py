"""Stands in for fastapi-users' adapter: a generic mixin whose columns are hidden from type checkers."""

import uuid
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from fastapi_users_db_sqlalchemy.generics import GUID

ID = TypeVar("ID")
UUID_ID = uuid.UUID


class SQLAlchemyBaseUserTable(Generic[ID]):
    __tablename__ = "user"

    if TYPE_CHECKING:
        id: ID
        email: str
    else:
        email: Mapped[str] = mapped_column(String(length=320), unique=True, index=True, nullable=False)
        is_active: Mapped[bool] = mapped_column(Boolean, default=True, nullable=False)


class SQLAlchemyBaseUserTableUUID(SQLAlchemyBaseUserTable[UUID_ID]):
    if TYPE_CHECKING:
        id: UUID_ID
    else:
        id: Mapped[UUID_ID] = mapped_column(GUID, primary_key=True, default=uuid.uuid4)
