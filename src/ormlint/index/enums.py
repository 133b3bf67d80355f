"""Python enums of the project, and the labels an `Enum` column stores for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import ClassFacts
from ormlint.facts.walk import walk_statements
from ormlint.index.reads import recorded
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Symbol, Value
from ormlint.index.vocabulary.others import ENUM_BASES


@dataclass(eq=False, slots=True)
class EnumClass:
    """A Python enum: its members in order with their values (None where a value is not a literal)."""

    symbol: ClassSymbol
    members: dict[str, str | int | None]
    is_str: bool  # a `str` mixin or StrEnum: a member equals its value
    is_int: bool
    open_reason: str | None = None
    aliases: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The class's name."""
        return self.symbol.name

    def member_of_value(self, value: str | int) -> str | None:
        """Return the name of the member with this value, or None."""
        for name, own in self.members.items():
            if own == value and type(own) is type(value):
                return name
        return None


@dataclass(frozen=True, slots=True)
class EnumColumn:
    """What an `Enum` column accepts. `labels` (what the database stores) is None when it is not known."""

    enum: EnumClass | None
    labels: tuple[str, ...] | None
    by_value: bool | None  # labels are the members' values; None when not known
    validate_strings: bool = False
    native: bool = True
    type_name: str | None = None

    def accepts(self, text: str) -> bool | None:
        """Tell whether a string is stored and read back; None when that is not known."""
        if self.labels is None:
            return None
        if text in self.labels:
            return True
        if self.enum is None:
            return False
        if self.enum.open_reason or any(value is None for value in self.enum.members.values()):
            if self.enum.is_str or self.by_value:
                return None
        # A member of a `str` enum hashes and compares as its value, so the value is found too.
        return self.enum.is_str and self.enum.member_of_value(text) is not None


