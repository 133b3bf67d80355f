"""Mapped classes that `type(name, bases, namespace)` makes at the top of a module, alone, in loops or by a function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import ClassFacts
from ormlint.facts.walk import blocks_of, walk_nodes
from ormlint.index.constants import Scope
from ormlint.index.inlining import Names, substitute
from ormlint.index.symbols import Binding, ClassSymbol, FunctionSymbol, Module, Value

if TYPE_CHECKING:
    from ormlint.index.project import ProjectIndex

_TURNS = 100  # of a loop: what runs longer does not make classes


def made_classes(index: ProjectIndex, modules: Sequence[Module]) -> list[ClassSymbol]:
    """Return the classes that calls make in modules, and bind the names that they are given to them.

    A class whose name, bases or namespace is not literal in the end is left out, or open.
    """
    makers: dict[str, set[int]] = {}  # functions that hold such a call: name → index of the module's functions
    direct: list[Module] = []
    for module in modules:
        calls = [call for call in module.interface.marked_calls if _is_type(call)]
        for call in calls:
            held = [f for f in module.functions if f.facts.start <= call.start and call.end <= f.facts.end]
            for function in held:
                makers.setdefault(function.name, set()).add(id(function))
        if calls:
            index.linking.add(module.path)
            direct.append(module)
    found: list[ClassSymbol] = []
    for module in modules if makers else direct:
        if module in direct or any(name in module.scope for name in makers) or module.stars:
            made = _Reader(index, module, makers).block(module.interface.body, {})
            if made:
                index.linking.add(module.path)
                index.making.add(module.path)
            found += made
    return found


def _is_type(call: e.Call) -> bool:
    return isinstance(call.func, e.Name) and call.func.id == "type" and len(call.args) == 3


class _Reader:
    def __init__(self, index: ProjectIndex, module: Module, makers: dict[str, set[int]]) -> None:
        self.index = index
        self.module = module
        self.makers = makers
        self.held: dict[str, dict[str, ClassSymbol]] = {}  # dicts of classes by the name they are bound to

    def block(self, block: tuple[s.Stmt, ...], names: Names) -> list[ClassSymbol]:
        """Return the classes that the statements of a block make; `names` are those that loops bind."""
        found: list[ClassSymbol] = []
        for statement in block:
            if isinstance(statement, s.For) and isinstance(statement.target, e.Name):
                for inner in self._turns(statement.target.id, statement.iter, names):
                    found += self.block(statement.body, inner)
            elif isinstance(statement, s.Assign) and statement.value is not None:
                made = self._expression(statement.value, names)
                target = statement.targets[0]
                if isinstance(target, e.Subscript) and isinstance(target.value, e.Name) and len(made) == 1:
                    key = self._text(target.index, names)
                    self.held.setdefault(target.value.id, {}).update({key: made[0]} if key else {})
                elif isinstance(target, e.Name):
                    if isinstance(statement.value, e.Comprehension):
                        self.held[target.id] = self._keyed(statement.value, names, made)
                    if len(made) == 1 and isinstance(statement.value, e.Call) and not names:
                        self._bind(target.id, made[0])
                    elif names and not made:
                        names[target.id] = substitute(statement.value, names)
                elif isinstance(target, e.Attribute) and isinstance(target.value, e.Subscript):
                    self._set(target, statement.value, names, found)
                found += made
            elif isinstance(statement, s.ExprStmt):
                found += self._expression(statement.value, names)
            else:
                for inner_block in blocks_of(statement):
                    found += self.block(inner_block, names)
        return found

    def _text(self, expr: e.Expr, names: Names) -> str | None:
        return self.index.constants.string(substitute(expr, names), self.module)

    def _keyed(self, expr: e.Comprehension, names: Names, made: list[ClassSymbol]) -> dict[str, ClassSymbol]:
        """Return the classes of a dict comprehension by their keys; nothing where one has no known key."""
        if expr.value is None or len(expr.clauses) != 1 or not isinstance(expr.clauses[0].target, e.Name):
            return {}
        turns = self._turns(expr.clauses[0].target.id, expr.clauses[0].iter, names)
        keys = [self._text(expr.element, turn) for turn in turns] if expr.element is not None else []
        if len(keys) != len(made):
            return {}
        return {key: symbol for key, symbol in zip(keys, made, strict=True) if key is not None}

    def _set(self, target: e.Attribute, value: e.Expr, names: Names, found: list[ClassSymbol]) -> None:
        """`models["user"].name = Column(...)`: it is the class of that key, or any of them where that is not known."""
        assert isinstance(target.value, e.Subscript)
        holder, key = target.value.value, self._text(target.value.index, names)
        held = self.held.get(holder.id, {}) if isinstance(holder, e.Name) else {}
        symbol = held.get(key or "")
        if symbol is None:
            for other in found:
                self._open(other, target)
            return
        name = e.Name(target.start, target.end, target.attr)
        added = s.Assign(target.start, target.end, (name,), value, None)
        symbol.own_facts = msgspec.structs.replace(symbol.own_facts, body=(*symbol.own_facts.body, added))
        self.index.mapper.forget(symbol)

    def _turns(self, target: str, over: e.Expr, names: Names) -> Iterator[Names]:
        items = self.index.constants.iterated(substitute(over, names), Scope(self.module)) or []
        for item in items[:_TURNS]:
            if isinstance(item, str):
                yield {**names, target: e.Str(over.start, over.end, item)}
            elif isinstance(item, (int, float)):
                yield {**names, target: e.Constant(over.start, over.end, item)}

    def _expression(self, expr: e.Expr, names: Names) -> list[ClassSymbol]:
        if isinstance(expr, e.Comprehension):
            if len(expr.clauses) != 1 or not isinstance(expr.clauses[0].target, e.Name):
                return []
            inner = expr.value if expr.value is not None else expr.element
            turns = self._turns(expr.clauses[0].target.id, expr.clauses[0].iter, names)
            return [made for turn in turns for made in self._expression(inner, turn)]
        if not isinstance(expr, e.Call):
            return []
        call: e.Expr | None = substitute(expr, names) if names else expr
        module = self.module
        if not _is_type(expr):
            called = self.index.resolver.expr(module, expr.func) if self._may_make(expr) else None
            if not isinstance(called, FunctionSymbol) or id(called) not in self.makers[called.name]:
                return []
            assert isinstance(call, e.Call)
            call, module = self.index.mapper.members.inliner.call(call, called, module), called.module
        if not isinstance(call, e.Call) or not _is_type(call):
            return []
        made = self._class(call, module, expr)
        return [made] if made is not None else []

    def _may_make(self, call: e.Call) -> bool:
        return (e.dotted_name(call.func) or "").rpartition(".")[2] in self.makers

    def _class(self, call: e.Call, module: Module, at: e.Expr) -> ClassSymbol | None:
        """Make a symbol of a call in `module`; the class stands where the call was written."""
        given, bases, namespace = call.args
        name = self.index.constants.string(given, module)
        if name is None or not isinstance(bases, e.Display):
            return None
        for node in walk_nodes(call):
            self.index.resolver.homes.setdefault(node, module)
        facts = ClassFacts(
            at.start, at.end, name, at.start, name, bases.elements, (), (), (), self._body(namespace, module), False, -1
        )
        symbol = ClassSymbol(self.module, facts, len(self.module.classes), is_made=True)
        if self.index.mapper.style(symbol) is None:
            return None
        self.module.classes.append(symbol)
        return symbol

    def _body(self, namespace: e.Expr, module: Module) -> tuple[s.Stmt, ...]:
        if isinstance(namespace, e.Name):
            symbol = self.index.resolver.expr(module, namespace)
            namespace = symbol.value if isinstance(symbol, Value) and symbol.value is not None else namespace
        if isinstance(namespace, e.Call) and e.dotted_name(namespace.func) == "dict" and not namespace.args:
            pairs = [(k, e.Str(k.start, k.end, k.name)) for k in namespace.keywords]
            items = tuple(e.DictItem(k.start, k.end, key, k.value) for k, key in pairs)
            namespace = e.DictDisplay(namespace.start, namespace.end, items)
        if not isinstance(namespace, e.DictDisplay):
            return (s.OpaqueStmt(namespace.start, namespace.end, "its namespace is computed"),)
        body: list[s.Stmt] = []
        for item in namespace.items:
            key = self.index.constants.string(item.key, module) if item.key is not None else None
            if not key:
                body.append(s.OpaqueStmt(item.start, item.end, "names of its namespace are computed"))
            else:
                target = e.Name(item.start, item.end, key)
                body.append(s.Assign(item.start, item.end, (target,), item.value, None))
        return tuple(body)

    def _open(self, symbol: ClassSymbol, target: e.Attribute) -> None:
        reason = f"`{target.attr}` is set on one of several classes"
        opaque = s.OpaqueStmt(target.start, target.end, reason)
        symbol.own_facts = msgspec.structs.replace(symbol.own_facts, body=(*symbol.own_facts.body, opaque))
        self.index.mapper.forget(symbol)

    def _bind(self, name: str, symbol: ClassSymbol) -> None:
        self.module.scope[name] = [
            Binding(symbol, binding.conditional) if isinstance(binding.target, Value) else binding
            for binding in self.module.scope.get(name, [])
        ]
        self.index.resolver.forget(self.module, name)
