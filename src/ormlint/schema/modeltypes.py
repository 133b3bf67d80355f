"""Types and server defaults of models, read by the evaluator that reads those of migrations."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Module
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.simulated import Default
from ormlint.schema.replay.statements import Statements
from ormlint.schema.replay.values import Ref, Unknown


class ModelTypes:
    """Reads the columns of one project for one dialect: both sides of a comparison are read alike."""

    def __init__(self, index: ProjectIndex, dialect: str) -> None:
        self.machine = Statements(index, dialect)
        self.machine.quiet = 1  # nothing is executed
        self.dialect = dialect

    def type_of(self, mapped: MappedClass, attribute: ModelAttribute) -> TypeEngine[Any] | Unknown:
        """Return the type of a column in the database."""
        column = attribute.column
        if column is None:
            return Unknown("it is no column")
        if column.enum is not None:
            return self._enum(column)
        if column.written is not None:
            found = self._value(*column.written)
            return found if isinstance(found, Unknown) else self._type(found)
        if column.type is None:
            return Unknown("its type is not known")
        if mapped.style == "sqlmodel" and column.type == "sqlalchemy.String":
            return _sqlmodel_string(attribute)
        return self._type(Ref(column.type))

    def default_of(self, column: Column) -> Default | Unknown | None:
        """Return the server default of a column; None where it has none."""
        given = column.server_default
        if given is None:
            return None
        value = self._value(given.expr, given.module)
        if value is None:
            return None  # a constant that is None
        return self.machine.default_of(value)

    def _value(self, expr: e.Expr, module: Module) -> Any:
        self.machine.steps_left = BUDGET
        self.machine.depth = 0
        try:
            return self.machine.evaluate(expr, self.machine.module_scope(module))
        except (OverBudget, Raised, RecursionError):
            return Unknown("it was not understood")

    def _type(self, value: Any) -> TypeEngine[Any] | Unknown:
        self.machine.steps_left = BUDGET
        try:
            found, _ = self.machine.type_of(value)
        except (OverBudget, Raised, RecursionError):
            return Unknown("its type was not understood")
        return found

    def _enum(self, column: Column) -> TypeEngine[Any] | Unknown:
        enum = column.enum
        assert enum is not None
        if column.type not in ("sqlalchemy.Enum", "sqlalchemy.ENUM"):
            return Unknown("its type is not known")
        if column.written is not None and _is_indirect(column.written[0]):
            found = self._value(*column.written)  # a variant, or a type with a name of its own
            return found if isinstance(found, Unknown) else self._type(found)
        name = enum.type_name or (enum.enum.name.lower() if enum.enum is not None else None)
        call = column.written[0] if column.written is not None else None
        if enum.type_name is None and isinstance(call, e.Call) and call.keyword("name") is not None:
            name = None  # a computed name
        if enum.labels is None and not (enum.native and self.dialect == "postgresql"):
            return Unknown("the labels of its enum are not known")
        length = call.keyword("length") if isinstance(call, e.Call) else None
        if length is not None and not isinstance(length, e.Constant):
            return Unknown("the length of its enum is not known")
        options: dict[str, Any] = {"length": length.value} if isinstance(length, e.Constant) else {}
        return sa.Enum(*(enum.labels or ()), name=name or "", native_enum=enum.native, **options)


def _is_indirect(expr: e.Expr) -> bool:
    """Tell whether an enum type is given by a name, has variants, or says itself whether it is native."""
    if not isinstance(expr, e.Call):
        return True
    variants = ("with_variant", "evaluates_none", "as_mutable")
    return expr.keyword("native_enum") is not None or (
        isinstance(expr.func, e.Attribute) and expr.func.attr in variants
    )


def _sqlmodel_string(attribute: ModelAttribute) -> TypeEngine[Any] | Unknown:
    call = attribute.value
    given = call.keyword("max_length") if isinstance(call, e.Call) else None
    if given is None:
        return sa.String()
    if isinstance(given, e.Constant) and isinstance(given.value, int):
        return sa.String(given.value)
    return Unknown("its `max_length` is computed")
