"""Values known without running anything: literals, constants, enum members, `cls.__name__` and their kin."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.operators import ARITHMETIC, COMPARISONS
from ormlint.index.bases import BaseReader
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Symbol, Value
from ormlint.index.vocabulary.sqlalchemy import HAS_INHERITED_TABLE, PREFIX

if TYPE_CHECKING:
    from ormlint.index.enums import EnumClass


class NotKnown:
    """The value of what is not known; it is false, as None is, and equals nothing else."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NOT_KNOWN"


NOT_KNOWN = NotKnown()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum of the project."""

    enum: EnumClass
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: its module, the class a method's first parameter stands for, local names."""

    module: Module
    cls: ClassSymbol | None = None
    first: str = "cls"
    names: Mapping[str, object] = field(default_factory=dict)


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    **COMPARISONS,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "is": lambda left, right: left is right,
    "is not": lambda left, right: left is not right,
}
_METHODS: dict[type, tuple[str, ...]] = {
    str: (
        *("lower", "upper", "title", "capitalize", "casefold", "strip", "lstrip", "rstrip", "replace", "join"),
        *("format", "removeprefix", "removesuffix", "split", "startswith", "endswith", "zfill"),
    ),
    dict: ("values", "keys", "items", "get"),
}
_BUILTINS: dict[str, Callable[..., Any]] = {
    "str": str,
    "int": int,
    "len": len,
    "list": list,
    "tuple": tuple,
    "set": lambda *given: list(dict.fromkeys(*given)),
    "sorted": sorted,
    "dict": dict,
    "range": range,
    "max": max,
    "min": min,
}
_MUTATORS = frozenset({"append", "extend", "insert", "remove", "pop", "clear", "update", "add", "setdefault", "sort"})
_PLAIN = (str, int, float, type(None))
_LONGEST = 10_000  # of a string or list: what is longer is data, not a name


