"""What is known of a variable only because some annotation says so, and what speaks against the annotation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.reads import READS
from ormlint.index.symbols import FunctionSymbol
from ormlint.semantic.records import FunctionRecord

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex


class DeclaredTypes:
    """Answers whether an annotation alone gives a variable its class, and whether that may not be what runs."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index

    def is_declared(self, record: FunctionRecord, name: str) -> bool:
        """Tell whether a variable is an annotated parameter, or holds what an annotated function returns."""
        return self._is_declared(record, name, 0)

    def _is_declared(self, record: FunctionRecord, name: str, depth: int) -> bool:
        values: list[tuple[e.Expr, bool]] = []
        for statement in walk_statements(record.body):
            if isinstance(statement, s.Assign) and statement.value is not None:
                if any(isinstance(target, e.Name) and target.id == name for target in statement.targets):
                    values.append((statement.value, False))
            elif isinstance(statement, s.For) and isinstance(statement.target, e.Name) and statement.target.id == name:
                values.append((statement.iter, True))
        if values:
            return depth < 3 and any(self._gives_declared(record, value, depth) for value, _ in values)
        symbol = record.symbol
        params = symbol.facts.params if symbol is not None else ()
        return any(param.name == name and param.annotation is not None for param in params)

    def _gives_declared(self, record: FunctionRecord, value: e.Expr, depth: int) -> bool:
        if isinstance(value, e.Await):
            value = value.value
        if isinstance(value, e.Name):
            return self._is_declared(record, value.id, depth + 1)
        if not isinstance(value, e.Call):
            return False
        found = self.index.resolver.expr(record.module, value.func)
        return isinstance(found, FunctionSymbol) and found.facts.returns is not None

    def may_be_other(self, name: str, is_declared: bool) -> bool:
        """Tell whether an object that is asked for a name may be no model, whatever is said of it.

        A label of that name makes rows that have it. Where an annotation alone says that it is a model, a class
        that is none and has a method or property of the name is the likelier one.
        """
        return name in self.labels or (is_declared and name in self._members)

    @property
    def labels(self) -> frozenset[str]:
        """Names given by `….label("name")`."""
        return self.index.made_by_calls.labels

    @property
    def _members(self) -> frozenset[str]:
        """Methods and properties of the project's classes that are not mapped."""
        READS.seen.update((("interfaces",), ("models",)))
        return self._own_members

    @cached_property
    def _own_members(self) -> frozenset[str]:
        models = self.index.own_mapped
        return frozenset(
            function.name
            for module in self.index.own_modules.values()
            for function in module.functions
            if function.owner is not None and function.owner.key not in models
        )
