"""Queries and statements as calls see them: what was joined, the keys they are given, and the calls themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.semantic import events
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_JOINING = frozenset({"join", "outerjoin"})
# What changes the class that `filter_by` means in ways that are not followed.
_MOVING = frozenset(
    {"join_from", "outerjoin_from", "select_from", "with_entities", "add_columns", "add_entity", "with_only_columns"}
    | {"reset_joinpoint", "union", "union_all", "intersect", "except_", "from_statement", "select_entity_from"}
)
# Methods of an `insert` or `update` after which its parameters are still keys of columns only.
_PLAIN = frozenset({"returning", "execution_options", "on_conflict_do_nothing", "prefix_with", "inline", "options"})
_ORM_RECEIVERS = (t.Session, t.Connection, t.Query, t.Statement, t.Result)
_EXECUTING = frozenset({"execute", "scalars", "scalar", "exec"})
_UPSERTS = frozenset({"on_conflict_do_update", "on_duplicate_key_update"})
_BULK = {"bulk_insert_mappings": "insert", "bulk_update_mappings": "update"}


class QueryReader:
    """Follows joins, and reports calls of the ORM's objects and the keys given to them."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.index = evaluator.index

    # -- what was joined

    def joined(self, receiver: t.Query | t.Statement, name: str, given: Arguments, result: t.Type) -> t.Type:
        """Return the query that a method gives, with what it has joined."""
        if not isinstance(result, (t.Query, t.Statement)):
            return result
        joined = receiver.joined
        if name in _MOVING:
            joined = (None,)
        elif name in _JOINING:
            target = self._target(given)
            joined = (*(item for item in joined if item is not target), target)
        if isinstance(result, t.Statement):
            if name == "options" and not result.has_options:
                result = replace(result, has_options=True)
            plain = result.is_plain and name in _PLAIN
            if joined == result.joined and plain == result.is_plain:
                return result
            return replace(result, joined=joined, is_plain=plain)
        return result if joined == result.joined else replace(result, joined=joined)

    def _target(self, given: Arguments) -> MappedClass | None:
        kind = given.type(0, "target")
        if len(given.args) > 2 or any(isinstance(argument, e.Display) for argument, _ in given.args):
            return None
        if len(given.args) == 2 and not isinstance(given.args[1][1], (t.SqlExpression, t.Attr)):
            return None
        if isinstance(kind, (t.ClassType, t.Aliased)):
            return self.index.mapped_of(kind.cls)
        return self.index.target(kind.attribute.relationship) if isinstance(kind, t.Attr) else None

    # -- calls

    def called(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Report a call of a method of the ORM's objects, and the keys it is given."""
        if isinstance(func, t.Method) and isinstance(func.receiver, (t.Attr, t.SqlExpression)):
            self._membership(func.name, given)
            return
        if not isinstance(func, t.Method) or not isinstance(func.receiver, _ORM_RECEIVERS) or self.ev.expected:
            return
        receiver, name = func.receiver, func.name
        self.ev.emit(events.OrmCall(receiver, name, node, given.args, self.ev.record))
        if isinstance(receiver, (t.Query, t.Statement)):
            if name == "filter_by":
                self._filter_by(receiver, given)
            elif name in ("values", "ordered_values") or (name == "update" and isinstance(receiver, t.Query)):
                self._values(receiver, name, given)
            elif name in _UPSERTS and isinstance(receiver, t.Statement):
                self._upsert(receiver, name, node, given)
        elif isinstance(receiver, (t.Session, t.Connection)):
            self._parameters(receiver, name, given)

    def repository(self, element: t.Type, name: str, given: Arguments) -> None:
        """Report the keywords by which a repository of advanced-alchemy looks for rows."""
        mapped = self.index.mapped_of(element.cls) if isinstance(element, t.Instance) else None
        if mapped is None or self.ev.expected:
            return
        for keyword, _ in given.keywords:
            self._key((mapped,), keyword.name, keyword, "filter_by", name, "repository")

    def _membership(self, name: str, given: Arguments) -> None:
        if name in ("in_", "not_in", "notin_") and given.args and isinstance(given.args[0][0], e.Display):
            for element in given.args[0][0].elements:
                if isinstance(element, e.Constant) and element.value is None:
                    self.ev.emit(events.NullMembership(element, name, self.ev.record))

    def _model(self, receiver: t.Query | t.Statement) -> MappedClass | None:
        if isinstance(receiver, t.Statement) and receiver.model is not None:
            return receiver.model
        first = receiver.entities[0] if receiver.entities else None
        if isinstance(first, t.Instance):
            return self.index.mapped_of(first.cls)
        return first.mapped if isinstance(first, t.Loaded) else None

    def _filter_by(self, receiver: t.Query | t.Statement, given: Arguments) -> None:
        model = self._model(receiver)
        joined = [item for item in receiver.joined if item is not None]
        if model is None or len(joined) < len(receiver.joined):
            return
        models = (model, *(item for item in joined if item is not model))
        kind = "query" if isinstance(receiver, t.Query) else receiver.kind
        for keyword, _ in given.keywords:
            self._key(models, keyword.name, keyword, "filter_by", "filter_by", kind)
        for _, kinds in given.rest:
            self._keys(models, kinds, "filter_by", "filter_by", kind)

    def _values(self, receiver: t.Query | t.Statement, name: str, given: Arguments) -> None:
        model = self._model(receiver)
        if model is None or (isinstance(receiver, t.Statement) and receiver.kind not in ("insert", "update")):
            return
        kind = "update" if isinstance(receiver, t.Query) else receiver.kind
        if name != "update":
            for keyword, _ in given.keywords:
                self._key((model,), keyword.name, keyword, "values", name, kind)
            for _, kinds in given.rest:
                self.given((model,), kinds)
                self._keys((model,), kinds, "values", name, kind)
        for argument, kinds in given.args:
            if self._names(argument, kinds) is None:
                self.given((model,), kinds)
            self._keys((model,), kinds, "values", name, kind)

    def _upsert(self, receiver: t.Statement, name: str, node: e.Call, given: Arguments) -> None:
        """Report the columns an upsert sets, where every one of them is known by name."""
        if receiver.kind != "insert" or receiver.model is None or given.has_star or given.rest:
            return
        options = {keyword.name: (keyword.value, kind) for keyword, kind in given.keywords}
        place: e.Expr = node
        names: set[str] | None
        if name == "on_duplicate_key_update":
            names = set(options)
            for argument, kind in given.args:
                found = self._names(argument, kind)
                names = None if found is None or names is None else names | found
        elif "set_" in options:
            place, kind = options["set_"]
            names = self._names(place, kind)
        else:
            return
        targets = self._listed(options["index_elements"][0]) if "index_elements" in options else set()
        if "constraint" in options and len(names or ()) == 1:
            return  # perhaps the very column that conflicts
        if names:
            self.ev.emit(
                events.Upsert(receiver.model, place, name, frozenset(names), frozenset(targets), self.ev.record)
            )

    def _names(self, expr: e.Expr, kind: t.Type) -> set[str] | None:
        """Return the columns that the keys of a dict mean, strings or attributes; None where one is not known."""
        if isinstance(kind, t.Dict) and kind.items is not None:
            return {item[0] for item in kind.items}
        if not isinstance(expr, e.DictDisplay):
            return None
        names: set[str] = set()
        for item in expr.items:
            name = self._column_name(item.key) if item.key is not None else None
            if name is None:
                return None
            names.add(name)
        return names

    def _listed(self, expr: e.Expr) -> set[str]:
        elements = expr.elements if isinstance(expr, e.Display) else ()
        return {name for name in map(self._column_name, elements) if name is not None}

    def _column_name(self, expr: e.Expr) -> str | None:
        if isinstance(expr, e.Str):
            return expr.value
        kind = self.ev.quiet(expr)
        return kind.attribute.name if isinstance(kind, t.Attr) else None

    def _parameters(self, receiver: t.Session | t.Connection, name: str, given: Arguments) -> None:
        if len(given.args) < 2 or given.has_star:
            return
        first, parameters = given.args[0][1], given.args[1][1]
        if isinstance(first, t.Statement) and first.model is not None and first.kind in ("insert", "update"):
            self.given((first.model,), parameters)
        if name in _BULK and isinstance(receiver, t.Session) and isinstance(first, t.ClassType):
            mapped = self.index.mapped_of(first.cls)
            if mapped is not None:
                self.given((mapped,), parameters)
                self._keys((mapped,), parameters, "parameters", name, _BULK[name])
        elif name in _EXECUTING and isinstance(first, t.Statement) and first.model is not None and first.is_plain:
            is_list = isinstance(parameters, t.Sequence)
            if first.kind == "insert" or (first.kind == "update" and is_list):
                is_core = isinstance(receiver, t.Connection)
                self._keys((first.model,), parameters, "parameters", name, first.kind, is_core)

    def given(self, models: tuple[MappedClass, ...], kind: t.Type) -> None:
        """Note what the columns of a class may be set to by a dict, or by dicts of a list, that may come from afar."""
        for member in t.members(kind):
            if isinstance(member, t.Sequence):
                self.given(models, member.element)
            elif isinstance(member, t.Dict) and member.items is not None:
                for name, value, _ in member.items:
                    self.ev.record.give(name, value)
            else:
                self.ev.record.opened.update(model.symbol for model in models)

    def _keys(
        self,
        models: tuple[MappedClass, ...],
        kind: t.Type,
        context: str,
        call: str,
        verb: str,
        is_core: bool = False,
    ) -> None:
        """Report the keys of a dict, or of the dicts of a list."""
        for member in t.members(kind):
            if isinstance(member, t.Sequence):
                self._keys(models, member.element, context, call, verb, is_core)
            elif isinstance(member, t.Dict):
                for name, _, node in member.items or ():
                    self._key(models, name, node, context, call, verb, is_core)

    def _key(
        self,
        models: tuple[MappedClass, ...],
        name: str,
        node: e.Node,
        context: str,
        call: str,
        verb: str,
        is_core: bool = False,
    ) -> None:
        self.ev.emit(events.GivenKey(models, name, node, context, call, verb, self.ev.record, is_core))
