"""Where faults are planted: places that spelling and the index alone choose, never the inference.

A place that inference had to recognise would only measure inference with itself. So a constructor is a call by
the name of a mapped class that nothing else in the project is called; an attribute is one whose name only mapped
classes have (no other class declares it or sets it on `self`, no object of Python's own has it, no function is
called so); an enum member is written out, next to the column's name. What such a name is read on is not asked,
only its spelling: `request.` and `response.` are a framework's objects, what `except … as name` binds an exception.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import logging
import pathlib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ormlint.dev.seeding.judge import IndexJudge
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.enums import EnumClass
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import FunctionSymbol, Module

PREFIX = "seeded_"
WRONG = "seeded wrong label"
_STORED = frozenset({"column", "relationship", "backref"})
_PYTHON_TYPES = (
    *(str, bytes, int, float, list, dict, set, tuple, type, BaseException, OSError, re.Match),
    *(datetime.datetime, datetime.date, datetime.timedelta, decimal.Decimal, uuid.UUID, pathlib.Path),
    *(collections.Counter, collections.deque, logging.Logger, logging.LogRecord, enum.Enum),
)
PYTHON_NAMES = frozenset(name for kind in _PYTHON_TYPES for name in dir(kind)) | {"status_code", "name", "value"}
_COLUMNS = frozenset({"c", "columns", "excluded"})
_OF_FRAMEWORKS = frozenset({"request", "req", "response", "resp"})
_MEMBERSHIP = frozenset({"in_", "not_in", "notin_"})


@dataclass(frozen=True, slots=True)
class Site:
    """One place and the fault that is planted there. `codes`: the rules of which one has to speak."""

    kind: str
    module: Module
    function: FunctionSymbol  # the outermost function around the place
    start: int
    end: int
    text: str
    codes: frozenset[str]
    subject: e.Expr | None  # what has to be understood for the fault to be found
    owners: tuple[str, ...]  # the mapped classes that may be meant, and those derived from them


@dataclass
class _Names:
    """What names of the project are names of."""

    models: dict[str, MappedClass] = field(default_factory=dict)  # of exactly one mapped class and nothing else
    enums: dict[str, EnumClass] = field(default_factory=dict)
    attributes: dict[str, list[MappedClass]] = field(default_factory=dict)  # that only mapped classes have


class SiteFinder:
    """Lists the sites of a project."""

    def __init__(self, index: ProjectIndex, judge: IndexJudge) -> None:
        self.index = index
        self.judge = judge
        self.names = self._read_names()

    def sites(self) -> Iterator[Site]:
        """Yield every site, modules and functions in their order, each function's in source order."""
        for module in self.index.modules.values():
            if module.is_installed:
                continue
            outermost: FunctionSymbol | None = None
            for function in module.functions:
                if outermost is None or function.facts.start >= outermost.facts.end:
                    outermost = function
                found = _BodySites(self, function, outermost).read()
                yield from sorted(found, key=lambda site: (site.start, site.kind))

    def _read_names(self) -> _Names:
        index, names = self.index, _Names()
        taken: collections.Counter[str] = collections.Counter()
        others: set[str] = set(PYTHON_NAMES)
        for module in index.modules.values():
            if module.is_installed:
                continue
            taken.update(symbol.name for symbol in module.classes)
            taken.update({symbol.name for symbol in module.functions})
            others.update(symbol.name for symbol in module.functions)
            others.update(module.name.split("."))
            others.update(module.scope)
            for symbol in module.classes:
                if index.mapped_of(symbol) is None and not self._is_mixin(symbol):
                    others.update(index.mapper.body(symbol).members)
            for function in module.functions:
                if function.owner is None or index.mapped_of(function.owner) is None:
                    others.update(function.facts.self_stores)
        for name, found in index.by_name.items():
            if len(found) == 1 and taken[name] == 1:
                names.models[name] = found[0]
        for mapped in index.mapped.values():
            for attribute in mapped.attributes.values():
                column = attribute.column
                if attribute.kind in _STORED and attribute.name not in others:
                    names.attributes.setdefault(attribute.name, []).append(mapped)
                if column is not None and column.enum is not None and column.enum.enum is not None:
                    found_enum = column.enum.enum
                    if taken[found_enum.name] == 1:
                        names.enums[found_enum.name] = found_enum
        return names

    def _is_mixin(self, symbol: object) -> bool:
        return any(symbol in mapped.mro for mapped in self.index.mapped.values())


