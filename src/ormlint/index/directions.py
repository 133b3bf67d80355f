"""Which side of a relationship is many: from its `primaryjoin`, `foreign_keys` and `remote_side`, else the keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.model import MappedClass, ModelAttribute

Find = Callable[[str], "MappedClass | None"]  # the mapped class of a name or dotted name

_OPERAND = r"((?:(?:foreign|remote|orm\.foreign|orm\.remote)\(\s*)*)([\w.]+)\.(\w+)\s*\)*"
_EQUAL = re.compile(rf"{_OPERAND}\s*==\s*{_OPERAND}")


@dataclass(frozen=True, slots=True)
class _Side:
    """A column of a join: the class it is reached by, its attribute, what marks it."""

    cls: MappedClass
    attribute: ModelAttribute
    is_foreign: bool = False
    is_remote: bool = False


def leads_to_many(mapped: MappedClass, target: MappedClass, call: e.Call, find: Find) -> bool | None:
    """Tell whether a relationship without `uselist=` and `secondary=` is a collection; None when it is not shown.

    `find` looks classes up by name, as they are written where the relationship stands.
    """
    keys = _columns(call.keyword("foreign_keys"), mapped, find)
    remote = _columns(call.keyword("remote_side"), mapped, find)
    join = call.keyword("primaryjoin")
    pairs = list(_pairs(join, mapped, find)) if join is not None else []
    if join is not None and not pairs:
        return None
    if call.keyword("foreign_keys") is not None and not keys and (pairs or mapped.table == target.table):
        return None
    foreign = [side for pair in pairs for side in _foreign_of(pair, keys)] if pairs else keys
    is_own = mapped.table is not None and mapped.table == target.table
    if not foreign:
        return None if join is not None else _by_keys(mapped, target, is_own, call)
    if is_own:
        marked = [side for pair in pairs for side in pair if side.is_remote]
        far = {side.attribute.name for side in (*marked, *remote)}
        if not far:
            return None if call.keyword("remote_side") is not None else not remote
        return all(side.attribute.name in far for side in foreign)
    here = any(side.cls.symbol in mapped.mro for side in foreign)
    there = any(side.cls.symbol in target.mro for side in foreign)
    if here and not there:
        return False
    return True if there and not here else None


def _by_keys(mapped: MappedClass, target: MappedClass, is_own: bool, call: e.Call) -> bool | None:
    forward, backward = references(mapped, target), references(target, mapped)
    if forward != backward:
        return backward
    if call.keyword("remote_side") is not None:
        return False
    return True if is_own and forward else None


def references(child: MappedClass, parent: MappedClass) -> bool:
    """Tell whether a foreign key of `child` names the table of `parent`."""
    if parent.table is None:
        return False
    for attribute in child.attributes.values():
        for key in attribute.column.foreign_keys if attribute.column is not None else ():
            parts = key.split(".")
            if len(parts) >= 2 and (parts[-2] == parent.table or parts[0] == parent.name):
                return True
    return False


def _foreign_of(pair: tuple[_Side, _Side], keys: list[_Side]) -> list[_Side]:
    """Return the foreign side of an equation: as marked, as `foreign_keys=` lists it, or as the table's keys say."""
    marked = [side for side in pair if side.is_foreign]
    if marked:
        return marked
    if keys:
        named = {(side.cls.table, side.attribute.name) for side in keys}
        return [side for side in pair if (side.cls.table, side.attribute.name) in named]
    for side, other in (pair, pair[::-1]):
        column, far = side.attribute.column, other.attribute.column
        if column is not None and far is not None:
            wanted = f"{other.cls.table}.{far.name}"
            if any(key == wanted or key.endswith(f".{wanted}") for key in column.foreign_keys):
                return [side]
    return []


def _pairs(join: e.Expr, mapped: MappedClass, find: Find) -> Iterator[tuple[_Side, _Side]]:
    if isinstance(join, e.Str):
        for found in _EQUAL.finditer(join.value):
            left = _side(found[2], found[3], found[1], find)
            right = _side(found[5], found[6], found[4], find)
            if left is not None and right is not None:
                yield left, right
        return
    for node in walk_nodes(join.body if isinstance(join, e.Lambda) else join):
        if isinstance(node, e.Compare) and len(node.rest) == 1 and node.rest[0].op == "==":
            left, right = _operand(node.left, mapped, find), _operand(node.rest[0].right, mapped, find)
            if left is not None and right is not None:
                yield left, right


def _operand(expr: e.Expr, mapped: MappedClass, find: Find) -> _Side | None:
    marks = ""
    while isinstance(expr, e.Call) and len(expr.args) == 1:
        marks += f"{(e.dotted_name(expr.func) or '').rpartition('.')[2]}("
        expr = expr.args[0]
    if isinstance(expr, e.Name):
        return _named(mapped, expr.id, marks)
    dotted = e.dotted_name(expr) or ""
    owner, _, name = dotted.rpartition(".")
    if owner in ("cls", "self"):
        return _named(mapped, name, marks)
    return _side(owner, name, marks, find)


def _side(owner: str, name: str, marks: str, find: Find) -> _Side | None:
    for suffix in (".table.c", ".__table__.c", ".__table__.columns", ".table.columns"):
        owner = owner.removesuffix(suffix)
    cls = find(owner)
    return _named(cls, name, marks) if cls is not None else None


def _named(cls: MappedClass, name: str, marks: str) -> _Side | None:
    attribute = cls.attributes.get(name)
    if attribute is None or attribute.column is None:
        found = (item for item in cls.columns() if item.column is not None and item.column.name == name)
        attribute = next(found, None)
    if attribute is None:
        return None
    return _Side(cls, attribute, "foreign(" in marks, "remote(" in marks)


def _columns(given: e.Expr | None, mapped: MappedClass, find: Find) -> list[_Side]:
    """Return the columns that `foreign_keys=` or `remote_side=` lists."""
    if isinstance(given, e.Lambda):
        given = given.body
    if isinstance(given, e.Str):
        parts = re.findall(r"([\w.]+)\.(\w+)", given.value)
        sides = [_side(owner, name, "", find) for owner, name in parts]
        sides += [_named(mapped, given.value, "")] if not parts else []
    else:
        elements = given.elements if isinstance(given, e.Display) else (given,) if given is not None else ()
        sides = [
            _columns(element, mapped, find)[0]
            if isinstance(element, e.Str) and _columns(element, mapped, find)
            else _operand(element, mapped, find)
            for element in elements
        ]
    return [side for side in sides if side is not None]


def table_by_keys(mapped: MappedClass, call: e.Call, find: Find) -> str | None:
    """Return the table that a relationship leads to by `foreign_keys=`, whatever class it names; None where unknown.

    Without a `primaryjoin=` SQLAlchemy joins by the keys between the two tables, so the target's is the referred one.
    """
    if any(call.keyword(name) is not None for name in ("primaryjoin", "secondary", "remote_side")):
        return None
    tables: set[str] = set()
    for side in _columns(call.keyword("foreign_keys"), mapped, find):
        if side.cls is not mapped or side.attribute.column is None:
            return None
        tables.update(key.split(".")[-2] for key in side.attribute.column.foreign_keys if key.count(".") > 0)
    return tables.pop() if len(tables) == 1 and mapped.table not in tables else None
