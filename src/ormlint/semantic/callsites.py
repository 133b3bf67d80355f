"""What parameters without an annotation are given: by all calls of the whole project, joined.

A parameter is known when every call that may reach its function is known, and the function can be reached in no
other way: it is handed on nowhere as a value, and no decorator may call it by itself. What the calls of one body
give stands in its record; nothing is interpreted twice to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.facts.module import ModuleInterface
from ormlint.facts.walk import walk_nodes
from ormlint.index.reads import Noting, Read, recorded
from ormlint.index.symbols import External, FunctionSymbol, Module
from ormlint.semantic import types as t
from ormlint.semantic.decorators import last_name
from ormlint.semantic.substitution import clip, substitute
from ormlint.text.paths import is_test_path

if TYPE_CHECKING:
    from ormlint.semantic.arguments import Arguments
    from ormlint.semantic.model import SemanticModel
    from ormlint.semantic.records import FunctionRecord

# Of more kinds than these nothing is said; handed on and on they would cost time and say no more.
MAX_KINDS = 64
# Decorators that leave calls as they are.
_PLAIN_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "contextmanager", "asynccontextmanager", "lru_cache", "cache"}
    | {"override", "final", "abstractmethod", "deprecated", "wraps"}
)
_UNTYPED = frozenset({"Any", "object"})
_STAND_INS = ("unittest.mock.", "mock.", "pretend.", "types.SimpleNamespace")
_OF_NO_USE = (t.Literal, t.NoneType, t.Builtin)
# Decorators of accessors and hooks, which no call of the project reaches, and beginnings of those that add arguments.
_NOT_CALLED = frozenset(
    {"setter", "deleter", "validates", "listens_for", "fixture", "overload", "property", "expression"}
)
_ADDING = ("pass_", "with_", "inject", "patch", "use_", "provide")
# Names by which frameworks call methods, whatever the project calls them with.
_CALLED_BY_NAME = ("test", "visit_", "do_", "on_", "handle_", "resolve_", "validate_", "__")
# More types than these say that anything may be given.
_MAX_KINDS = 4
_MAX_GIVEN = 16


@dataclass(frozen=True, slots=True)
class Handed:
    """A parameter that nothing declares, handed on as it is: the function, and the parameter's name."""

    function: int
    name: str


Given = t.Type | Handed


@dataclass(frozen=True, slots=True)
class GivenCall:
    """What one call gives: `func` where it is known, else `name` is all that is known of what is called."""

    func: t.Function | None
    name: str
    is_attribute: bool
    args: tuple[Given, ...]
    keywords: tuple[tuple[str, Given], ...]
    is_open: bool  # a `*` or `**` among the arguments


@dataclass(slots=True)
class _Gathered:
    """What is given to one parameter."""

    kinds: dict[t.Type, None]
    sources: set[Handed]  # other parameters that are handed on as they are
    why: str = ""  # not empty: the reason why nothing is known

    def add(self, kind: t.Type) -> None:
        """Add what one call gives."""
        kind = as_parameter(kind)
        for member in t.members(kind):
            if isinstance(member, t.Unknown):
                self.why = member.reason
        self.kinds[kind] = None
        if len(self.kinds) > _MAX_GIVEN:
            self.why = t.TOO_MANY.reason


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which arguments a function has parameters for."""

    positional: tuple[str, ...]
    names: frozenset[str]
    needed: frozenset[str]
    has_rest: bool  # `*args`
    has_keywords: bool  # `**kwargs`

    @classmethod
    def of(cls, symbol: FunctionSymbol, offset: int) -> _Shape:
        """Return the shape of a function, without the parameters that come before those of a call's arguments."""
        params = symbol.facts.params[offset:]
        kinds = {param.kind for param in params}
        return cls(
            tuple(param.name for param in params if param.kind in ("", "/")),
            frozenset(param.name for param in params),
            frozenset(param.name for param in params if param.default is None and not param.kind.startswith("*")),
            "*" in kinds,
            "**" in kinds,
        )

    def fits(self, call: GivenCall) -> bool:
        """Tell whether a call's arguments are some that the function has parameters for."""
        count = len(call.args)
        if count > len(self.positional) and not self.has_rest and not call.is_open:
            return False
        names = {name for name, _ in call.keywords}
        if not self.has_keywords and not names <= self.names:
            return False
        return call.is_open or self.needed <= names.union(self.positional[:count])


