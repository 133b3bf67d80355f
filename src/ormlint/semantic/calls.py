"""Calls: constructors, functions of the project, builtins, and SQLAlchemy's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.semantic import events, orm
from ormlint.semantic import types as t
from ormlint.semantic.clock import now_of

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator

_STATEMENTS = frozenset(
    {"sqlalchemy.select", "sqlmodel.select", "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
)
_EXECUTING = frozenset({"execute", "scalars", "scalar", "stream", "stream_scalars", "exec"})
_SAME_ELEMENTS = frozenset(
    {
        "builtins.list",
        "builtins.sorted",
        "builtins.reversed",
        "builtins.set",
        "builtins.tuple",
        "builtins.frozenset",
        "builtins.iter",
    }
)
_SESSION_NAME = re.compile(r"(?:^|_)(?:db_?)?(?:session|sess)$|^db$")
_WORD = re.compile(r"\w+")
_LIST_SAME = frozenset({"copy", "filter", "union", "difference"})


@dataclass(slots=True)
class Arguments:
    """The evaluated arguments of a call. `rest` holds the types of `**` arguments."""

    node: e.Call
    args: tuple[tuple[e.Expr, t.Type], ...]
    keywords: tuple[tuple[e.Keyword, t.Type], ...]
    rest: tuple[tuple[e.Keyword, t.Type], ...]
    has_star: bool

    def type(self, position: int, name: str = "") -> t.Type | None:
        """Return the type of an argument given by position or by name, or None."""
        if position < len(self.args) and not self.has_star:
            return self.args[position][1]
        for keyword, kind in self.keywords:
            if keyword.name == name:
                return kind
        return None


class CallReader:
    """Answers `func(…)`, and reports constructor calls, writes and session writes."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index

    def call(self, node: e.Call) -> t.Type:
        """Return the type of a call."""
        func = self.ev.eval(node.func)
        arguments = self._arguments(node)
        if isinstance(node.func, e.Name):
            special = self._special(node.func.id, node, arguments)
            if special is not None:
                return special
        if isinstance(func, t.Union_):
            # One of several classes: which keywords it takes is not known, what comes out is.
            recording, self.ev.recording = self.ev.recording, False
            kinds = [self._called(member, arguments) for member in func.members if not isinstance(member, t.NoneType)]
            self.ev.recording = recording
            return t.join(kinds)
        if isinstance(func, t.Unknown):
            evident = self._evident_session(node, arguments)
            if evident is not None:
                return evident
        result = self._called(func, arguments)
        self._session_write(node, func, arguments)
        self._given_names(node, func, arguments)
        return result

    def _evident_session(self, node: e.Call, given: Arguments) -> t.Type | None:
        """Read `db.query(Model)` and its kin on a session that nothing declares.

        Only a session has a `query` that takes a mapped class. Its other methods have namesakes on
        connections and dicts, so there the variable has to be called a session too.
        """
        func = node.func
        if not isinstance(func, e.Attribute) or not given.args:
            return None
        first = given.args[0][1]
        is_model = isinstance(first, (t.ClassType, t.Aliased)) and self.index.mapped_of(first.cls) is not None
        if func.attr == "query" and (is_model or isinstance(first, t.Attr)):
            return self._session(t.Session(False), "query", given)
        name = (e.dotted_name(func.value) or "").rpartition(".")[2].lower()
        if not _SESSION_NAME.search(name):
            return None
        if (func.attr in ("get", "get_one") and is_model and len(given.args) > 1) or (
            func.attr in _EXECUTING and isinstance(first, t.Statement)
        ):
            return self._session(t.Session(False), func.attr, given)
        return None

    def _arguments(self, node: e.Call) -> Arguments:
        args: list[tuple[e.Expr, t.Type]] = []
        has_star = False
        for argument in node.args:
            has_star = has_star or isinstance(argument, e.Starred)
            args.append((argument, self.ev.eval(argument)))
        keywords: list[tuple[e.Keyword, t.Type]] = []
        rest: list[tuple[e.Keyword, t.Type]] = []
        for keyword in node.keywords:
            (keywords if keyword.name else rest).append((keyword, self.ev.eval(keyword.value)))
        return Arguments(node, tuple(args), tuple(keywords), tuple(rest), has_star)

    # -- names with a meaning of their own

    def _special(self, name: str, node: e.Call, given: Arguments) -> t.Type | None:
        if name in self.ev.env or name in self.ev.module.scope:
            return None
        if name == "reveal_type" and given.args:
            self.ev.reveal(node, t.show(given.args[0][1]))
            return given.args[0][1]
        if name == "reveal_mapping" and given.args:
            kind = given.args[0][1]
            mapped = self.index.mapped_of(kind.cls) if isinstance(kind, t.ClassType) else None
            self.ev.reveal(node, self.model.describe(mapped))
            return t.NONE
        if name in ("hasattr", "getattr") and len(node.args) >= 2 and isinstance(node.args[1], e.Str):
            attr = node.args[1].value
            if name == "hasattr" or len(node.args) > 2:
                self.ev.record.guarded_names.add(attr)
                return t.unknown("an attribute asked for by name")
            synthetic = e.Attribute(node.start, node.end, node.args[0], attr)
            return self.ev.attributes.load(synthetic, given.args[0][1])
        if name == "setattr" and len(given.args) == 3:
            return self._setattr(node, given)
        if name == "super":
            return self._super(given)
        return None

    def _setattr(self, node: e.Call, given: Arguments) -> t.Type:
        key = given.args[1][1]
        record = self.ev.record
        if isinstance(key, t.Literal) and isinstance(key.value, str):
            record.stored_names.add(key.value)
            value, kind = given.args[2]
            self.ev.attributes.store_on(given.args[0][1], key.value, node, node.args[1], kind, value)
        return t.NONE

    def _super(self, given: Arguments) -> t.Type:
        symbol = self.ev.record.symbol
        if symbol is None or symbol.owner is None or not symbol.facts.params:
            return t.unknown("`super()` outside a method")
        first = symbol.facts.params[0].name
        return t.Super(symbol.owner, self.ev.env.get(first, t.unknown("self")))

    # -- the callee's kind

    def _called(self, func: t.Type, given: Arguments) -> t.Type:
        if isinstance(func, t.Unknown):
            return func
        if isinstance(func, t.ClassType):
            return self._construct(func, given)
        if isinstance(func, t.Function):
            return self._project_function(func, given)
        if isinstance(func, t.Method):
            return self._method(func, given)
        if isinstance(func, t.ExternalObject):
            return self._external(func.name, given)
        if isinstance(func, t.SessionFactory):
            return t.Session(func.is_async)
        if isinstance(func, t.Session):  # a scoped session called
            return func
        if isinstance(func, t.Instance):
            bound = self.model.attribute_of_instance(func, "__call__")
            return self._called(bound, given) if isinstance(bound, t.Function) else t.unknown("a callable object")
        return t.unknown("a call of something unknown")

    def _project_function(self, func: t.Function, given: Arguments) -> t.Type:
        self.ev.record.calls.append(events.ProjectCall(id(func.symbol), given.node, self.ev.statement, self.ev.record))
        return self.model.call_function(func, given)

    # -- constructors

    def _construct(self, func: t.ClassType, given: Arguments) -> t.Type:
        enum = self.index.enum_of(func.cls)
        if enum is not None:
            kind = given.type(0)
            if isinstance(kind, t.Literal) and not isinstance(kind.value, (bool, float)):
                member = enum.member_of_value(kind.value)
                if member is not None:
                    return t.EnumMember(enum, member)
            return t.Instance(func.cls)
        mapped = self.index.mapped_of(func.cls)
        if mapped is not None:
            self._constructor(mapped, given)
        return t.Instance(func.cls, func.args)

    def _constructor(self, mapped: MappedClass, given: Arguments) -> None:
        keywords = [events.GivenKeyword(keyword.name, keyword, keyword.value, kind) for keyword, kind in given.keywords]
        is_complete = not given.has_star
        for _keyword, kind in given.rest:
            if isinstance(kind, t.Dict) and kind.items is not None:
                keywords.extend(events.GivenKeyword(name, key, key, value) for name, value, key in kind.items)
            else:
                is_complete = False
        self.ev.emit(events.ConstructorCall(mapped, given.node, tuple(keywords), is_complete, self.ev.record))
        for item in keywords:
            attribute = mapped.attributes.get(item.name)
            if attribute is not None:
                self.ev.operands.write(mapped, attribute, item.value, item.type, "constructor", item.node)

    # -- SQLAlchemy's objects

    def _method(self, method: t.Method, given: Arguments) -> t.Type:
        receiver, name = method.receiver, method.name
        if isinstance(receiver, t.Session):
            return self._session(receiver, name, given)
        if isinstance(receiver, t.Query):
            self._named_operands(receiver.entities, name, given)
            return orm.query_method(receiver, name, self._entities(given))
        if isinstance(receiver, t.Statement):
            self._named_operands(receiver.entities, name, given, receiver.model)
            return orm.statement_method(receiver, name, self._entities(given))
        if isinstance(receiver, t.Result):
            return orm.result_method(receiver, name)
        if isinstance(receiver, t.Attr):
            self.ev.operands.method(receiver, name, given.args)
            return t.SQL
        if isinstance(receiver, t.SqlExpression):
            return t.SQL
        if isinstance(receiver, t.SessionFactory):
            return (
                t.Context(t.Session(receiver.is_async), is_transaction=True)
                if name == "begin"
                else t.unknown("a session factory's method")
            )
        if isinstance(receiver, t.Sequence):
            return self._sequence_method(receiver, name, given)
        if isinstance(receiver, t.Dict):
            return self._dict_method(receiver, name, given)
        return t.unknown(f"`{name}(…)` of a value")

    def _sequence_method(self, receiver: t.Sequence, name: str, given: Arguments) -> t.Type:
        if name == "pop":
            return receiver.element
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
        return receiver if name in _LIST_SAME else t.unknown(f"`{name}(…)` of a collection")

    def _dict_method(self, receiver: t.Dict, name: str, given: Arguments) -> t.Type:
        if name == "get":
            return t.optional(receiver.value)
        if name in ("pop", "setdefault"):
            self._forget_items(receiver, given)
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

    def _session(self, session: t.Session, name: str, given: Arguments) -> t.Type:
        result: t.Type
        if name in _EXECUTING:
            statement = given.type(0, "statement") or t.unknown("no statement")
            self._parameters(statement, given)
            return orm.execute(session, name, statement)
        if name == "query":
            entities = self._entities(given)
            single = bool(entities) and len(entities or ()) == 1 and isinstance((entities or (None,))[0], t.Instance)
            return t.Query(entities, single=single)
        if name in ("get", "get_one"):
            entity = given.type(0, "entity")
            one = (
                t.Instance(entity.cls) if isinstance(entity, t.ClassType) else t.unknown("an entity that is not known")
            )
            result = one if name == "get_one" or isinstance(one, t.Unknown) else t.optional(one)
        elif name == "merge":
            result = given.type(0, "instance") or t.unknown("nothing merged")
        elif name in ("get_or_404",):
            entity = given.type(0, "entity")
            return t.Instance(entity.cls) if isinstance(entity, t.ClassType) else t.unknown("an entity")
        elif name in ("begin", "begin_nested"):
            return t.Context(session, is_transaction=name == "begin")
        elif name == "connection":
            result = t.Builtin("sqlalchemy.Connection")
        elif name == "run_sync":
            result = self._run_sync(given)
        elif name in ("bulk_insert_mappings", "bulk_update_mappings"):
            self._mappings(given)
            result = t.NONE
        elif name in ("session", "session_factory", "registry"):
            return session
        else:
            result = t.NONE if name in orm.ASYNC_METHODS else t.unknown(f"`session.{name}`")
        return t.Coroutine(result) if session.is_async and name in orm.ASYNC_METHODS else result

    def _run_sync(self, given: Arguments) -> t.Type:
        func = given.type(0)
        if isinstance(func, t.Function):
            return self.model.call_function(func, None)
        return t.unknown("what `run_sync` runs")

    def _entities(self, given: Arguments) -> tuple[t.Type, ...] | None:
        """Return the row elements that the positional arguments of `select` or `query` stand for."""
        if given.has_star:
            return None
        found: list[t.Type] = []
        for argument, kind in given.args:
            if isinstance(argument, e.Display) and isinstance(kind, (t.Sequence,)):
                return None  # select([...]) of 1.3
            found.append(self.entity(kind))
        return tuple(found)

    def entity(self, kind: t.Type) -> t.Type:
        """Return what selecting this expression puts into a row."""
        if isinstance(kind, (t.ClassType, t.Aliased)):
            if self.index.mapped_of(kind.cls) is not None:
                return t.Instance(kind.cls)
            return t.unknown("a class that is not mapped")
        if isinstance(kind, t.Attr):
            return orm.attribute_value(kind.mapped, kind.attribute, self.index.target(kind.attribute.relationship))
        return t.unknown("a selected expression")

    # -- names of columns given as keywords and keys

    def _named_operands(
        self,
        entities: tuple[t.Type, ...] | None,
        name: str,
        given: Arguments,
        model: MappedClass | None = None,
    ) -> None:
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

    def _mappings(self, given: Arguments) -> None:
        entity = given.type(0)
        if isinstance(entity, t.ClassType) and len(given.args) > 1:
            mapped = self.index.mapped_of(entity.cls)
            if mapped is not None:
                self._keyed(mapped, *given.args[1])

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

    # -- external functions

    def _external(self, name: str, given: Arguments) -> t.Type:
        if name in _STATEMENTS:
            return self._statement(name, given)
        now = now_of(name, given.node)
        if now is not None:
            return now
        if name in _SAME_ELEMENTS:
            kind = given.type(0)
            if kind is None:
                return t.Sequence(t.unknown("elements of an empty list"))
            shape = {"builtins.set": "set", "builtins.tuple": "tuple"}.get(name, "list")
            return t.Sequence(orm.iterate(kind), shape)
        if name.startswith("builtins."):
            return self._builtin(name.removeprefix("builtins."), given)
        if name.rpartition(".")[2] == "cast" and name.startswith("typing") and len(given.args) == 2:
            return self.model.annotations.read(given.args[0][0], self.ev.module)
        if name in ("sqlalchemy.aliased", "sqlalchemy.with_polymorphic"):
            kind = given.type(0)
            return t.Aliased(kind.cls) if isinstance(kind, t.ClassType) else t.unknown("an alias")
        if name.startswith("sqlalchemy.func."):
            return t.SQL
        if name in (
            "sqlalchemy.Session",
            "sqlmodel.Session",
            "sqlalchemy.AsyncSession",
            "sqlmodel.AsyncSession",
        ):
            return t.Session("Async" in name, "sqlmodel" if name.startswith("sqlmodel") else "sqlalchemy")
        if name in ("sqlalchemy.sessionmaker", "sqlalchemy.async_sessionmaker"):
            return self._factory(name, given)
        if name in ("sqlalchemy.scoped_session", "sqlalchemy.async_scoped_session"):
            factory = given.type(0)
            is_async = factory.is_async if isinstance(factory, t.SessionFactory) else "async" in name
            return t.Session(is_async)
        if name in ("sqlalchemy.object_session",):
            return t.Session(False)
        if name in (
            "sqlalchemy.and_",
            "sqlalchemy.or_",
            "sqlalchemy.not_",
            "sqlalchemy.case",
            "sqlalchemy.literal",
            "sqlalchemy.exists",
            "sqlalchemy.cast",
            "sqlalchemy.desc",
            "sqlalchemy.asc",
            "sqlmodel.col",
        ):
            if name == "sqlmodel.col":
                return given.type(0) or t.SQL
            return t.SQL
        if name in ("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"):
            return self.model.provided(given.type(0, "dependency"))
        if name in ("contextlib.closing", "contextlib.nullcontext"):
            return t.Context(given.type(0) or t.NONE)
        if name in ("copy.copy", "copy.deepcopy"):
            return given.type(0) or t.unknown("a copy")
        if name in ("asyncio.wait_for", "asyncio.shield") and given.args:
            return given.args[0][1]
        last = name.rpartition(".")[2]
        if last[:1].isupper() and not name.startswith(("sqlalchemy.", "sqlmodel.")):
            return t.Builtin(name)
        return t.unknown(f"`{name}(…)` is outside the project")

    def _statement(self, name: str, given: Arguments) -> t.Type:
        family, _, kind = name.rpartition(".")
        flavor = "sqlmodel" if family == "sqlmodel" else "sqlalchemy"
        if kind == "select":
            entities = self._entities(given)
            return t.Statement("select", entities, flavor=flavor)
        first = given.type(0)
        mapped = self.index.mapped_of(first.cls) if isinstance(first, (t.ClassType, t.Aliased)) else None
        return t.Statement(kind, (), mapped, flavor)

    def _factory(self, name: str, given: Arguments) -> t.Type:
        is_async = name.endswith("async_sessionmaker")
        for keyword, kind in given.keywords:
            if keyword.name == "class_" and isinstance(kind, t.ExternalObject) and "Async" in kind.name:
                is_async = True
        for _, kind in given.args[1:]:
            if isinstance(kind, t.ExternalObject) and "AsyncSession" in kind.name:
                is_async = True
        return t.SessionFactory(is_async)

    def _builtin(self, name: str, given: Arguments) -> t.Type:
        first = given.type(0)
        if name == "next" and first is not None:
            found = orm.iterate(first)
            return t.join((found, given.args[1][1])) if len(given.args) > 1 else found
        if name == "enumerate" and first is not None:
            return t.Sequence(t.TupleOf((t.Builtin("builtins.int"), orm.iterate(first))), "iterator")
        if name == "zip":
            if given.has_star:
                return t.unknown("zip of a star")
            return t.Sequence(t.TupleOf(tuple(orm.iterate(kind) for _, kind in given.args)), "iterator")
        if name == "filter" and len(given.args) == 2:
            element = orm.iterate(given.args[1][1])
            return t.Sequence(element, "iterator")
        if name in ("max", "min") and len(given.args) == 1 and first is not None:
            return orm.iterate(first)
        if name == "dict":
            return self._dict_call(given)
        if name == "type" and len(given.args) == 1 and isinstance(first, t.Instance):
            return t.ClassType(first.cls, first.args)
        if name in (
            "str",
            "int",
            "float",
            "bool",
            "bytes",
            "len",
            "repr",
            "sum",
            "any",
            "all",
            "round",
            "abs",
        ):
            if name == "str" and isinstance(first, t.Literal) and isinstance(first.value, str):
                return first
            return t.Builtin(f"builtins.{name}")
        return t.unknown(f"`{name}(…)`")

    def _dict_call(self, given: Arguments) -> t.Type:
        items: list[tuple[str, t.Type, e.Expr]] | None = []
        for _, kind in (*given.args, *given.rest):
            if isinstance(kind, t.Dict) and kind.items is not None and items is not None:
                items.extend(kind.items)
            else:
                items = None
        if items is not None:
            items.extend((keyword.name, kind, keyword.value) for keyword, kind in given.keywords)
        values = [kind for _, kind in given.keywords]
        value = t.join(values) if values else t.unknown("values of a dict")
        return t.Dict(t.Builtin("builtins.str"), value, tuple(items) if items is not None else None)

    def _given_names(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Keep the names given to a call that may update a row whose class is not known."""
        name = (
            node.func.attr
            if isinstance(node.func, e.Attribute)
            else node.func.id
            if isinstance(node.func, e.Name)
            else ""
        )
        is_updating = name in (
            "values",
            "update",
            "bulk_update_mappings",
            "ordered_values",
            "on_conflict_do_update",
            "setattr",
        )
        if not is_updating and not isinstance(func, t.Unknown):
            return
        names = self.ev.record.given_names
        names.update(keyword.name for keyword, _ in given.keywords)
        for argument, kind in given.args:
            if isinstance(kind, t.Dict) and kind.items is not None:
                names.update(item[0] for item in kind.items)
            elif isinstance(argument, e.DictDisplay):
                names.update(item.key.attr for item in argument.items if isinstance(item.key, e.Attribute))
            elif isinstance(kind, t.Literal) and isinstance(kind.value, str) and "update" in kind.value.lower():
                names.update(_WORD.findall(kind.value))

    # -- writes through a session

    def _session_write(self, node: e.Call, func: t.Type, given: Arguments) -> None:
        if not self.ev.recording:
            return
        record = self.ev.record
        if isinstance(func, t.Method) and isinstance(func.receiver, t.Session):
            if func.name in orm.SESSION_WRITES:
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
            hands_session = any(isinstance(kind, t.Session) for _, kind in (*given.args, *given.keywords))
            owns_session = func.bound is not None and func.bound == self.ev.env.get("self")
            if (passes or hands_session or owns_session) and self.model.may_write(func.symbol):
                record.write_calls.add(node.start)

    def _is_model(self, kind: t.Type) -> bool:
        for member in t.members(kind):
            if isinstance(member, (t.Sequence,)):
                member = member.element
            if isinstance(member, t.Instance) and self.index.mapped_of(member.cls) is not None:
                return True
        return False
