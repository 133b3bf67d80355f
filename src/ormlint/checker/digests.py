"""Digests of what files read of each other: equal digests, equal findings. Places in files have no part in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from ormlint.facts.expressions import Node
from ormlint.facts.module import ClassFacts, FunctionFacts, ModuleInterface
from ormlint.facts.statements import ClassStmt, FunctionStmt, ImportBinding
from ormlint.index.enums import EnumClass
from ormlint.index.idents import Idents
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, FunctionSymbol, Module, Unknown, Value
from ormlint.text import Range

_SIZE = 8
GONE = b"gone"
# Fields of facts that count in a file: they change when something else in it does.
_PLACES = frozenset({"start", "end", "name_start"})
_COUNTS = {ClassFacts: ("function",), FunctionFacts: ("owner",), ClassStmt: ("index",), FunctionStmt: ("index",)}
_SIMPLE = frozenset({str, int, bool, float, bytes, type(None)})


def digest(plain: object) -> bytes:
    """Return the digest of plain data."""
    return hashlib.blake2b(repr(plain).encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of a class that count."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        if issubclass(kind, Node):
            left_out = _PLACES.union(_COUNTS.get(kind, ()))
            names = tuple(name for name in kind.__struct_fields__ if name not in left_out)
        else:
            names = tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]
        self[kind] = names
        return names


_fields = _Fields()


def plain_facts(item: Any) -> object:
    """Return facts as plain data without their places."""
    kind = type(item)
    if kind in _SIMPLE:
        return item
    if kind is tuple:
        return [plain_facts(part) for part in item]
    return (kind.__name__, *[plain_facts(getattr(item, name)) for name in _fields[kind]])


def interface_digest(module: Module) -> bytes:
    """Return the digest of all that a file says to others, comments and syntax errors left out."""
    interface: ModuleInterface = module.own_interface
    holders = [_holders(interface, call) for call in interface.marked_calls]
    parts = (interface.body, interface.classes, interface.functions, interface.attached, interface.marked_calls)
    return digest((plain_facts(parts), holders))


def _holders(interface: ModuleInterface, node: Node) -> list[str]:
    return [item.qualname for item in interface.functions if item.start <= node.start and node.end <= item.end]


def class_digest(symbol: ClassSymbol) -> bytes:
    """Return the digest of a class statement, the bodies of its methods left out."""
    return digest((plain_facts(symbol.own_facts), symbol.own_facts.function >= 0))


def function_digest(symbol: FunctionSymbol) -> bytes:
    """Return the digest of a function's signature."""
    return digest((plain_facts(symbol.own_facts), symbol.owner is not None))


def binding_digest(module: Module, name: str, idents: Idents) -> bytes:
    """Return the digest of what binds a name at the top level of a module."""
    found: list[object] = []
    for binding in module.own_scope.get(name, ()):
        target = binding.target
        if isinstance(target, (ClassSymbol, FunctionSymbol)):
            shown: object = idents.of(target)
        elif isinstance(target, Value):
            shown = (plain_facts(target.value), plain_facts(target.annotation))
        elif isinstance(target, ImportBinding):
            shown = plain_facts(target)
        else:
            shown = target.reason
        found.append((binding.conditional, shown))
    return digest(found or [plain_facts(star) for star in module.stars])