class _BodySites:
    """The sites of one body."""

    def __init__(self, finder: SiteFinder, function: FunctionSymbol, outermost: FunctionSymbol) -> None:
        self.index = finder.index
        self.judge = finder.judge
        self.names = finder.names
        self.function = function
        self.outermost = outermost
        self.found: list[Site] = []
        self.exceptions: set[str] = set()  # names that `except … as name` binds

    def read(self) -> list[Site]:
        body = self.index.body(self.function)
        handlers = (node for node in walk_nodes(body) if isinstance(node, s.Handler))
        self.exceptions = {handler.name for handler in handlers}
        stored: dict[int, e.Expr | None] = {}
        for statement in walk_statements(body):
            for target, value in _targets(statement):
                stored[id(target)] = value
        for node in walk_nodes(body):
            if isinstance(node, e.Call):
                self._call(node)
            elif isinstance(node, e.Attribute):
                if id(node) in stored:
                    self._attribute(node, "attribute store", frozenset({"ORM202", "ORM212"}))
                    value = stored[id(node)]
                    if value is not None:
                        self._enum_on(node, value, "assignment")
                else:
                    self._attribute(node, "attribute read", frozenset({"ORM203"}))
            elif isinstance(node, e.Compare) and len(node.rest) == 1:
                self._compare(node)
        return self.found

    def _add(
        self,
        kind: str,
        place: tuple[int, int],
        text: str,
        codes: Iterable[str],
        subject: e.Expr | None,
        *models: MappedClass,
    ) -> None:
        module, outermost = self.function.module, self.outermost
        owner = tuple(dict.fromkeys(heir.name for model in models for heir in self.index.subclasses(model)))
        self.found.append(Site(kind, module, outermost, *place, text, frozenset(codes), subject, owner))

    # -- constructors and filters

    def _call(self, node: e.Call) -> None:
        name = _last(node.func)
        model = self.names.models.get(name)
        if model is not None:
            for keyword in node.keywords:
                if keyword.name in model.attributes and self.judge.rejects_keyword(model, PREFIX + keyword.name):
                    place = keyword.name_range.start, keyword.name_range.end
                    self._add("constructor", place, PREFIX + keyword.name, ("ORM201",), node.func, model)
                self._enum_value(model, keyword.name, keyword.value, "constructor", node.func)
        elif isinstance(node.func, e.Attribute) and node.func.attr == "filter_by":
            owner = self._filtered(node)
            for keyword in node.keywords:
                if owner is None or keyword.name not in owner.attributes:
                    continue
                if self.judge.lacks(owner, PREFIX + keyword.name):
                    place = keyword.name_range.start, keyword.name_range.end
                    subject = node.func.value if isinstance(node.func, e.Attribute) else None
                    self._add("filter_by", place, PREFIX + keyword.name, ("ORM204",), subject, owner)
        elif isinstance(node.func, e.Attribute) and node.func.attr in _MEMBERSHIP and node.args:
            if isinstance(node.func.value, e.Attribute) and isinstance(node.args[0], e.Display):
                for element in node.args[0].elements:
                    self._enum_on(node.func.value, element, "comparison")

    def _filtered(self, node: e.Call) -> MappedClass | None:
        """Return the class that `query(Model).filter_by(…)` and its kin ask for, by its name."""
        expr: e.Expr = node.func
        while isinstance(expr, (e.Call, e.Attribute)):
            if isinstance(expr, e.Call):
                called = expr.func.attr if isinstance(expr.func, e.Attribute) else _last(expr.func)
                if called in ("join", "outerjoin", "select_from", "join_from"):
                    return None
                if called in ("query", "select") and len(expr.args) == 1:
                    return self.names.models.get(_last(expr.args[0]))
                expr = expr.func
            else:
                if expr.attr == "query" and _last(expr.value) in self.names.models:
                    return self.names.models[_last(expr.value)]
                expr = expr.value
        return None

    # -- attributes

    def _attribute(self, node: e.Attribute, kind: str, codes: frozenset[str]) -> None:
        place = node.attr_range.start, node.attr_range.end
        model = self.names.models.get(_last(node.value))
        if model is not None and model.name != self.function.name:
            found = model.attributes.get(node.attr)
            if kind == "attribute read" and found is not None and found.kind in _STORED:
                if self.judge.lacks(model, PREFIX + node.attr):
                    self._add("class attribute", place, PREFIX + node.attr, codes, node.value, model)
            return
        owners = self.names.attributes.get(node.attr)
        if not owners or not self._may_be_model(node.value):
            return
        if all(self.judge.lacks(owner, PREFIX + node.attr) for owner in owners):
            self._add(kind, place, PREFIX + node.attr, codes, node.value, *owners)

    def _may_be_model(self, value: e.Expr) -> bool:
        """Leave out columns of tables, modules, classes, and `self` of a class that is not mapped."""
        last = _last(value)
        if last in _COLUMNS or last in _OF_FRAMEWORKS or last[:1].isupper():
            return False
        if isinstance(value, e.Name):
            owner = self.function.owner
            if value.id == "cls" or value.id in self.exceptions:
                return False
            if value.id == "self":
                return owner is not None and self.index.mapped_of(owner) is not None
        return True

    # -- enums

    def _compare(self, node: e.Compare) -> None:
        op, right = node.rest[0].op, node.rest[0].right
        if op in ("==", "!="):
            for column, value in ((node.left, right), (right, node.left)):
                if isinstance(column, e.Attribute):
                    self._enum_on(column, value, "comparison")
        elif op in ("in", "not in") and isinstance(node.left, e.Attribute) and isinstance(right, e.Display):
            for element in right.elements:
                self._enum_on(node.left, element, "comparison")

    def _enum_on(self, column: e.Attribute, value: e.Expr, context: str) -> None:
        model = self.names.models.get(_last(column.value))
        if model is not None:
            self._enum_value(model, column.attr, value, context, column.value)
        elif column.attr in self.names.attributes and self._may_be_model(column.value):
            is_store = context == "assignment"
            owner = self.names.attributes[column.attr][0]
            self._enum_value(owner, column.attr, value, context if is_store else "instance", column.value)

    def _enum_value(self, model: MappedClass, name: str, value: e.Expr, context: str, subject: e.Expr) -> None:
        attribute = model.attributes.get(name)
        column = attribute.column.enum if attribute is not None and attribute.column is not None else None
        if column is None or column.enum is None or not isinstance(value, e.Attribute):
            return
        enum_class = self.names.enums.get(_last(value.value))
        if enum_class is not column.enum or value.attr not in enum_class.members:
            return
        place = value.start, value.end
        given = enum_class.members[value.attr]
        for kind, text in (("enum value", given), ("enum wrong string", WRONG)):
            if not isinstance(text, str):
                continue
            code = self.judge.enum_fault(column, text, context)
            if code is not None:
                self._add(kind, place, repr(text), (code,), subject, model)


def _targets(statement: s.Stmt) -> Iterator[tuple[e.Expr, e.Expr | None]]:
    """Yield what a statement stores to, with the value where it is one expression."""
    if isinstance(statement, s.Assign):
        pending = [(target, statement.value) for target in statement.targets]
    elif isinstance(statement, (s.AugAssign, s.For)):
        pending = [(statement.target, None)]
    elif isinstance(statement, s.Delete):
        pending = [(target, None) for target in statement.targets]
    else:
        return
    for target, value in pending:
        if isinstance(target, e.Display):
            yield from ((element, None) for element in target.elements)
        else:
            yield target, value


def _last(expr: e.Expr) -> str:
    """Return the last part of a dotted name; of anything else the empty string."""
    return (e.dotted_name(expr) or "").rpartition(".")[2]