class Constants:
    """Evaluates expressions, in a class's `declared_attr` also those that depend on the class."""

    def __init__(self, resolver: Resolver, bases: BaseReader) -> None:
        self.resolver = resolver
        self.bases = bases
        # Set by the index: the enum a class is, the table of a mapped class, what a call of a function gives.
        self.enum_of: Callable[[Symbol], EnumClass | None] = lambda symbol: None
        self.table_of: Callable[[ClassSymbol], str | None] = lambda symbol: None
        self.has_mapped_parent: Callable[[ClassSymbol], bool] = lambda symbol: False
        self.called: Callable[[e.Call, FunctionSymbol, Module], e.Expr | None] = lambda call, function, module: None

    def string(
        self, expr: e.Expr | None, module: Module, cls: ClassSymbol | None = None, first: str = "cls", depth: int = 0
    ) -> str | None:
        """Return the value of a string expression, or None. `first` is the parameter that stands for `cls`."""
        if isinstance(expr, e.Str):
            return expr.value
        found = self.value(expr, Scope(module, cls, first), depth)
        if isinstance(found, Member) and found.enum.is_str:
            found = found.value
        return found if isinstance(found, str) else None

    def strings(self, exprs: tuple[e.Expr, ...], module: Module) -> list[str] | None:
        """Return the strings that expressions are, `*` spread, or None where one is not known or no string."""
        scope = Scope(module)
        found: list[object] = []
        for expr in exprs:
            inner = self.value(expr.value if isinstance(expr, e.Starred) else expr, scope)
            items = self.items(inner) if isinstance(expr, e.Starred) else [inner]
            found.extend(items if items is not None else [NOT_KNOWN])
        texts = [_plain(item) for item in found]
        return [text for text in texts if isinstance(text, str)] if all(isinstance(t, str) for t in texts) else None

    def value(self, expr: e.Expr | None, scope: Scope, depth: int = 0) -> object:
        """Return the value of an expression, `NOT_KNOWN` where it is not known; sets come as lists."""
        if expr is None or depth > 12:
            return NOT_KNOWN
        if isinstance(expr, (e.Str, e.Constant)):
            return expr.value
        method = _EVALUATORS.get(type(expr))
        if method is None:
            return NOT_KNOWN
        try:
            found = method(self, expr, scope, depth + 1)
        except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, re.error):
            return NOT_KNOWN  # Python would refuse it too
        return NOT_KNOWN if isinstance(found, (str, list)) and len(found) > _LONGEST else found

    def _fstring(self, expr: e.FString, scope: Scope, depth: int) -> object:
        parts = [_text(self.value(part, scope, depth)) for part in expr.parts]
        return "".join(part for part in parts if part) if None not in parts else NOT_KNOWN

    def _binary(self, expr: e.Binary, scope: Scope, depth: int) -> object:
        left, right = self.value(expr.left, scope, depth), self.value(expr.right, scope, depth)
        if left is NOT_KNOWN or right is NOT_KNOWN or expr.op not in ARITHMETIC:
            return NOT_KNOWN
        if expr.op == "*" and not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
            return NOT_KNOWN
        return ARITHMETIC[expr.op](_plain(left), _plain(right))

    def _unary(self, expr: e.Unary, scope: Scope, depth: int) -> object:
        found = self.value(expr.operand, scope, depth)
        if found is NOT_KNOWN:
            return NOT_KNOWN
        return not found if expr.op == "not" else -found if expr.op == "-" else NOT_KNOWN  # type: ignore[operator]

    def _compare(self, expr: e.Compare, scope: Scope, depth: int) -> object:
        values = [self.value(item, scope, depth) for item in (expr.left, *(part.right for part in expr.rest))]
        if any(value is NOT_KNOWN for value in values):
            return NOT_KNOWN
        pairs = zip(expr.rest, values, values[1:], strict=False)
        return all(_COMPARE[part.op](left, right) for part, left, right in pairs)

    def _bool_op(self, expr: e.BoolOp, scope: Scope, depth: int) -> object:
        left = self.value(expr.left, scope, depth)
        if left is NOT_KNOWN:
            return NOT_KNOWN
        return self.value(expr.right, scope, depth) if bool(left) is (expr.op == "and") else left

    def _conditional(self, expr: e.Conditional, scope: Scope, depth: int) -> object:
        test = self.value(expr.test, scope, depth)
        return NOT_KNOWN if test is NOT_KNOWN else self.value(expr.body if test else expr.orelse, scope, depth)

    def _display(self, expr: e.Display, scope: Scope, depth: int) -> object:
        found: list[object] = []
        for element in expr.elements:
            inner = self.value(element.value if isinstance(element, e.Starred) else element, scope, depth)
            items = self.items(inner) if isinstance(element, e.Starred) else [inner]
            if items is None or any(item is NOT_KNOWN for item in items):
                return NOT_KNOWN
            found.extend(items)
        return tuple(found) if expr.kind == "tuple" else list(dict.fromkeys(found)) if expr.kind == "set" else found

    def _dict(self, expr: e.DictDisplay, scope: Scope, depth: int) -> object:
        found: dict[object, object] = {}
        for item in expr.items:
            value = self.value(item.value, scope, depth)
            if item.key is None:
                found.update(value)  # type: ignore[call-overload]
                continue
            key = self.value(item.key, scope, depth)
            if key is NOT_KNOWN or value is NOT_KNOWN:
                return NOT_KNOWN
            found[key] = value
        return found

    def _subscript(self, expr: e.Subscript, scope: Scope, depth: int) -> object:
        owner: Any = self.value(expr.value, scope, depth)
        if owner is NOT_KNOWN:
            return NOT_KNOWN
        if isinstance(expr.index, e.Slice):
            ends = [
                None if part is None else self.value(part, scope, depth)
                for part in (expr.index.lower, expr.index.upper, expr.index.step)
            ]
            return NOT_KNOWN if NOT_KNOWN in ends else owner[slice(*ends)]
        index = self.value(expr.index, scope, depth)
        return NOT_KNOWN if index is NOT_KNOWN else owner[index]

    def _comprehension(self, expr: e.Comprehension, scope: Scope, depth: int) -> object:
        if len(expr.clauses) != 1 or expr.kind == "dict" or not isinstance(expr.clauses[0].target, e.Name):
            return NOT_KNOWN
        clause = expr.clauses[0]
        items = self.iterated(clause.iter, scope, depth)
        found: list[object] = []
        for item in items if items is not None else (NOT_KNOWN,):
            names = {**scope.names, expr.clauses[0].target.id: item}
            inner = Scope(scope.module, scope.cls, scope.first, names)
            tests = [self.value(condition, inner, depth) for condition in clause.conditions]
            value = self.value(expr.element, inner, depth)
            if value is NOT_KNOWN or any(test is NOT_KNOWN for test in tests):
                return NOT_KNOWN
            if all(tests):
                found.append(value)
        return found

    def iterated(self, expr: e.Expr, scope: Scope, depth: int = 0) -> list[object] | None:
        """Return what a loop over an expression runs through: the members of an enum too."""
        if isinstance(expr, (e.Name, e.Attribute)):
            symbol = self.resolver.expr(scope.module, expr)
            enum = self.enum_of(symbol) if isinstance(symbol, ClassSymbol) else None
            if enum is not None:
                if enum.open_reason:
                    return None
                names = [name for name in enum.members if name not in enum.aliases]
                return [Member(enum, name, _known(enum.members[name])) for name in names]
        return self.items(self.value(expr, scope, depth))

    def items(self, value: object) -> list[object] | None:
        """Return the elements of a known list, tuple, dict or range."""
        return list(value) if isinstance(value, (list, tuple, dict, range)) else None

    def _name(self, expr: e.Name | e.Attribute, scope: Scope, depth: int) -> object:
        if isinstance(expr, e.Name) and expr.id in scope.names:
            return scope.names[expr.id]
        if isinstance(expr, e.Attribute):
            found = self._attribute(expr, scope, depth)
            if found is not NOT_KNOWN:
                return found
        return self._of_symbol(self.resolver.expr(scope.module, expr), depth)

    def _of_symbol(self, symbol: Symbol, depth: int) -> object:
        if isinstance(symbol, External) and not symbol.name.startswith((PREFIX, "builtins.")):
            symbol = self.resolver.installed_object(symbol.name) or symbol
        if isinstance(symbol, Value):
            if symbol.owner is not None and (enum := self.enum_of(symbol.owner)) is not None:
                name = symbol.name
                return Member(enum, name, _known(enum.members.get(name))) if name in enum.members else NOT_KNOWN
            if symbol.owner is None and self._changes(symbol):
                return NOT_KNOWN
            return self.value(symbol.value, Scope(symbol.module, symbol.owner), depth)
        return NOT_KNOWN

    def _changes(self, value: Value) -> bool:
        """Tell whether a module binds a name in several ways, or changes what it holds."""
        others = [found for found in self.resolver.candidates(value.module, value.name) if found is not value]
        if any(not (isinstance(found, Value) and _is_none(found.value)) for found in others):
            return True
        if not isinstance(value.value, (e.Display, e.DictDisplay, e.Call, e.Comprehension)):
            return False
        for statement in value.module.interface.body:
            call = statement.value if isinstance(statement, s.ExprStmt) else None
            changed: e.Expr | None = None
            if isinstance(call, e.Call) and isinstance(call.func, e.Attribute) and call.func.attr in _MUTATORS:
                changed = call.func.value
            elif isinstance(statement, s.Assign) and isinstance(statement.targets[0], e.Subscript):
                changed = statement.targets[0].value
            if isinstance(changed, e.Name) and changed.id == value.name:
                return True
        return False

    def _attribute(self, expr: e.Attribute, scope: Scope, depth: int) -> object:
        cls = scope.cls
        if isinstance(expr.value, e.Name) and expr.value.id == scope.first and cls is not None:
            if expr.attr in ("__name__", "__qualname__"):
                return cls.name
            if expr.attr == "__tablename__":
                return _known(self.table_of(cls))
            if expr.attr == "__dict__":
                return dict.fromkeys(_names_of(cls), NOT_KNOWN)
            return self._class_constant(cls, expr.attr, depth)
        if isinstance(expr.value, e.Attribute) and cls is not None:
            holder = self._class_of(expr.value, scope)
            if holder is not None:
                return self._of_class(holder, expr.attr, depth)
        owner = self.resolver.expr(scope.module, expr.value)
        if isinstance(owner, ClassSymbol) and expr.attr in ("__name__", "__qualname__", "__tablename__"):
            return self._of_class(owner, expr.attr, depth)
        if expr.attr in ("value", "name", "_value_", "_name_"):
            member = self.value(expr.value, scope, depth)
            if isinstance(member, Member):
                return member.name if "name" in expr.attr else member.value
        return NOT_KNOWN

    def _of_class(self, cls: ClassSymbol, name: str, depth: int) -> object:
        if name == "__tablename__":
            return _known(self.table_of(cls))
        return cls.name if name in ("__name__", "__qualname__") else self._class_constant(cls, name, depth)

    def _call(self, expr: e.Call, scope: Scope, depth: int) -> object:
        func = expr.func
        symbol = self.resolver.expr(scope.module, func)
        if isinstance(symbol, FunctionSymbol):
            found = self.called(expr, symbol, scope.module) if not scope.names else None
            if found is not None and found is not expr:
                return self.value(found, Scope(symbol.module), depth + 2)
        if symbol == External(HAS_INHERITED_TABLE) and scope.cls is not None and len(expr.args) == 1:
            is_cls = isinstance(expr.args[0], e.Name) and expr.args[0].id == scope.first
            return self.has_mapped_parent(scope.cls) if is_cls else NOT_KNOWN
        if isinstance(func, e.Attribute) and func.attr == "sub":
            return self._substituted(func, expr.args, scope, depth)
        if isinstance(symbol, External) and (asked := _ASKED.get(symbol.name)) is not None:
            return asked(self, expr.args, scope, depth)
        args = [self.value(argument, scope, depth) for argument in expr.args]
        keywords = {keyword.name: self.value(keyword.value, scope, depth) for keyword in expr.keywords}
        is_known = NOT_KNOWN not in args and NOT_KNOWN not in keywords.values() and "" not in keywords
        if isinstance(func, e.Attribute):
            owner = self.value(func.value, scope, depth)
            owner = owner.value if isinstance(owner, Member) and owner.enum.is_str else owner
            if is_known and func.attr in _METHODS.get(type(owner), ()):
                found = getattr(owner, func.attr)(*[_plain(argument) for argument in args], **keywords)
                return list(found) if isinstance(owner, dict) and func.attr != "get" else found
        name = (e.dotted_name(func) or "").rpartition(".")[2]
        if isinstance(symbol, External) and symbol.name == f"builtins.{name}" and name in _BUILTINS and is_known:
            if name == "str" and isinstance(args[0], Member):
                return NOT_KNOWN  # it depends on the kind of enum
            return _BUILTINS[name](*args, **keywords)
        if len(args) == 1 and isinstance(args[0], str) and re.fullmatch(r"\w*snake\w*", name):
            return camel_to_snake(args[0])
        if len(expr.args) == 1 and (items := self.iterated(expr.args[0], scope, depth)) is not None:
            return items if name in ("list", "tuple") else NOT_KNOWN
        return NOT_KNOWN

    def _cast(self, args: tuple[e.Expr, ...], scope: Scope, depth: int) -> object:
        return self.value(args[1], scope, depth) if len(args) == 2 else NOT_KNOWN

    def _isinstance(self, args: tuple[e.Expr, ...], scope: Scope, depth: int) -> object:
        value = self.value(args[0], scope, depth) if len(args) == 2 else NOT_KNOWN
        kind = self.resolver.expr(scope.module, args[1]) if value is not NOT_KNOWN else None
        wanted = _KINDS.get(kind.name) if isinstance(kind, External) else None
        return NOT_KNOWN if wanted is None or isinstance(value, Member) else isinstance(value, wanted)

    def _getattr(self, args: tuple[e.Expr, ...], scope: Scope, depth: int) -> object:
        """Return what a class has under a name, or the default; of a dict whose values are not known the keys."""
        if len(args) not in (2, 3):
            return NOT_KNOWN
        is_cls = isinstance(args[0], e.Name) and args[0].id == scope.first
        cls = scope.cls if is_cls else self.resolver.expr(scope.module, args[0])
        name = self.value(args[1], scope, depth)
        if not isinstance(cls, ClassSymbol) or not isinstance(name, str):
            return NOT_KNOWN
        for base in self.bases.mro(cls):
            if isinstance(base, ClassSymbol) and name in _names_of(base):
                found = self._class_value(base, name)
                if found is None or found[1] is not base:
                    return NOT_KNOWN  # a method, or what statements bind
                value = self.value(found[0], Scope(base.module, cls), depth)
                if value is NOT_KNOWN and isinstance(found[0], e.DictDisplay):
                    keys = [item.key.value for item in found[0].items if isinstance(item.key, e.Str)]
                    return dict.fromkeys(keys, NOT_KNOWN) if len(keys) == len(found[0].items) else NOT_KNOWN
                return value
        return self.value(args[2], scope, depth) if len(args) == 3 else NOT_KNOWN

    def _substituted(self, func: e.Attribute, args: tuple[e.Expr, ...], scope: Scope, depth: int) -> object:
        """Return what `re.sub(pattern, text, name)` or `COMPILED.sub(text, name)` gives."""
        owner = self.resolver.expr(scope.module, func.value)
        given = args
        if owner != External("re"):
            compiled = owner.value if isinstance(owner, Value) else None
            if not isinstance(compiled, e.Call) or not compiled.args or not isinstance(owner, Value):
                return NOT_KNOWN
            if self.resolver.expr(owner.module, compiled.func) != External("re.compile"):
                return NOT_KNOWN
            given = (compiled.args[0], *args)
        parts = [self.value(part, scope, depth) for part in given]
        if len(parts) != 3 or not all(isinstance(part, str) for part in parts):
            return NOT_KNOWN
        return re.sub(str(parts[0]), str(parts[1]), str(parts[2]))

    def _class_of(self, expr: e.Attribute, scope: Scope) -> ClassSymbol | None:
        """Return the class that `cls.item_class` holds, where the class or a base sets it to one."""
        if scope.cls is None or not (isinstance(expr.value, e.Name) and expr.value.id == scope.first):
            return None
        found = self._class_value(scope.cls, expr.attr)
        if found is None:
            return None
        value, owner = found
        symbol = self.resolver.expr(owner.module, value)
        return symbol if isinstance(symbol, ClassSymbol) else None

    def target_class(self, expr: e.Expr, cls: ClassSymbol, first: str) -> ClassSymbol | None:
        """Return the class a `declared_attr` names by an attribute of `cls`, or None."""
        return self._class_of(expr, Scope(cls.module, cls, first)) if isinstance(expr, e.Attribute) else None

    def _class_constant(self, cls: ClassSymbol, name: str, depth: int) -> object:
        found = self._class_value(cls, name)
        if found is None:
            return NOT_KNOWN
        value, owner = found
        return self.value(value, Scope(owner.module, cls), depth)

    def _class_value(self, cls: ClassSymbol, name: str) -> tuple[e.Expr, ClassSymbol] | None:
        """Return the expression a class or its bases give a name, and the class that does."""
        for base in self.bases.mro(cls):
            if not isinstance(base, ClassSymbol):
                continue
            for statement in reversed(base.facts.body):
                if not isinstance(statement, s.Assign) or statement.value is None:
                    continue
                for target in statement.targets:
                    if isinstance(target, e.Name) and target.id == name:
                        return statement.value, base
        return None


