"""What top-level statements say of a `MetaData`: conventions that are set on it, extensions of Flask that hold one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.symbols import Module


@dataclass(frozen=True)
class MetadataSettings:
    """The statements, each with its module, in the order of the files."""

    conventions: tuple[tuple[Module, e.Expr], ...]  # values of `….naming_convention = …`
    extensions: tuple[tuple[Module, str], ...]  # names that `SQLAlchemy(…)` is bound to


def read_settings(modules: Iterable[Module]) -> MetadataSettings:
    """Look through the top-level statements of modules."""
    conventions: list[tuple[Module, e.Expr]] = []
    extensions: list[tuple[Module, str]] = []
    for module in modules:
        for statement in walk_statements(module.interface.body):
            if isinstance(statement, s.Assign) and statement.value is not None:
                for target in statement.targets:
                    if isinstance(target, e.Attribute) and target.attr == "naming_convention":
                        conventions.append((module, statement.value))
        for statement in module.interface.body:
            if isinstance(statement, s.Assign) and isinstance(statement.value, e.Call):
                if (e.dotted_name(statement.value.func) or "").rpartition(".")[2] == "SQLAlchemy":
                    names = (target.id for target in statement.targets if isinstance(target, e.Name))
                    extensions.extend((module, name) for name in names)
    return MetadataSettings(tuple(conventions), tuple(extensions))
