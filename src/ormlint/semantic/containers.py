"""Methods of lists, sets and dicts, which change what a name holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator


_SAME_KIND = frozenset({"copy", "filter", "union", "difference"})


class ContainerCalls:
    """Answers methods of collections; those that change one change the variable's type."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index

    def sequence(self, receiver: t.Sequence, name: str, given: Arguments) -> t.Type:
        """Return what a method of a list, set or iterator gives, and change the type of the name it is called on."""
        if receiver.kind == "write_only":
            if name == "select":
                return t.Statement("select", (receiver.element,))
            return t.unknown(f"`{name}(…)` of a write-only collection")
        if name == "pop":
            return receiver.element
        if name in ("append", "add", "extend", "update") and given.args:
            self._into_dict(receiver, name, given)
        if name in ("append", "add") and given.args and isinstance(receiver.element, t.Unknown):
            func = given.node.func
            if isinstance(func, e.Attribute) and isinstance(func.value, e.Name) and func.value.id in self.ev.env:
                if "empty" in receiver.element.reason:
                    self.ev.env[func.value.id] = t.Sequence(given.args[0][1], receiver.kind)
            return t.NONE
        if name in ("append", "add", "insert", "extend") and given.args:
            func = given.node.func
            if isinstance(func, e.Attribute) and isinstance(func.value, e.Name) and func.value.id in self.ev.env:
                added = given.args[-1][1]
                if name == "extend":
                    added = orm.iterate(added)
                self.ev.env[func.value.id] = t.Sequence(t.join((receiver.element, added)), receiver.kind)
            return t.NONE
        return receiver if name in _SAME_KIND else t.unknown(f"`{name}(…)` of a collection")

    def _into_dict(self, receiver: t.Sequence, name: str, given: Arguments) -> None:
        """Change a dict of lists: `groups[key].append(video)`, `groups.setdefault(key, []).append(video)`."""
        func = given.node.func
        holder = func.value if isinstance(func, e.Attribute) else None
        if isinstance(holder, e.Call) and isinstance(holder.func, e.Attribute) and holder.func.attr == "setdefault":
            holder = holder.func
        if not isinstance(holder, (e.Subscript, e.Attribute)) or not isinstance(holder.value, e.Name):
            return
        known = self.ev.env.get(holder.value.id)
        if not isinstance(known, t.Dict) or known.value != receiver:
            return
        added = given.args[-1][1]
        if name in ("extend", "update"):
            added = self.ev.iterate(added)
        element = added if receiver.element == t.EMPTY else t.join((receiver.element, added))
        key = known.key
        if isinstance(holder, e.Subscript) and isinstance(key, t.Unknown):
            key = self.ev.quiet(holder.index)
        self.ev.env[holder.value.id] = t.Dict(key, t.Sequence(element, receiver.kind))

    def dict(self, receiver: t.Dict, name: str, given: Arguments) -> t.Type:
        """Return what a method of a dict gives, and change the type of the name it is called on."""
        if name == "get":
            default = given.type(1)
            return t.join((receiver.value, t.NONE if default is None else default))
        if name in ("pop", "setdefault"):
            self._forget_items(receiver, given)
            default = given.type(1)
            if name == "setdefault" and isinstance(receiver.value, t.Unknown) and isinstance(default, t.Sequence):
                self._set_value(receiver, given, default)
                return default
            return receiver.value
        if name == "values":
            return t.Sequence(receiver.value, "iterator")
        if name == "keys":
            return t.Sequence(receiver.key, "iterator")
        if name == "items":
            return t.Sequence(t.TupleOf((receiver.key, receiver.value)), "iterator")
        if name == "copy":
            return receiver
        if name in ("update", "clear", "popitem"):
            self._update(receiver, name, given)
            return t.NONE
        return t.unknown(f"`{name}(…)` of a dict")

    def _set_value(self, receiver: t.Dict, given: Arguments, value: t.Type) -> None:
        func = given.node.func
        if receiver.value == t.EMPTY_VALUES and isinstance(func, e.Attribute) and isinstance(func.value, e.Name):
            key = given.type(0)
            if key is not None and func.value.id in self.ev.env:
                self.ev.env[func.value.id] = t.Dict(key, value)

    def _forget_items(self, receiver: t.Dict, given: Arguments) -> None:
        func = given.node.func
        if not (isinstance(func, e.Attribute) and isinstance(func.value, e.Name)):
            return
        key = given.type(0)
        items = None
        if receiver.items is not None and isinstance(key, t.Literal) and func.attr == "pop":
            items = tuple(item for item in receiver.items if item[0] != key.value)
        self.ev.env[func.value.id] = t.Dict(receiver.key, receiver.value, items)

    def _update(self, receiver: t.Dict, name: str, given: Arguments) -> None:
        func = given.node.func
        if not (isinstance(func, e.Attribute) and isinstance(func.value, e.Name)):
            return
        items = receiver.items
        if name == "clear":
            items = ()
        elif name == "update" and items is not None:
            added: list[tuple[str, t.Type, e.Expr]] = [
                (keyword.name, kind, keyword.value) for keyword, kind in given.keywords
            ]
            known = not given.rest and not given.has_star
            for _, kind in given.args:
                if isinstance(kind, t.Dict) and kind.items is not None:
                    added.extend(kind.items)
                else:
                    known = False
            names = {item[0] for item in added}
            items = (*(item for item in items if item[0] not in names), *added) if known else None
        else:
            items = None
        self.ev.env[func.value.id] = t.Dict(receiver.key, receiver.value, items)