class EnumIndex:
    """Recognises enum classes and reads `Enum(...)` types."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        # Set by the index: the strings that arguments are, `*` spread; None where one is not known.
        self.strings: Callable[[tuple[e.Expr, ...], Module], list[str] | None] = lambda exprs, module: None
        self.body_of: Callable[[FunctionSymbol], tuple[s.Stmt, ...]] = lambda function: ()
        self._memo: dict[str, tuple[EnumClass | None, object]] = {}

    def remembered(self) -> tuple[dict[Any, Any], ...]:
        """Return what is remembered."""
        return (self._memo,)

    def of(self, symbol: Symbol) -> EnumClass | None:
        """Return the enum a class symbol is, or a value that `Enum("Name", ...)` gives; None for anything else."""
        if isinstance(symbol, Value) and isinstance(symbol.value, e.Call):
            return self._functional(symbol, symbol.value)
        if not isinstance(symbol, ClassSymbol):
            return None
        cls = symbol
        return recorded(self._memo, cls.key, lambda: self._read(cls))

    def _functional(self, value: Value, call: e.Call) -> EnumClass | None:
        """Read the functional API: `Enum("Colour", "RED GREEN")`, with a list or a dict of members too."""
        key = f"{value.module.path}:{value.name}:{call.start}"
        return recorded(self._memo, key, lambda: self._of_call(value, call, key))

    def _of_call(self, value: Value, call: e.Call, key: str) -> EnumClass | None:
        self._memo[key] = (None, ())  # an enum that is defined by itself ends here
        func = self.resolver.expr(value.module, call.func)
        if not (isinstance(func, External) and func.name in ENUM_BASES and len(call.args) == 2):
            return None
        name = call.args[0].value if isinstance(call.args[0], e.Str) else value.name
        body = _functional_members(call.args[1])
        facts = ClassFacts(call.start, call.end, name, call.start, name, (call.func,), (), (), (), body, False, -1)
        return self._read(ClassSymbol(value.module, facts, -1, is_made=True))

    def _read(self, symbol: ClassSymbol) -> EnumClass | None:
        self._memo[symbol.key] = (None, ())  # a class that derives from itself ends here
        is_enum = is_str = is_int = False
        generates: str | None = None
        for base in symbol.facts.bases:
            resolved = self.resolver.expr(symbol.module, base)
            if isinstance(resolved, External):
                name = resolved.name
                is_enum = is_enum or name in ENUM_BASES
                is_str = is_str or name in ("builtins.str", "enum.StrEnum", "strenum.StrEnum")
                is_int = is_int or name in ("builtins.int", "enum.IntEnum", "enum.IntFlag")
                if name in ("enum.StrEnum", "strenum.StrEnum"):
                    generates = "lower"
            elif (parent := self.of(resolved)) is not None:
                is_enum = True
                is_str = is_str or parent.is_str
                is_int = is_int or parent.is_int
                generates = self._generator(parent.symbol) or generates
            elif isinstance(resolved, ClassSymbol):
                if "str" in _external_bases(self.resolver, resolved):
                    is_str = True
        if not is_enum:
            return None
        generates = self._generator(symbol) or generates
        result = EnumClass(symbol, {}, is_str, is_int)
        self._members(symbol, symbol.facts.body, result, generates)
        return result

    def _members(self, symbol: ClassSymbol, body: tuple[s.Stmt, ...], result: EnumClass, generates: str | None) -> None:
        aliases: set[str] = set()
        for statement in body:
            if isinstance(statement, s.Assign) and statement.value is not None:
                for target in statement.targets:
                    if isinstance(target, e.Name) and not _is_private(target.id):
                        name = target.id
                        if isinstance(statement.value, e.Name) and statement.value.id in result.members:
                            aliases.add(name)
                            result.members[name] = result.members[statement.value.id]
                        else:
                            value = self._value(statement.value, name, result, generates)
                            if value is not None and result.member_of_value(value) is not None:
                                aliases.add(name)  # a value given twice makes a second name, not a second member
                            result.members[name] = value
                    elif isinstance(target, e.Display):
                        result.open_reason = "members are made by unpacking"
            elif isinstance(statement, (s.If, s.For, s.While, s.Try, s.With, s.OpaqueStmt)):
                result.open_reason = "members are made by statements other than assignments"
        result.aliases = frozenset(aliases)

    def _value(self, value: e.Expr, name: str, result: EnumClass, generates: str | None) -> str | int | None:
        if isinstance(value, e.Display) and value.elements:
            # A tuple value is given to a custom `__new__`, whose first argument is usually the value itself;
            # usually is not always.
            return None
        if isinstance(value, e.Str):
            return value.value
        if isinstance(value, e.Constant) and isinstance(value.value, int) and not isinstance(value.value, bool):
            return value.value
        if isinstance(value, e.Call) and (e.dotted_name(value.func) or "").rpartition(".")[2] == "auto":
            cases = {"name": name, "lower": name.lower(), "upper": name.upper()}
            return cases.get(generates or "")
        return None

    def _generator(self, symbol: ClassSymbol) -> str | None:
        """Return what `_generate_next_value_` of a class makes of a name: "name", "lower", "upper", or "custom"."""
        function = _own_function(symbol, "_generate_next_value_")
        if function is None:
            return None
        statements = [item for item in self.body_of(function) if not isinstance(item, s.ExprStmt)]
        value = statements[0].value if len(statements) == 1 and isinstance(statements[0], s.Return) else None
        how = "name"
        if isinstance(value, e.Call) and isinstance(value.func, e.Attribute) and not value.args:
            how, value = value.func.attr, value.func.value
        is_first = (
            isinstance(value, e.Name) and bool(function.facts.params) and value.id == function.facts.params[0].name
        )
        return how if is_first and how in ("name", "lower", "upper") else "custom"

    # -- Enum(...) types

    def column(self, module: Module, call: e.Call, scope: ClassSymbol | None) -> EnumColumn:
        """Read the arguments of `Enum(...)` in `module`; `scope` is the class whose body holds the call."""
        type_name = call.keyword("name")
        name = type_name.value if isinstance(type_name, e.Str) else None
        validate = call.keyword("validate_strings")
        native = call.keyword("native_enum")
        is_valid = isinstance(validate, e.Constant) and validate.value is True
        is_native = not (isinstance(native, e.Constant) and native.value is False)
        labels = self.strings(call.args, module)
        if labels:
            return EnumColumn(None, tuple(labels), None, is_valid, is_native, name)
        if len(call.args) != 1:
            return EnumColumn(None, None, None, is_valid, is_native, name)
        argument = call.args[0]
        if isinstance(argument, e.Starred):
            return EnumColumn(None, None, None, is_valid, is_native, name)
        symbol = self.resolver.expr(module, argument)
        if isinstance(symbol, External) and "." in symbol.name:
            symbol = self.resolver.installed_object(symbol.name) or symbol
        enum = self.of(symbol)
        if enum is None and scope is not None and isinstance(argument, e.Name):
            enum = self.of(self.resolver.attribute(scope, argument.id))  # an enum nested in the model
        by_value = self.by_value(call.keyword("values_callable"), module)
        return EnumColumn(enum, labels_of(enum, by_value), by_value, is_valid, is_native, name)

    def by_value(self, expr: e.Expr | None, module: Module) -> bool | None:
        """Tell whether a `values_callable` yields values (True) or names (False); None when not known."""
        if expr is None or (isinstance(expr, e.Constant) and expr.value is None):
            return False
        if isinstance(expr, e.Lambda):
            return _yields_values(expr.body)
        symbol = self.resolver.expr(module, expr)
        if isinstance(symbol, FunctionSymbol):
            returns = [item for item in walk_statements(self.body_of(symbol)) if isinstance(item, s.Return)]
            found = [item.value for item in returns]
            return _yields_values(found[0]) if len(found) == 1 and found[0] is not None else None
        return None


def labels_of(enum: EnumClass | None, by_value: bool | None) -> tuple[str, ...] | None:
    """Return the labels a column of `enum` stores, or None when they are not known."""
    if enum is None or enum.open_reason or by_value is None:
        return None
    names = [name for name in enum.members if name not in enum.aliases]
    if not by_value:
        return tuple(names)
    values = [enum.members[name] for name in names]
    if all(isinstance(value, str) for value in values):
        return tuple(value for value in values if isinstance(value, str))
    return None


def _yields_values(body: e.Expr) -> bool | None:
    """Read `[member.value for member in cls]` and its kin."""
    if isinstance(body, e.Call) and (e.dotted_name(body.func) in ("list", "tuple")) and len(body.args) == 1:
        return _yields_values(body.args[0])
    if not isinstance(body, e.Comprehension) or len(body.clauses) != 1 or body.clauses[0].conditions:
        return None
    element = body.element
    if isinstance(element, e.Call) and e.dotted_name(element.func) == "str" and len(element.args) == 1:
        element = element.args[0]
    if isinstance(element, e.Attribute) and element.attr in ("value", "_value_"):
        return True
    if isinstance(element, e.Attribute) and element.attr in ("name", "_name_"):
        return False
    return None


def _functional_members(given: e.Expr) -> tuple[s.Stmt, ...]:
    pairs: list[tuple[e.Expr | None, e.Expr | None]] = []
    if isinstance(given, e.Str):
        pairs = [(e.Str(given.start, given.end, name), None) for name in given.value.replace(",", " ").split()]
    elif isinstance(given, e.DictDisplay):
        pairs = [(item.key, item.value) for item in given.items]
    elif isinstance(given, e.Display):
        for item in given.elements:
            is_pair = isinstance(item, e.Display) and len(item.elements) == 2
            pairs.append((item.elements[0], item.elements[1]) if is_pair else (item, None))  # type: ignore[union-attr]
    body: list[s.Stmt] = []
    for number, (name, value) in enumerate(pairs, 1):
        if not isinstance(name, e.Str):
            return (s.OpaqueStmt(given.start, given.end, "its members are computed"),)
        target = e.Name(name.start, name.end, name.value)
        body.append(s.Assign(name.start, name.end, (target,), value or e.Constant(name.start, name.end, number), None))
    if not body:
        return (s.OpaqueStmt(given.start, given.end, "its members are computed"),)
    return tuple(body)


def _is_private(name: str) -> bool:
    return name.startswith("_")


def _own_function(symbol: ClassSymbol, name: str) -> FunctionSymbol | None:
    for statement in symbol.facts.body:
        if isinstance(statement, s.FunctionStmt) and statement.name == name:
            return symbol.module.functions[statement.index]
    return None


def _external_bases(resolver: Resolver, symbol: ClassSymbol) -> set[str]:
    names: set[str] = set()
    for base in symbol.facts.bases:
        resolved = resolver.expr(symbol.module, base)
        if isinstance(resolved, External):
            names.add(resolved.name.removeprefix("builtins."))
    return names