class IndexDigests:
    """Digests of what is linked, and of types."""

    def __init__(self, index: ProjectIndex, with_cards: bool = True) -> None:
        self.index = index
        self.idents = index.idents
        self.with_cards = with_cards  # a mapped class counts with all there is of it, not by its name alone
        self._cards: dict[str, bytes] = {}

    def card(self, symbol: ClassSymbol) -> bytes:
        """Return the digest of a mapped class as it was linked; of one that is not mapped it says just that."""
        mapped = self.index.own_mapped.get(symbol.key)
        if mapped is None:
            return GONE
        found = self._cards.get(symbol.key)
        if found is None:
            self._cards[symbol.key] = found = digest(self._plain_object(mapped))
        return found

    def models(self) -> bytes:
        """Return the digest of all mapped classes, in their order."""
        cards = [(self.idents.of(mapped.symbol), self.card(mapped.symbol)) for mapped in self.index.own_mapped.values()]
        return digest(cards)

    def called(self, name: str) -> bytes:
        """Return the digest of which mapped classes have a name, and what tells them apart."""
        found = self.index.own_by_name.get(name, ())
        return digest(
            [(self.idents.of(item.symbol), item.symbol.module.name, self.card(item.symbol)) for item in found]
        )

    def heirs(self, symbol: ClassSymbol) -> bytes:
        """Return the digest of which mapped classes derive from one."""
        mapped = self.index.own_mapped.get(symbol.key)
        heirs = self.index.subclasses(mapped) if mapped is not None else ()
        return digest([self.idents.of(heir.symbol) for heir in heirs])

    def table_names(self) -> bytes:
        """Return the digest of which tables there are."""
        tables = self.index.own_tables
        return digest((tables.unknown, list(tables.by_name)))

    def table(self, name: str) -> bytes:
        """Return the digest of a table; of one that is not there it says just that."""
        table = self.index.own_tables.by_name.get(name)
        return digest(self.of(table)) if table is not None else GONE

    def of(self, item: Any) -> object:
        """Return any answer as plain data: types, and what they hold. Facts in them count with their places."""
        kind = type(item)
        if kind in _SIMPLE:
            return item
        special = _SPECIAL.get(kind)
        if special is not None:
            return special(self, item)
        if kind is tuple or kind is list:
            return [self.of(part) for part in item]
        if kind is dict:
            return [(self.of(key), self.of(value)) for key, value in item.items()]
        if kind is set or kind is frozenset:
            return sorted(map(repr, map(self.of, item)))
        if kind is Range:
            return None
        if issubclass(kind, Node):
            return (item.start, item.end, plain_facts(item))
        return (kind.__name__, *[self.of(getattr(item, name)) for name in _fields[kind]])

    def _symbol(self, symbol: ClassSymbol | FunctionSymbol) -> object:
        return self.idents.of(symbol)

    def _module(self, module: Module) -> object:
        return module.path

    def _mapped(self, mapped: MappedClass) -> object:
        return self.idents.of(mapped.symbol), self.card(mapped.symbol) if self.with_cards else b""

    def _attribute(self, attribute: ModelAttribute) -> object:
        return attribute.name, attribute.kind, self.idents.of(attribute.owner) if attribute.owner is not None else ""

    def _enum(self, enum: EnumClass) -> object:
        return self._plain_object(enum) if self.with_cards else self.idents.of(enum.symbol)

    def _value(self, value: Value) -> object:
        return value.module.path, value.name, plain_facts(value.value), plain_facts(value.annotation)

    def _plain_object(self, item: object) -> object:
        """Return an object of the index as plain data without places, by all its fields."""
        return (type(item).__name__, *[self._part(getattr(item, name)) for name in _fields[type(item)]])

    def _part(self, item: Any) -> object:
        kind = type(item)
        if kind in _SIMPLE:
            return item
        if kind is tuple or kind is list:
            return [self._part(part) for part in item]
        if kind is dict:
            return [(self._part(key), self._part(value)) for key, value in item.items()]
        if kind is set or kind is frozenset:
            return sorted(map(repr, map(self._part, item)))
        if kind is MappedClass:
            return self.idents.of(item.symbol)
        if kind is ClassSymbol or kind is FunctionSymbol:
            return self.idents.of(item)
        if kind is Module:
            return item.path
        if kind is Range:
            return None
        if kind is Value:
            return self._value(item)
        if kind is Unknown:
            return item.reason
        if issubclass(kind, Node):
            return plain_facts(item)
        return self._plain_object(item)


_SPECIAL: dict[type, Callable[[IndexDigests, Any], object]] = {
    ClassSymbol: IndexDigests._symbol,
    FunctionSymbol: IndexDigests._symbol,
    Module: IndexDigests._module,
    MappedClass: IndexDigests._mapped,
    ModelAttribute: IndexDigests._attribute,
    EnumClass: IndexDigests._enum,
    Value: IndexDigests._value,
}
