"""Types and server defaults of models, read by the evaluator that reads those of migrations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Module
from ormlint.schema.replay.simulated import Default
from ormlint.schema.replay.values import Unknown
from ormlint.schema.static import StaticMachine
from ormlint.schema.types import TypeBuilder, UnknownType


class ModelTypes:
    """Reads the columns of one project for one dialect: both sides of a comparison are read alike."""

    def __init__(self, index: ProjectIndex, dialect: str) -> None:
        self.machine = StaticMachine(index, dialect)
        self.types = TypeBuilder(index, self.machine)
        self.dialect = dialect

    def type_of(self, mapped: MappedClass, attribute: ModelAttribute) -> TypeEngine[Any] | Unknown:
        """Return the type of a column in the database."""
        column = attribute.column
        if column is not None and column.written is None and column.foreign_keys and mapped.style != "sqlmodel":
            return Unknown("it has the type of the column that it refers to")
        found = self.types.build(mapped, attribute)
        if not isinstance(found, UnknownType):
            return found if not isinstance(found, NullType) else Unknown("its type is not known")
        enum = column.enum if column is not None else None
        if enum is not None and enum.labels is None and enum.native and self.dialect == "postgresql":
            if enum.type_name is not None or enum.enum is not None:  # its labels are not known, its name is
                return sa.Enum(name=enum.type_name or (enum.enum.name.lower() if enum.enum is not None else ""))
        return Unknown(found.reason)

    def default_of(self, attribute: ModelAttribute) -> Default | Unknown | None:
        """Return the server default of a column; None where it has none."""
        given = attribute.column.server_default if attribute.column is not None else None
        if given is None:
            return None
        value = self.machine.value(given.expr, given.module, attribute.owner)
        if value is None:
            return None  # a constant that is None
        return self.machine.default_of(value)

    def value_of(self, expr: e.Expr, module: Module) -> Any:
        """Return the value of an expression at the top of a module."""
        return self.machine.value(expr, module)
