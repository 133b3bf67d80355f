"""Columns' types as SQLAlchemy type objects, built from their source and never by importing the project."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from ormlint.facts import expressions as e
from ormlint.index.columns import Column, Reference
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.schema.static import ENUM_OPTIONS, StaticMachine, plain

# What `Mapped[float]` means to this SQLAlchemy.
_FLOAT = "Float" if sa.__version__.startswith("2.0.") else "Double"


@dataclass(frozen=True)
class UnknownType:
    """A type that could not be built, and why."""

    reason: str


def of_table(reference: Reference | None) -> bool:
    """Tell whether a foreign key is given by a constraint of the table: the column is there before it."""
    return reference is not None and reference.of_table


class TypeBuilder:
    """Builds the types of one project, for the database of the machine."""

    def __init__(self, index: ProjectIndex, machine: StaticMachine) -> None:
        self.index = index
        self.machine = machine

    def build(self, mapped: MappedClass, attribute: ModelAttribute) -> TypeEngine[Any] | UnknownType:
        """Return the type of a column of a mapped class."""
        column = attribute.column
        if column is None:
            return UnknownType("it is no column")
        if column.written is not None:
            found, reason = self.machine.type_of_expr(*column.written, attribute.owner)
            if found is not None:
                return found
            if column.enum is None:
                return UnknownType(reason)
        own_keys = [key for key, given in zip_longest(column.foreign_keys, column.references) if not of_table(given)]
        if own_keys and column.written is None and mapped.style != "sqlmodel":
            return sa.types.NullType()  # SQLAlchemy takes the type of the column it refers to
        return self._annotated(mapped, attribute, column)

    def annotated(self, mapped: MappedClass, attribute: ModelAttribute) -> TypeEngine[Any] | UnknownType:
        """Return the type that the annotation of a column stands for, a foreign key or not."""
        column = attribute.column
        return self._annotated(mapped, attribute, column) if column is not None else UnknownType("it is no column")

    def _annotated(
        self, mapped: MappedClass, attribute: ModelAttribute, column: Column
    ) -> TypeEngine[Any] | UnknownType:
        if column.enum is not None:
            return self._enum(column)
        if column.type is None:
            if column.foreign_keys:
                return sa.types.NullType()
            return UnknownType("its type is not known")
        name = column.type.rpartition(".")[2]
        if mapped.style == "sqlmodel" and name in ("AutoString", "String"):
            return self._field_string(attribute)
        if mapped.style == "sqlmodel" and name == "Numeric":
            return self._field_numeric(attribute)
        if name == "Float" and column.written is None and mapped.style != "sqlmodel":
            name = _FLOAT
        factory = getattr(sa, name, None)
        if isinstance(factory, type) and issubclass(factory, TypeEngine):
            return factory()
        return UnknownType(f"`{column.type}` is a class of the project")

    def _field_string(self, attribute: ModelAttribute) -> TypeEngine[Any] | UnknownType:
        """Return the type of a SQLModel field that is a `str`: `AutoString`, which has a length on MySQL."""
        call = attribute.value if isinstance(attribute.value, e.Call) else None
        given = call.keyword("max_length") if call is not None else None
        if given is None:
            return sa.String(255) if self.machine.dialect == "mysql" else sa.String()
        length = self.machine.value(given, attribute.module, attribute.owner)
        return sa.String(length) if isinstance(length, int) else UnknownType("its `max_length` is computed")

    def _field_numeric(self, attribute: ModelAttribute) -> TypeEngine[Any] | UnknownType:
        call = attribute.value if isinstance(attribute.value, e.Call) else None
        given = [call.keyword(name) if call is not None else None for name in ("max_digits", "decimal_places")]
        sizes = [self.machine.value(item, attribute.module, attribute.owner) if item else None for item in given]
        if any(size is not None and not isinstance(size, int) for size in sizes):
            return UnknownType("its `max_digits` or `decimal_places` is computed")
        return sa.Numeric(precision=sizes[0], scale=sizes[1])

    def _enum(self, column: Column) -> TypeEngine[Any] | UnknownType:
        enum = column.enum
        if enum is None or enum.labels is None:
            return UnknownType("the labels of its enum are not known")
        name = enum.type_name or (enum.enum.name.lower() if enum.enum is not None else None)
        options: dict[str, Any] = {"name": name, "native_enum": enum.native}
        if column.enum_call is not None:
            call, module = column.enum_call
            for keyword in call.keywords:
                given = plain(self.machine.value(keyword.value, module)) if keyword.name in ENUM_OPTIONS else None
                options.update({keyword.name: given} if given is not None else {})
        return sa.Enum(*enum.labels, **options)
