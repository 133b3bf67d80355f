"""Stands in for bases whose tables are named after their classes."""

import re
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, declared_attr

from advanced_alchemy.mixins import AuditColumns, BigIntPrimaryKey, UUIDPrimaryKey

table_name_regexp = re.compile("((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


class CommonTableAttributes:
    if TYPE_CHECKING:
        __tablename__: str
    else:

        @declared_attr.directive
        def __tablename__(cls):
            return table_name_regexp.sub(r"_\1", cls.__name__).lower()

    def to_dict(self):
        return {}


class AdvancedDeclarativeBase(DeclarativeBase):
    pass


class UUIDAuditBase(CommonTableAttributes, UUIDPrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class BigIntBase(BigIntPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True