@dataclass(slots=True)
class _Told:
    """What the bodies of a file tell: its calls, with the functions each may reach, and what it hands on."""

    is_test: bool
    calls: list[tuple[GivenCall, tuple[FunctionSymbol, ...] | None]] = field(default_factory=list)
    functions: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


class CallSites:
    """Joins what calls give, once all bodies are interpreted."""

    def __init__(self, model: SemanticModel) -> None:
        self.model = model
        self.index = model.index
        self.known: dict[tuple[int, str], t.Type] = {}
        self.framework: set[int] = set()  # functions that something outside the project may call too
        self._inits: dict[str, tuple[FunctionSymbol | None, object]] = {}
        self.why: dict[tuple[int, str], str] = {}
        self._told: dict[str, _Told] = {}
        self._shapes: dict[tuple[int, int], _Shape] = {}  # (function, how many parameters come before)
        self.read: set[Read] = set()  # what was read to find the functions that are asked about
        # By path, the functions that are asked about: their numbers in the module, and their names.
        self.open_in: dict[str, tuple[tuple[int, str], ...]] = {}
        self.waiting: dict[str, Callable[[], dict[tuple[int, str], t.Type]]] = {}  # by path, what will be `known`
        self._params: dict[int, tuple[e.Param, ...]] = {}

    # -- which functions are asked about

    def open_functions(self, path: str) -> tuple[tuple[int, str], ...]:
        """Return the functions of a file with parameters that nothing declares: their numbers and names."""
        found = self.open_in.get(path)
        if found is None:
            functions = self.index.own_modules[path].functions
            found = tuple((symbol.index, symbol.name) for symbol in functions if self._params_of(symbol))
            self.open_in[path] = found
        return found

    def open_parameters(self, symbol: FunctionSymbol) -> tuple[e.Param, ...]:
        """Return the parameters of a function that nothing declares; none where it is not asked about."""
        if symbol.module.is_installed or all(number != symbol.index for number, _ in self._open(symbol.module)):
            return ()
        return self._params_of(symbol)

    def _open(self, module: Module) -> tuple[tuple[int, str], ...]:
        # Of another text of a file, read for one question only, nothing is asked.
        return self.open_functions(module.path) if self.index.own_modules.get(module.path) is module else ()

    def _params_of(self, symbol: FunctionSymbol) -> tuple[e.Param, ...]:
        found = self._params.get(id(symbol))
        if found is None:
            with Noting(self.read):
                found = self._params[id(symbol)] = self._open_parameters(symbol)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of all functions that are asked about."""
        return frozenset(name for path in self.index.own_modules for _, name in self.open_functions(path))

    @cached_property
    def by_id(self) -> dict[int, tuple[FunctionSymbol, tuple[e.Param, ...]]]:
        """The functions with parameters that nothing declares, and those parameters."""
        found: dict[int, tuple[FunctionSymbol, tuple[e.Param, ...]]] = {}
        for path, module in self.index.own_modules.items():
            for number, _ in self.open_functions(path):
                symbol = module.functions[number]
                found[id(symbol)] = (symbol, self._params_of(symbol))
        return found

    @cached_property
    def by_name(self) -> dict[str, list[FunctionSymbol]]:
        """The same functions by their names."""
        found: dict[str, list[FunctionSymbol]] = {}
        for symbol, _ in self.by_id.values():
            found.setdefault(symbol.name, []).append(symbol)
        return found

    def _open_parameters(self, symbol: FunctionSymbol) -> tuple[e.Param, ...]:
        facts = symbol.facts
        if facts.name.startswith(_CALLED_BY_NAME) and facts.name != "__init__":
            return ()
        params = facts.params[1:] if _has_receiver(symbol) else facts.params
        found = tuple(param for param in params if not param.kind.startswith("*") and is_untyped(param))
        if not found:
            return ()
        if symbol.owner is None and facts.params[0].name == "self":
            return ()  # what a decorator binds
        for decorator in facts.decorators:
            last = last_name(decorator)
            if last in _NOT_CALLED:
                return ()
            if last not in _PLAIN_DECORATORS:
                own = self.model.functions.decorators.hands_on(symbol, decorator)
                if own is False or last.startswith(_ADDING):
                    return ()
                if own is None:
                    self.framework.add(id(symbol))
        if facts.name == "__init__":
            self.framework.add(id(symbol))
        return found

    # -- what is known

    def given(self, symbol: FunctionSymbol, name: str) -> t.Type | None:
        """Return what calls give a parameter, or None."""
        self.settle(symbol.module.path)
        return self.known.get((id(symbol), name))

    def settle(self, path: str) -> None:
        """Let `known` hold what is known of a file's functions."""
        waiting = self.waiting.pop(path, None)
        if waiting is not None:
            self.known.update(waiting())

    # -- what bodies tell

    def note(self, record: FunctionRecord, node: e.Call, func: t.Type, given: Arguments) -> None:
        """Keep what a call gives, where it may reach one of the functions."""
        if isinstance(func, t.ClassType):
            init = self._init(func)
            func = t.Function(init, t.Instance(func.cls)) if init is not None else func
        target = func if isinstance(func, t.Function) else None
        is_attribute = isinstance(node.func, e.Attribute)
        if target is not None:
            name = target.symbol.name
        elif isinstance(func, t.Unknown):
            name = node.func.attr if isinstance(node.func, e.Attribute) else getattr(node.func, "id", "")
        else:
            return
        if name not in self.names:
            return
        args = tuple(self._handed(record, expr, kind) for expr, kind in given.args)
        keywords = tuple((item.name, self._handed(record, item.value, kind)) for item, kind in given.keywords)
        is_open = given.has_star or bool(given.rest)
        record.given.append(GivenCall(target, name, is_attribute, args, keywords, is_open))

    def _handed(self, record: FunctionRecord, expr: e.Expr, kind: t.Type) -> Given:
        """Return what is given, or the parameter of the body or of one around it that is handed on as it is."""
        if not isinstance(kind, t.Unknown) or not isinstance(expr, e.Name):
            return kind
        symbol = record.symbol
        while symbol is not None:
            for param in self.open_parameters(symbol):
                if param.name == expr.id and kind.reason == untyped(param):
                    return Handed(id(symbol), param.name)
            symbol = self.model.parent(symbol)
        return kind

    def _init(self, made: t.ClassType) -> FunctionSymbol | None:
        return recorded(self._inits, made.cls.key, lambda: self.model.members.find_method(made.cls, "__init__"))

    def spelled(self, record: FunctionRecord, text: str) -> None:
        """Note a text that is a function's name: it may be asked for by it. Tests replace functions so."""
        if not _is_test(record.module):
            record.value_names.add(text)

    # -- joining

    def update(self) -> list[FunctionSymbol]:
        """Work out the parameters anew; return the functions of which more is known than before."""
        gathered = {
            (key, param.name): _Gathered({}, set()) for key, (_, params) in self.by_id.items() for param in params
        }
        self._escaped(gathered)
        for path in self.index.own_modules:
            told = self._told_by(path)
            for call, targets in told.calls:
                self._gather(told.is_test, call, self._targets(call) if targets is None else targets, gathered)
        changed: dict[int, FunctionSymbol] = {}
        self._close(gathered)
        for (key, name), found in gathered.items():
            if (key, name) in self.known:
                continue
            if found.why:
                self.why[key, name] = found.why
                continue
            kind = self._joined(found.kinds, key in self.framework)
            if isinstance(kind, t.Unknown):
                self.why[key, name] = kind.reason
            else:
                self.known[key, name] = kind
                changed[key] = self.by_id[key][0]
        return list(changed.values())

    def forget(self, paths: Iterable[str]) -> None:
        """Forget what files told: they are read again."""
        for path in paths:
            self._told.pop(path, None)

    def _told_by(self, path: str) -> _Told:
        """Return what a file's bodies tell, put together once for all rounds."""
        told = self._told.get(path)
        if told is None:
            told = self._told[path] = _Told(_is_test(self.index.own_modules[path]))
            for record in self.model.records_of(path):
                told.functions |= record.value_functions
                told.names |= record.value_names
                if self.model.is_given_up(record):
                    told.names |= named(record.body, self.by_name)
                for call in record.given:
                    # By its name alone a call may reach so many that they are not kept.
                    targets = tuple(self._targets(call)) if call.func is not None else None
                    if targets != ():
                        told.calls.append((call, targets))
        return told

    def _gather(
        self,
        is_test: bool,
        call: GivenCall,
        targets: Iterable[FunctionSymbol],
        gathered: dict[tuple[int, str], _Gathered],
    ) -> None:
        for symbol in targets:
            key = id(symbol)
            is_named = call.func is not None and call.func.symbol is symbol and not is_test
            # Of what is known already, or cannot be known, a call tells nothing; but one that does not fit tells why.
            params = [
                param
                for param in self.by_id[key][1]
                if (key, param.name) not in self.known and (is_named or not gathered[key, param.name].why)
            ]
            if not params:
                continue
            offset = self._offset(symbol, call)
            # Else it is no call of this function, or a decorator adds what is missing.
            if not self._shape(symbol, offset).fits(call):
                if is_named:
                    for param in params:
                        gathered[key, param.name].why = "a call gives other arguments than it has"
                continue
            is_lenient = is_test and not _is_test(symbol.module)
            for param in params:
                found = gathered[key, param.name]
                if found.why:
                    continue
                kind = _argument(symbol, param, offset, call)
                if kind is None:
                    if not is_lenient:
                        found.why = "a call gives it with others, by `*` or `**`"
                    continue
                if isinstance(kind, Handed):
                    found.sources.add(kind)
                elif not (is_lenient and is_stand_in(kind)):
                    found.add(kind)

    def _shape(self, symbol: FunctionSymbol, offset: int) -> _Shape:
        shape = self._shapes.get((id(symbol), offset))
        if shape is None:
            shape = self._shapes[id(symbol), offset] = _Shape.of(symbol, offset)
        return shape

    def _close(self, gathered: dict[tuple[int, str], _Gathered]) -> None:
        """Give each parameter what the parameters handed on to it are given."""
        heirs: dict[tuple[int, str], list[_Gathered]] = {}
        for found in gathered.values():
            for source in found.sources:
                heirs.setdefault((source.function, source.name), []).append(found)
        keys = {id(found): key for key, found in gathered.items()}

        def spread(pending: list[tuple[int, str]]) -> None:
            while pending:
                key = pending.pop()
                found = gathered[key]
                for heir in heirs.get(key, ()):
                    if heir.why:
                        continue
                    count = len(heir.kinds)
                    heir.why = found.why
                    heir.kinds.update(found.kinds)
                    if len(heir.kinds) > MAX_KINDS:  # joined they would be too many in any case
                        heir.why = heir.why or t.TOO_MANY.reason
                    if heir.why or len(heir.kinds) != count:
                        pending.append(keys[id(heir)])

        for key, kind in self.known.items():
            gathered[key] = _Gathered({kind: None}, set())
        spread(list(heirs))
        unseen = [found for found in gathered.values() if not found.kinds and not found.why]
        for found in unseen:  # what nobody calls may be called by anybody
            found.why = "no call is seen"
        spread(list(heirs))

    def _joined(self, kinds: Iterable[t.Type], by_framework: bool) -> t.Type:
        joined = t.join(kinds)
        members = t.members(joined)
        if isinstance(joined, t.Unknown):
            return joined
        if len(members) > _MAX_KINDS or all(isinstance(member, _OF_NO_USE) for member in members):
            return t.unknown("its calls give no objects")
        if by_framework and not all(isinstance(member, (t.Instance, t.Session, t.NoneType)) for member in members):
            return t.unknown("something outside the project may call it")
        return joined

    # -- who is called

    def _targets(self, call: GivenCall) -> Iterator[FunctionSymbol]:
        """Yield the functions that a call may reach."""
        named = self.by_name.get(call.name, [])
        if call.func is None:
            yield from named if call.is_attribute else (item for item in named if item.owner is None)
            return
        yield from self._with_heirs(call.func.symbol, named)

    def _with_heirs(self, symbol: FunctionSymbol, named: list[FunctionSymbol]) -> Iterator[FunctionSymbol]:
        """Yield a function, and the methods that may stand in for it: overriding ones, and a protocol's."""
        owner = symbol.owner
        if owner is None or symbol.name == "__init__":
            if id(symbol) in self.by_id:
                yield symbol
            return
        is_protocol = any(
            isinstance(base, External) and base.name.endswith("Protocol") for base in self.index.bases.mro(owner)
        )
        for item in named:
            if item is symbol or (
                item.owner is not None and (is_protocol or owner in self.index.bases.mro(item.owner))
            ):
                yield item

    def _offset(self, symbol: FunctionSymbol, call: GivenCall) -> int:
        """Return how many parameters come before those of the call's arguments."""
        if not _has_receiver(symbol):
            return 0
        if call.func is None:
            return 1
        if call.func.bound is None:
            return 0
        is_class = isinstance(call.func.bound, t.ClassType)
        return 0 if is_class and "classmethod" not in map(last_name, symbol.facts.decorators) else 1

    # -- other ways to reach a function

    def _escaped(self, gathered: dict[tuple[int, str], _Gathered]) -> None:
        ids: set[int] = set()
        names = set(self._all_declared)
        for path in self.index.own_modules:
            told = self._told_by(path)
            ids |= told.functions
            names |= told.names
        for key, (symbol, params) in self.by_id.items():
            reached = symbol.name in names or key in ids
            if not reached and symbol.owner is not None:
                family = (item for item in self.by_name[symbol.name] if id(item) in ids and item.owner is not None)
                reached = any(item.owner in self.index.bases.mro(symbol.owner) for item in family)
            if reached:
                for param in params:
                    gathered[key, param.name].why = "its function is handed on as a value"

    @cached_property
    def _all_declared(self) -> frozenset[str]:
        names = self.by_name
        return frozenset().union(
            *(declared_values(module.own_interface, names) for module in self.index.own_modules.values())
        )


