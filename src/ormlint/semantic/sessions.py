"""Calls on sessions, and the arguments of statements: entities, names of columns, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.index.vocabulary import flask_sqlalchemy, flavor_of
from ormlint.index.vocabulary.sqlalchemy import SESSION_FACTORIES
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments
from ormlint.semantic.substitution import instance_of

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator


EXECUTING = frozenset({"execute", "scalars", "scalar", "stream", "stream_scalars", "exec"})


class SessionCalls:
    """Answers `session.method(…)`, `select(…)` and its kin."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index

    def call(self, session: t.Session, name: str, given: Arguments) -> t.Type:
        """Return what a method of a session gives, and report the values it hands to columns."""
        result: t.Type
        if name in EXECUTING:
            statement = given.type(0, "statement") or t.unknown("no statement")
            self._parameters(statement, given)
            return orm.execute(session, name, statement)
        if name == "query" and session.is_async:
            return t.unknown("`AsyncSession.query`")
        if name == "query":
            entities = self.entities(given)
            first = entities[0] if entities is not None and len(entities) == 1 else None
            single = first is not None and all(isinstance(item, (t.Instance, t.TypeVar)) for item in t.members(first))
            return t.Query(entities, single=single)
        if name in ("get", "get_one"):
            entity = given.type(0, "entity")
            one = self._one(entity)
            result = one if name == "get_one" or isinstance(one, t.Unknown) else t.optional(one)
        elif name == "merge":
            result = given.type(0, "instance") or t.unknown("nothing merged")
        elif name == flask_sqlalchemy.GET_OR_404:
            entity = given.type(0, "entity")
            return self._one(entity)
        elif name in ("begin", "begin_nested"):
            return t.Context(session, is_transaction=name == "begin")
        elif name == "merge_all":
            result = t.Sequence(orm.iterate(given.type(0, "instances") or t.unknown("nothing merged")))
        elif name == "connection":
            result = t.Connection(session.is_async)
        elif name == "run_sync":
            result = self._run_sync(given)
        elif name in ("bulk_insert_mappings", "bulk_update_mappings"):
            self._mappings(given)
            result = t.NONE
        elif name in ("session", "session_factory", "registry"):
            return session
        else:
            result = (
                t.NONE if name in orm.ASYNC_METHODS or name in orm.GIVING_NOTHING else t.unknown(f"`session.{name}`")
            )
        return t.Coroutine(result, f"AsyncSession.{name}") if session.is_async and name in orm.ASYNC_METHODS else result

    def _one(self, entity: t.Type | None) -> t.Type:
        made = [instance_of(member) for member in t.members(entity)] if entity is not None else []
        known = [kind for kind in made if kind is not None]
        return t.join(known) if known and len(known) == len(made) else t.unknown("an entity that is not known")

    def _run_sync(self, given: Arguments) -> t.Type:
        func = given.type(0)
        if isinstance(func, t.Function):
            return self.model.functions.call(func, None)
        return t.unknown("what `run_sync` runs")

    def entities(self, given: Arguments) -> tuple[t.Type, ...] | None:
        """Return the row elements that the positional arguments of `select` or `query` stand for."""
        if given.has_star:
            return None
        found: list[t.Type] = []
        may_be_several = False  # a table or a subquery puts all its columns into the row
        for argument, kind in given.args:
            if isinstance(argument, e.Display) and isinstance(kind, (t.Sequence,)):
                return None  # select([...]) of 1.3
            if found and may_be_several:
                found.append(t.unknown("selected after what may be several columns"))
            else:
                found.append(self.entity(kind))
            may_be_several = may_be_several or isinstance(kind, (t.Unknown, t.Builtin))
        return tuple(found)

    def entity(self, kind: t.Type) -> t.Type:
        """Return what selecting this expression puts into a row."""
        if isinstance(kind, (t.ClassType, t.Aliased)):
            if self.index.mapped_of(kind.cls) is not None or self.model.members.is_mixin(kind.cls):
                return t.Instance(kind.cls)
            return t.unknown("a class that is not mapped")
        if isinstance(kind, t.TypeVarClass):
            return t.TypeVar(kind.name)
        if isinstance(kind, t.Union_) and all(isinstance(member, t.ClassType) for member in kind.members):
            return t.join(map(self.entity, kind.members))
        if isinstance(kind, t.Attr):
            return orm.attribute_value(kind.mapped, kind.attribute, self.index.target(kind.attribute.relationship))
        return t.unknown("a selected expression")

    def named_operands(
        self,
        entities: tuple[t.Type, ...] | None,
        name: str,
        given: Arguments,
        model: MappedClass | None = None,
    ) -> None:
        """Report values given to columns by name: `filter_by(name=…)`, `values(name=…)`, `update({…})`."""
        if model is None and entities and isinstance(entities[0], t.Instance):
            model = self.index.mapped_of(entities[0].cls)
        if model is None:
            return
        if name == "filter_by":
            for keyword, kind in given.keywords:
                self.ev.operands.named(model, keyword.name, keyword.value, kind, "filter_by", keyword)
        elif name in ("values", "ordered_values") or (name == "update" and given.args):
            for keyword, kind in given.keywords:
                if name != "update":
                    self.ev.operands.named(model, keyword.name, keyword.value, kind, "values", keyword)
            for argument, kind in given.args:
                self._keyed(model, argument, kind)

    def _parameters(self, statement: t.Type, given: Arguments) -> None:
        if isinstance(statement, t.Statement) and statement.model is not None and len(given.args) > 1:
            self._keyed(statement.model, *given.args[1])
            if statement.kind in ("insert", "update"):
                self.ev.calls.queries.given((statement.model,), given.args[1][1])

    def _mappings(self, given: Arguments) -> None:
        entity = given.type(0)
        if isinstance(entity, t.ClassType) and len(given.args) > 1:
            mapped = self.index.mapped_of(entity.cls)
            if mapped is not None:
                self._keyed(mapped, *given.args[1])
                self.ev.calls.queries.given((mapped,), given.args[1][1])

    def _keyed(self, mapped: MappedClass, argument: e.Expr, kind: t.Type) -> None:
        """Report the values of `{"name": value}` or `{Model.name: value}`, also in a list."""
        if isinstance(argument, e.Display):
            for element in argument.elements:
                self._keyed(mapped, element, t.NONE)
        elif isinstance(argument, e.DictDisplay):
            for item in argument.items:
                name: str | None = None
                if isinstance(item.key, e.Str):
                    name = item.key.value
                elif isinstance(item.key, e.Attribute):
                    name = item.key.attr
                if name is not None:
                    value = self.ev.operands._quiet(item.value)
                    self.ev.operands.named(mapped, name, item.value, value, "values", item)

    def statement(self, name: str, given: Arguments) -> t.Type:
        """Return the statement that `select`, `insert`, `update` or `delete` makes."""
        flavor, kind = flavor_of(name), name.rpartition(".")[2]
        if kind == "select":
            entities = self.entities(given)
            return t.Statement("select", entities, flavor=flavor)
        first = given.type(0)
        mapped = self.index.mapped_of(first.cls) if isinstance(first, (t.ClassType, t.Aliased)) else None
        return t.Statement(kind, (), mapped, flavor)

    def factory(self, name: str, given: Arguments) -> t.Type:
        """Return the session factory that `sessionmaker` makes."""
        is_async = SESSION_FACTORIES[name]
        for keyword, kind in given.keywords:
            if keyword.name == "class_" and isinstance(kind, t.ExternalObject) and "Async" in kind.name:
                is_async = True
        for _, kind in given.args[1:]:
            if isinstance(kind, t.ExternalObject) and "AsyncSession" in kind.name:
                is_async = True
        return t.SessionFactory(is_async)
