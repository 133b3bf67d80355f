"""Calls: constructors, functions of the project, builtins, and SQLAlchemy's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.index.symbols import ClassSymbol
from ormlint.index.vocabulary import ORM_PREFIXES, advanced_alchemy, flask_sqlalchemy
from ormlint.index.vocabulary.sqlalchemy import ENGINES
from ormlint.semantic import events, orm, repositories
from ormlint.semantic import types as t
from ormlint.semantic.arguments import Arguments
from ormlint.semantic.clock import after_method
from ormlint.semantic.containers import ContainerCalls
from ormlint.semantic.externals import ExternalCalls
from ormlint.semantic.printing import show
from ormlint.semantic.queries import QueryReader
from ormlint.semantic.sessions import EXECUTING, SessionCalls
from ormlint.semantic.sqltext import SqlTextReader
from ormlint.semantic.writes import SESSION_NAME, WriteReader

if TYPE_CHECKING:
    from ormlint.semantic.evaluation import Evaluator


# What an engine that nothing declares gives by `connect()` and `begin()`.
# Functions that call what they are given with each element of an iterable, and which argument that is.
_ITERABLES = {
    "builtins.sorted": 0,
    "builtins.min": 0,
    "builtins.max": 0,
    "builtins.map": 1,
    "builtins.filter": 1,
    "itertools.groupby": 0,
    "itertools.takewhile": 1,
    "itertools.dropwhile": 1,
}
MAYBE_CONNECTION = "what `connect()` gives"
_OF_SESSIONS = frozenset({"query", "get", "get_one", *EXECUTING})


class CallReader:
    """Answers `func(…)`, and reports constructor calls, writes and session writes."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.ev = evaluator
        self.model = evaluator.model
        self.index = evaluator.index
        self.sessions = SessionCalls(evaluator)
        self.externals = ExternalCalls(evaluator)
        self.sql = SqlTextReader(evaluator)
        self.containers = ContainerCalls(evaluator)
        self.writes = WriteReader(evaluator)
        self.queries = QueryReader(evaluator)
        self._is_probing = False

    def call(self, node: e.Call) -> t.Type:
        """Return the type of a call."""
        func = self.ev.callee(node.func)
        arguments = self._arguments(node, self._element_for_lambda(node, func))
        if isinstance(node.func, e.Name):
            special = self._special(node.func.id, node, arguments)
            if special is not None:
                return special
        if isinstance(func, t.Union_):
            # One of several classes: which keywords it takes is not known, what comes out is.
            recording, self.ev.recording = self.ev.recording, False
            kinds: list[t.Type] = []
            for member in func.members:
                found: t.Type | None = None
                if isinstance(member, (t.Unknown, t.ExternalObject)):
                    found = self._evident_session(node, member, arguments)
                if not isinstance(member, t.NoneType):
                    kinds.append(found if found is not None else self.called(member, arguments))
            self.ev.recording = recording
            if recording:
                for member in func.members:
                    self.model.call_sites.note(self.ev.record, node, member, arguments)
            return t.join(kinds)
        if func == t.NEVER or arguments.has_never:
            return t.NEVER
        if isinstance(func, (t.Unknown, t.ExternalObject)):
            evident = self._evident_session(node, func, arguments)
            if evident is not None:
                return evident
        result = self.called(func, arguments)
        if self.ev.recording:
            if node.args:
                self.ev.python_operators.call(node, func, arguments)
            if type(func) is t.Method:
                self.queries.called(node, func, arguments)
            self.ev.mutations.call(node, func)
            self.ev.lazy_loads.called(func, node)
            self.model.call_sites.note(self.ev.record, node, func, arguments)
            self.writes.session(node, func, arguments)
            if node.args:
                self.sql.call(node, func, arguments)
        if self.ev.has_paths:
            self._forget_paths(node, func)
        self.writes.names(node, func, arguments)
        return result

    def _forget_paths(self, node: e.Call, func: t.Type) -> None:
        """Forget attributes that a call may have set: those of what it is called on and what it is given."""
        if isinstance(func, t.Method) and isinstance(func.receiver, t.Session):
            if func.name in ("commit", "rollback", "refresh", "expire", "expire_all"):
                self.ev.forget_paths()
        elif isinstance(func, (t.Function, t.Unknown, t.Union_)):
            given = (node.func, *node.args, *(keyword.value for keyword in node.keywords))
            for expr in given:
                dotted = e.dotted_name(expr)
                if dotted is not None:
                    self.ev.forget_paths(dotted.partition(".")[0])

    def _evident_session(self, node: e.Call, owner: t.Unknown | t.ExternalObject, given: Arguments) -> t.Type | None:
        """Read `db.query(Model)` and its kin on a session that nothing declares.

        Only a session has a `query` that takes a mapped class. Its other methods have namesakes on
        connections and dicts, so there the variable has to be called a session too.
        """
        func = node.func
        if not isinstance(func, e.Attribute):
            return None
        if isinstance(owner, t.ExternalObject):
            # `db.session.query(Model)` of an extension that was not read.
            if owner.name.startswith(ORM_PREFIXES) or func.attr == "connect":
                return None
        if not given.args:
            receiver = (e.dotted_name(func.value) or "").rpartition(".")[2].lower()
            if func.attr == "connect" or (func.attr == "begin" and "engine" in receiver):
                return t.Context(t.unknown(MAYBE_CONNECTION))
            return None
        if func.attr not in _OF_SESSIONS:
            return None
        first = given.args[0][1]
        is_model = all(
            isinstance(member, t.TypeVarClass)
            or (isinstance(member, (t.ClassType, t.Aliased)) and self._is_queried(member.cls))
            for member in t.members(first)
        )
        if func.attr == "query" and (is_model or isinstance(first, t.Attr)):
            return self.sessions.call(t.Session(False), "query", given)
        name = (e.dotted_name(func.value) or "").rpartition(".")[2].lower()
        if not SESSION_NAME.search(name) or owner == t.unknown(MAYBE_CONNECTION):
            return None
        if (func.attr in ("get", "get_one") and is_model and len(given.args) > 1) or (
            func.attr in EXECUTING and isinstance(first, t.Statement)
        ):
            return self.sessions.call(t.Session(False), func.attr, given)
        return None

    def _is_flask(self, query: t.Query) -> bool:
        """Tell whether a query is one of Flask-SQLAlchemy's."""
        if query.flask or not query.entities:
            return query.flask
        entity = query.entities[0]
        mapped = self.index.mapped_of(entity.cls) if isinstance(entity, t.Instance) else None
        return mapped is not None and mapped.style == "flask"

    def _is_queried(self, cls: ClassSymbol) -> bool:
        """Tell whether a class can be asked for: a mapped one, or the `cls` of a mixin's class method."""
        return self.index.mapped_of(cls) is not None or self.model.members.is_mixin(cls)

    def _element_for_lambda(self, node: e.Call, func: t.Type) -> t.Type | None:
        """Return what a call hands to the lambda among its arguments: `sorted(videos, key=lambda video: …)`."""
        lambdas = 0
        for item in node.args:
            lambdas += type(item) is e.Lambda
        for keyword in node.keywords:
            lambdas += type(keyword.value) is e.Lambda
        if lambdas != 1:
            return None
        if isinstance(func, t.Method) and isinstance(func.receiver, t.Sequence) and func.name == "sort":
            return func.receiver.element
        position = _ITERABLES.get(func.name) if isinstance(func, t.ExternalObject) else None
        if position is None or position >= len(node.args) or self._is_probing:
            return None
        self._is_probing = True  # what stands inside is not evaluated twice again
        try:
            return self.ev.iterate(self.ev.quiet(node.args[position]))
        finally:
            self._is_probing = False

    def _argument(self, expr: e.Expr, element: t.Type | None) -> t.Type:
        if element is None or not isinstance(expr, e.Lambda):
            return self.ev.eval(expr)
        self.ev.lambda_element = element
        try:
            return self.ev.eval(expr)
        finally:
            self.ev.lambda_element = None

    def _arguments(self, node: e.Call, element: t.Type | None = None) -> Arguments:
        args: list[tuple[e.Expr, t.Type]] = []
        has_star = has_never = False
        for argument in node.args:
            has_star = has_star or isinstance(argument, e.Starred)
            kind = self._argument(argument, element)
            has_never = has_never or kind is t.NEVER
            args.append((argument, kind))
        keywords: list[tuple[e.Keyword, t.Type]] = []
        rest: list[tuple[e.Keyword, t.Type]] = []
        for keyword in node.keywords:
            kind = self._argument(keyword.value, element)
            has_never = has_never or kind is t.NEVER
            (keywords if keyword.name else rest).append((keyword, kind))
        return Arguments(node, tuple(args), tuple(keywords), tuple(rest), has_star, has_never)

    # -- names with a meaning of their own

    def _special(self, name: str, node: e.Call, given: Arguments) -> t.Type | None:
        if name in self.ev.env or self.ev.module.has(name):
            return None
        if name == "reveal_type" and given.args:
            self.ev.reveal(node, show(given.args[0][1]), given.args[0][1])
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
            found = self.ev.attributes.load(synthetic, given.args[0][1])
            if isinstance(found, t.Function):
                self.ev.record.value_functions.add(id(found.symbol))
            return found
        if name == "setattr" and len(given.args) == 3:
            return self._setattr(node, given)
        if name == "super":
            return self._super(given)
        return None

    def _connection(self, receiver: t.Connection, name: str) -> t.Type:
        if name in EXECUTING:
            return orm.execute_core(receiver, name)
        if name in ("execution_options",):
            return t.Coroutine(receiver) if receiver.is_async else receiver
        if name in ("begin", "begin_nested"):
            return t.Context(t.unknown("a transaction"))
        return t.unknown(f"`{name}(…)` of a connection")

    def _framework(self, kind: str, name: str, given: Arguments) -> t.Type:
        """Answer methods of engines and of the Flask-SQLAlchemy extension."""
        if kind in ENGINES:
            return t.Context(t.Connection(ENGINES[kind])) if name in ("connect", "begin") else t.unknown("an engine")
        if name == flask_sqlalchemy.GET_OR_404:
            return self.sessions.call(t.Session(False), name, given)
        statement = given.type(0)
        entities = statement.entities if isinstance(statement, t.Statement) else None
        if name in flask_sqlalchemy.ONE_OR_404:
            return orm.first_of(entities)
        if name == flask_sqlalchemy.PAGINATE:
            return t.Pagination(orm.first_of(entities))
        return t.unknown(f"`{name}(…)` of {kind}")

    def _setattr(self, node: e.Call, given: Arguments) -> t.Type:
        key = given.args[1][1]
        record = self.ev.record
        if isinstance(key, t.Literal) and isinstance(key.value, str):
            record.stored_names.add(key.value)
            value, kind = given.args[2]
            self.ev.attributes.store_on(given.args[0][1], key.value, node, node.args[1], kind, value)
        else:
            self.writes.open(given.args[0][1])
        return t.NONE

    def _super(self, given: Arguments) -> t.Type:
        symbol = self.ev.record.symbol
        if symbol is None or symbol.owner is None or not symbol.facts.params:
            return t.unknown("`super()` outside a method")
        first = symbol.facts.params[0].name
        return t.Super(symbol.owner, self.ev.env.get(first, t.unknown("self")))

    # -- the callee's kind

    def called(self, func: t.Type, given: Arguments) -> t.Type:
        """Return what calling a value of this type gives."""
        if isinstance(func, (t.Unknown, t.Never)):
            return func
        if isinstance(func, t.TypeVarClass):
            return t.TypeVar(func.name)
        if isinstance(func, t.Partial):
            return func.result
        if isinstance(func, t.ClassType):
            return self._construct(func, given)
        if isinstance(func, t.Factory):
            return self._made(func, "create", given)
        if isinstance(func, t.Function):
            return self._project_function(func, given)
        if isinstance(func, t.Method):
            return self._method(func, given)
        if isinstance(func, t.ExternalObject):
            return self.externals.call(func.name, given)
        if isinstance(func, t.SessionFactory):
            return t.Session(func.is_async)
        if isinstance(func, t.Session):  # a scoped session called
            return func
        if isinstance(func, t.Instance):
            bound = self.model.members.of_instance(func, "__call__")
            return self.called(bound, given) if isinstance(bound, t.Function) else t.unknown("a callable object")
        return t.unknown("a call of something unknown")

    def _project_function(self, func: t.Function, given: Arguments) -> t.Type:
        self.ev.record.calls.append(events.ProjectCall(id(func.symbol), given.node, self.ev.statement, self.ev.record))
        self._contradictions(func, given)
        return self.model.functions.call(func, given)

    def _contradictions(self, func: t.Function, given: Arguments) -> None:
        """Note parameters that are annotated with one model and given another: the annotation is not what runs."""
        is_method = func.bound is not None
        for position, name, cls in self.model.functions.model_parameters(func.symbol):
            kind = given.type(position - is_method, name) if position >= is_method else None
            for item in t.instances(kind) if kind is not None else ():
                if self.index.mapped_of(item.cls) is None:
                    continue
                if cls not in self.index.bases.mro(item.cls) and item.cls not in self.index.bases.mro(cls):
                    self.ev.record.contradictions.add((id(func.symbol), name))

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
        elif self.model.factories.made_by(func.cls) is not None:
            return self._made(func, "create", given)
        if func.args:
            return t.Instance(func.cls, func.args)
        return t.Instance(func.cls, self._type_arguments(func, given))

    def _filtered(self, repository: t.Repository, name: str, given: Arguments) -> None:
        """Report the keywords by which a repository looks for rows: it compares each with the attribute."""
        if name in advanced_alchemy.FILTERING and not repository.is_service:
            own = advanced_alchemy.OWN_KEYWORDS
            keywords = tuple(item for item in given.keywords if item[0].name not in own)
            filters = Arguments(given.node, (), keywords, given.rest, given.has_star)
            self.sessions.named_operands((repository.element,), "filter_by", filters)
            if self.ev.recording:
                self.queries.repository(repository.element, name, filters)

    def _made(self, factory: t.ClassType | t.Factory, name: str, given: Arguments) -> t.Type:
        """Answer a call of a factory; what it does not declare itself is handed to the model's constructor."""
        made = self.model.factories.call(factory, name)
        model = made.element if isinstance(made, t.Sequence) else made
        mapped = self.index.mapped_of(model.cls) if isinstance(model, t.Instance) else None
        if mapped is not None:
            constructed = self.model.factories.constructed(factory, name, given)
            if constructed is not None:
                self._constructor(mapped, constructed, by_factory=True)
        return made

    def _type_arguments(self, func: t.ClassType, given: Arguments) -> tuple[t.Type, ...]:
        """Bind the variables of a generic class by the arguments of its `__init__`."""
        names = self.model.members.parameters(func.cls)
        init = self.model.members.find_method(func.cls, "__init__") if names else None
        if init is None:
            return ()
        bindings: dict[str, t.Type] = {}
        self.model.functions.bind_arguments(init, given, bindings, True)
        return tuple(bindings.get(name, t.unknown("a type argument that is not given")) for name in names)

    def _constructor(self, mapped: MappedClass, given: Arguments, by_factory: bool = False) -> None:
        keywords = [events.GivenKeyword(keyword.name, keyword, keyword.value, kind) for keyword, kind in given.keywords]
        is_complete = not given.has_star
        for _keyword, kind in given.rest:
            if isinstance(kind, t.Dict) and kind.items is not None:
                keywords.extend(events.GivenKeyword(name, key, key, value) for name, value, key in kind.items)
            else:
                is_complete = False
        is_expected = self.ev.expected > 0
        call = events.ConstructorCall(mapped, given.node, tuple(keywords), is_complete, self.ev.record, is_expected)
        self.ev.emit(call)
        for item in () if by_factory else keywords:  # a factory flushes, and may load the row anew
            attribute = mapped.attributes.get(item.name)
            if attribute is not None:
                self.ev.operands.write(mapped, attribute, item.value, item.type, "constructor", item.node)

    def _method(self, method: t.Method, given: Arguments) -> t.Type:
        receiver, name = method.receiver, method.name
        if isinstance(receiver, t.Session):
            return self.sessions.call(receiver, name, given)
        if isinstance(receiver, t.Query) and name == flask_sqlalchemy.PAGINATE and not self._is_flask(receiver):
            return t.unknown("`Query.paginate`")
        if isinstance(receiver, t.Query):
            self.sessions.named_operands(receiver.entities, name, given)
            result = orm.query_method(receiver, name, self.sessions.entities(given))
            return self.queries.joined(receiver, name, given, result)
        if isinstance(receiver, t.Statement):
            self.sessions.named_operands(receiver.entities, name, given, receiver.model)
            result = orm.statement_method(receiver, name, self.sessions.entities(given))
            return self.queries.joined(receiver, name, given, result)
        if isinstance(receiver, t.Result):
            return orm.result_method(receiver, name, given.type(0, "index"))
        if isinstance(receiver, t.Connection):
            return self._connection(receiver, name)
        if isinstance(receiver, (t.ClassType, t.Factory)):
            return self._made(receiver, name, given)
        if isinstance(receiver, t.Repository):
            self._filtered(receiver, name, given)
            return repositories.method(receiver, name)
        if isinstance(receiver, t.Builtin):
            return self._framework(receiver.name, name, given)
        if isinstance(receiver, t.Attr):
            self.ev.operands.method(receiver, name, given.args)
            self.ev.operands.relations.method(receiver, name, given.node)
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
            return self.containers.sequence(receiver, name, given)
        if isinstance(receiver, t.Dict):
            return self.containers.dict(receiver, name, given)
        if isinstance(receiver, (t.Now, t.Moment)):
            time = after_method(receiver, name, given.node, self.ev.is_zone)
            return time if time is not None else t.unknown("a computed time")
        return t.unknown(f"`{name}(…)` of a value")