_EVALUATORS: dict[type, Callable[[Constants, Any, Scope, int], object]] = {
    e.FString: Constants._fstring,
    e.Binary: Constants._binary,
    e.Unary: Constants._unary,
    e.Compare: Constants._compare,
    e.BoolOp: Constants._bool_op,
    e.Conditional: Constants._conditional,
    e.Display: Constants._display,
    e.DictDisplay: Constants._dict,
    e.Subscript: Constants._subscript,
    e.Comprehension: Constants._comprehension,
    e.Name: Constants._name,
    e.Attribute: Constants._name,
    e.Call: Constants._call,
}


_ASKED: dict[str, Callable[[Constants, tuple[e.Expr, ...], Scope, int], object]] = {
    "typing.cast": Constants._cast,
    "builtins.isinstance": Constants._isinstance,
    "builtins.getattr": Constants._getattr,
}
_KINDS: dict[str, type] = {f"builtins.{kind.__name__}": kind for kind in (dict, list, tuple, str, int, bool, float)}


def _names_of(cls: ClassSymbol) -> set[str]:
    """Return the names that the body of a class binds at its top."""
    names: set[str] = set()
    for statement in cls.facts.body:
        if isinstance(statement, s.Assign) and statement.value is not None:
            names.update(target.id for target in statement.targets if isinstance(target, e.Name))
        elif isinstance(statement, (s.FunctionStmt, s.ClassStmt)):
            names.add(statement.name)
    return names


def _known(value: object) -> object:
    return NOT_KNOWN if value is None else value


def _is_none(expr: e.Expr | None) -> bool:
    return isinstance(expr, e.Constant) and expr.value is None


def _plain(value: object) -> object:
    return value.value if isinstance(value, Member) and value.enum.is_str else value


def _text(value: object) -> str | None:
    if isinstance(value, Member):
        return None  # how a member is written depends on the kind of enum and on the version of Python
    return str(value) if isinstance(value, _PLAIN) else None


def camel_to_snake(name: str) -> str:
    """Return Flask-SQLAlchemy's table name for a class name: `HTTPUser2Thing` → `http_user2_thing`."""
    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name)
    return name.lower().lstrip("_")
