"""Columns' types as SQLAlchemy type objects, built from their source and never by importing the project."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.columns import Column
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, Module, Value

# Where a type's name is looked up, in this order: SQLAlchemy's own types first, then the dialects'.
_MODULES = (
    "sqlalchemy",
    *(f"sqlalchemy.dialects.{name}" for name in ("postgresql", "mysql", "sqlite", "mssql", "oracle")),
)


@dataclass(frozen=True)
class UnknownType:
    """A type that could not be built, and why."""

    reason: str


class _NotLiteral(ValueError):
    """An argument that is not a literal."""


class TypeBuilder:
    """Builds the types of one project."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index
        self._module: Module | None = None  # where the type that is being built stands

    def build(self, column: Column) -> TypeEngine[Any] | UnknownType:
        """Return the type of a column."""
        self._module = column.type_module
        if column.enum is not None:
            return self._enum(column)
        if column.type is None:
            if column.foreign_keys:
                return sa.types.NullType()  # SQLAlchemy takes the type of the column it refers to
            return UnknownType("its type is not known")
        if column.type.startswith("project."):
            return self._project_type(column.python_type, column)
        return self._named(column.type.rpartition(".")[2], column.type_expr, column.type)

    def _enum(self, column: Column) -> TypeEngine[Any] | UnknownType:
        enum = column.enum
        if enum is None or enum.labels is None:
            return UnknownType("the labels of its enum are not known")
        name = enum.type_name or (enum.enum.name.lower() if enum.enum is not None else None)
        return sa.Enum(*enum.labels, name=name, native_enum=enum.native)

    def _named(self, name: str, expr: e.Expr | None, full: str) -> TypeEngine[Any] | UnknownType:
        if full == "sqlmodel.AutoString":
            name = "String"
        if not full.startswith(("sqlalchemy.", "sqlmodel.")):
            return UnknownType(f"`{full}` belongs to a package that was not read")
        factory = next(
            (
                found
                for module in _MODULES
                if isinstance(found := getattr(importlib.import_module(module), name, None), type)
                and issubclass(found, TypeEngine)
            ),
            None,
        )
        if factory is None:
            return UnknownType(f"SQLAlchemy has no type `{name}`")
        args: list[Any] = []
        keywords: dict[str, Any] = {}
        if isinstance(expr, e.Call):
            try:
                args = [self._argument(argument) for argument in expr.args]
                keywords = {keyword.name: self._argument(keyword.value) for keyword in expr.keywords if keyword.name}
            except _NotLiteral as problem:
                return UnknownType(f"an argument of `{name}` is not a literal: {problem}")
        elif name == "ARRAY":
            return UnknownType("an ARRAY without an item type")
        try:
            return factory(*args, **keywords)
        except Exception as error:  # whatever SQLAlchemy refuses at class definition
            return UnknownType(f"SQLAlchemy refuses `{name}`: {error}")

    def _argument(self, expr: e.Expr) -> Any:
        if isinstance(expr, (e.Str, e.Constant)):
            return expr.value
        if isinstance(expr, e.Unary) and expr.op == "-" and isinstance(expr.operand, e.Constant):
            return -(expr.operand.value or 0)
        if isinstance(expr, (e.Name, e.Attribute)) and self._module is not None:
            symbol = self.index.resolver.expr(self._module, expr)
            if isinstance(symbol, Value) and isinstance(symbol.value, (e.Str, e.Constant)):
                return symbol.value.value
        func = expr.func if isinstance(expr, e.Call) else expr
        dotted = e.dotted_name(func)
        if dotted:
            found = self._named(dotted.rpartition(".")[2], expr, f"sqlalchemy.{dotted.rpartition('.')[2]}")
            if not isinstance(found, UnknownType):
                return found
        raise _NotLiteral(dotted or type(expr).__name__)

    def _project_type(self, symbol: object, column: Column) -> TypeEngine[Any] | UnknownType:
        """Build the `impl` of a `TypeDecorator`, which is what the database sees."""
        if not isinstance(symbol, ClassSymbol):
            return UnknownType(f"`{column.type}` is a class of the project")
        for base in self.index.bases.mro(symbol):
            if isinstance(base, External):
                if base.name.startswith("sqlalchemy.") and base.name not in (
                    "sqlalchemy.TypeDecorator",
                    "sqlalchemy.UserDefinedType",
                    "sqlalchemy.TypeEngine",
                ):
                    return self._named(base.name.rpartition(".")[2], column.type_expr, base.name)
                continue
            if not isinstance(base, ClassSymbol):
                continue
            if any(isinstance(item, s.FunctionStmt) and item.name == "load_dialect_impl" for item in base.facts.body):
                return UnknownType(f"`{base.name}` chooses its type by dialect")
            for statement in base.facts.body:
                if not isinstance(statement, s.Assign) or statement.value is None:
                    continue
                if any(isinstance(target, e.Name) and target.id == "impl" for target in statement.targets):
                    func = statement.value.func if isinstance(statement.value, e.Call) else statement.value
                    found = self.index.resolver.expr(base.module, func)
                    if isinstance(found, External):
                        self._module = base.module
                        return self._named(found.name.rpartition(".")[2], statement.value, found.name)
                    return UnknownType(f"the `impl` of `{base.name}` is not known")
        return UnknownType(f"`{symbol.name}` says no `impl`")
