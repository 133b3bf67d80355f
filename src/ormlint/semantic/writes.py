"""Which calls write through a session, and which names they may update."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.vocabulary import advanced_alchemy, others, sqlmodel
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator


SESSION_NAME = re.compile(r"(?:^|_)(?:db_?)?(?:session|sess)$|^db$")
_NOT_READ = t.unknown("a value that was not read")
# Methods that make or change a model of names which the call does not show.
_OPENING = sqlmodel.OPENING | others.OPENING
_WORD = re.compile(r"\w+")


_UPDATING = frozenset(
    {"values", "update", "bulk_update_mappings", "ordered_values", "on_conflict_do_update", "setattr"}
)


class WriteReader:
    """Notes writes in the record of the function being read."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index

    def names(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Keep the names given to a call that may update a row whose class is not known."""
        self._opening(node, given)
        name = (
            node.func.attr
            if isinstance(node.func, e.Attribute)
            else node.func.id
            if isinstance(node.func, e.Name)
            else ""
        )
        is_setting = False
        if isinstance(func, t.Method) and isinstance(func.receiver, t.Repository):
            is_setting = func.name in advanced_alchemy.SETTING
            if is_setting and not all(isinstance(argument, e.DictDisplay) for argument, _ in given.args):
                self.open(func.receiver.element)  # by whatever the schema, or the dict, holds
        if not is_setting and name not in _UPDATING and type(func) is not t.Unknown:
            return
        given_to = {keyword.name: kind for keyword, kind in given.keywords}
        for argument, kind in given.args:
            if isinstance(kind, t.Dict) and kind.items is not None:
                given_to.update((item[0], item[1]) for item in kind.items)
            elif isinstance(argument, e.DictDisplay):
                given_to.update(
                    (item.key.attr, _NOT_READ) for item in argument.items if isinstance(item.key, e.Attribute)
                )
            elif isinstance(kind, t.Literal) and isinstance(kind.value, str) and "update" in kind.value.lower():
                given_to.update((word, _NOT_READ) for word in _WORD.findall(kind.value))
        self.ev.record.given_names.update(given_to)
        for key, kind in given_to.items():
            self.ev.record.give(key, kind)

    def _opening(self, node: e.Call, given: Arguments) -> None:
        """Note the classes whose columns a call may set by names that are not seen: `Job.model_validate(data)`."""
        if isinstance(node.func, e.Attribute) and node.func.attr in _OPENING:
            owner = self.ev.quiet(node.func.value)
            if not isinstance(owner, t.Unknown):
                self.open(owner)
            for _, kind in given.args:
                if t.instances(kind):
                    self.open(kind)

    def open(self, kind: t.Type) -> None:
        """Note that any column of what may be a model may be set."""
        for member in t.members(kind):
            if isinstance(member, (t.Instance, t.ClassType)):
                self.ev.record.opened.add(member.cls)
            elif isinstance(member, (t.Unknown, t.TypeVar, t.TypeVarClass)):
                self.ev.record.opened.add(None)

    def session(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Note a call that writes through a session, or hands a model to a function that may."""
        if not self.ev.recording:
            return
        record = self.ev.record
        if isinstance(func, t.Method) and isinstance(func.receiver, t.Session):
            if func.name in orm.SESSION_WRITES:
                record.write_calls.add(node.start)
            return
        if isinstance(func, t.Method) and isinstance(func.receiver, t.Repository):
            if func.name in advanced_alchemy.WRITING:
                record.write_calls.add(node.start)
            return
        if isinstance(node.func, e.Attribute):
            # A session that is not known as one: what it is called with, or the verb, says enough.
            name = node.func.attr
            if name in ("commit", "flush") and not node.args and isinstance(func, t.Unknown):
                record.write_calls.add(node.start)
            elif name in ("add", "merge", "add_all", "save") and isinstance(func, t.Unknown):
                if any(self._is_model(kind) for _, kind in given.args):
                    record.write_calls.add(node.start)
        if isinstance(func, t.Function):
            passes = any(self._is_model(kind) for _, kind in given.args) or any(
                self._is_model(kind) for _, kind in given.keywords
            )
            values = (*given.args, *((keyword.value, kind) for keyword, kind in given.keywords))
            hands_session = any(self._is_session(value, kind) for value, kind in values)
            is_inner = record.symbol is not None and self.model.parent(func.symbol) is record.symbol
            owns_session = func.bound is not None and func.bound == self.ev.env.get("self")
            if passes or hands_session or owns_session or is_inner:
                record.handed_on.append((func.symbol, node.start))

    def _is_session(self, value: e.Expr, kind: t.Type) -> bool:
        if isinstance(kind, t.Unknown):
            name = (e.dotted_name(value) or "").rpartition(".")[2].lower()
            return SESSION_NAME.search(name) is not None
        return isinstance(kind, t.Session)

    def _is_model(self, kind: t.Type) -> bool:
        for member in t.members(kind):
            if isinstance(member, (t.Sequence,)):
                member = member.element
            if isinstance(member, t.Instance) and self.index.mapped_of(member.cls) is not None:
                return True
        return False