def declared_values(interface: ModuleInterface, names: Container[str]) -> set[str]:
    """Return which of some names stand where no body is read: in class bodies, decorators, defaults, annotations."""
    parts: list[object] = []
    for cls in interface.classes:
        parts += (cls.body, cls.keywords, cls.decorators)
    for function in interface.functions:
        parts.append(function.decorators)
        for param in function.params:
            parts += (param.default, param.annotation)
    return named(tuple(parts), names)


def named(parts: object, names: Container[str]) -> set[str]:
    """Return which of some names stand somewhere, called or not."""
    found: set[str] = set()
    for node in walk_nodes(parts):
        name = node.id if isinstance(node, e.Name) else node.attr if isinstance(node, e.Attribute) else ""
        if name in names:
            found.add(name)
    return found


def untyped(param: e.Param) -> str:
    """Return the reason why a parameter is not known that nothing declares."""
    if param.annotation is None:
        return f"parameter `{param.name}` has no annotation"
    return f"parameter `{param.name}` is annotated with anything"


def is_untyped(param: e.Param) -> bool:
    """Tell whether nothing says what a parameter is given."""
    if isinstance(param.default, e.Call):
        return False
    if param.annotation is None:
        return True
    return (e.dotted_name(param.annotation) or "").rpartition(".")[2] in _UNTYPED


