"""Stands in for bases whose tables are named after their classes."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional, cast

from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, declared_attr

from advanced_alchemy.mixins import AuditColumns, BigIntPrimaryKey, UUIDPrimaryKey

table_name_regexp = re.compile("((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")


class CommonTableAttributes:
    if TYPE_CHECKING:
        __tablename__: str
    else:

        @declared_attr.directive
        @classmethod
        def __tablename__(cls):
            names = cast("Mapping[str, Any]", cls.__dict__)
            if "__tablename__" in names:
                return cast("Optional[str]", names["__tablename__"])
            given = getattr(cls, "__mapper_args__", {})
            arguments = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
            if arguments.get("concrete", False) or "polymorphic_on" in arguments:
                return table_name_regexp.sub(r"_\1", cls.__name__).lower()
            for parent in cls.__mro__[1:]:
                inherited = getattr(parent, "__mapper_args__", None)
                if isinstance(inherited, dict) and "polymorphic_on" in inherited:
                    return None
            return table_name_regexp.sub(r"_\1", cls.__name__).lower()

    def to_dict(self):
        return {}


class AdvancedDeclarativeBase(DeclarativeBase):
    pass


class UUIDAuditBase(CommonTableAttributes, UUIDPrimaryKey, AuditColumns, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True


class BigIntBase(BigIntPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase, AsyncAttrs):
    __abstract__ = True