def _has_receiver(symbol: FunctionSymbol) -> bool:
    if symbol.owner is None or not symbol.facts.params:
        return False
    return "staticmethod" not in map(last_name, symbol.facts.decorators)


def _argument(symbol: FunctionSymbol, param: e.Param, offset: int, call: GivenCall) -> Given | None:
    """Return what a call gives a parameter, its default where it gives nothing, None when that is not known."""
    for name, kind in call.keywords:
        if name == param.name:
            return kind
    if call.is_open:
        return None
    position = symbol.facts.params.index(param) - offset
    if 0 <= position < len(call.args) and param.kind != "=":
        return call.args[position]
    if isinstance(param.default, e.Constant) and param.default.value is None:
        return t.NONE
    if isinstance(param.default, (e.Constant, e.Str)):
        return t.Builtin(f"builtins.{type(param.default.value).__name__}")
    return t.unknown("a default that is not read" if param.default is not None else "a call without it")


def as_parameter(kind: t.Type) -> t.Type:
    """Return a type as that of a parameter: what is true of this very value only is left out."""
    if isinstance(kind, t.Union_):
        return t.join(map(as_parameter, kind.members))
    if isinstance(kind, t.Literal):
        return t.Builtin(f"builtins.{type(kind.value).__name__}")
    if isinstance(kind, t.EnumMember):
        return t.Instance(kind.enum.symbol)
    if isinstance(kind, (t.Now, t.Moment)):
        return t.Builtin("datetime.datetime")
    if isinstance(kind, t.Dict):
        return t.Dict(as_parameter(kind.key), as_parameter(kind.value))
    if isinstance(kind, t.Sequence):
        return clip(substitute(t.Sequence(_element(kind.element), kind.kind), {}))
    if isinstance(kind, t.TupleOf):
        return clip(substitute(t.TupleOf(tuple(map(_element, kind.elements))), {}))
    if isinstance(kind, (t.Function, t.Method, t.Partial, t.Super, t.Never)):
        return t.unknown("a call gives a function")
    return _bare(clip(substitute(kind, {})))


def _element(kind: t.Type) -> t.Type:
    return kind if isinstance(kind, (t.Unknown, t.Function, t.Method, t.Partial)) else as_parameter(kind)


def _bare(kind: t.Type) -> t.Type:
    """Return a type without the expressions that are the values of dicts inside it."""
    if isinstance(kind, t.Union_):
        return t.join(map(_bare, kind.members))
    if isinstance(kind, t.Sequence):
        return t.Sequence(_bare(kind.element), kind.kind)
    if isinstance(kind, t.TupleOf):
        return t.TupleOf(tuple(map(_bare, kind.elements)))
    if isinstance(kind, t.Dict):
        return t.Dict(_bare(kind.key), _bare(kind.value))
    if isinstance(kind, t.Coroutine):
        return t.Coroutine(_bare(kind.result), kind.origin)
    return kind


def is_stand_in(kind: t.Type) -> bool:
    """Tell whether a test gives something in place of the real thing."""
    if isinstance(kind, (t.Unknown, t.NoneType, t.Never)):
        return True
    return isinstance(kind, t.Builtin) and kind.name.startswith(_STAND_INS)


def _is_test(module: Module) -> bool:
    return is_test_path(module.path)
