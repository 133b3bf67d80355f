"""What a call of a project's function returns, as an expression: parameters replaced, literal branches taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.index.bases import is_foreign
from ormlint.index.constants import NOT_KNOWN, Constants, Scope
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Resolver, Unknown

BodyOf: TypeAlias = "Callable[[FunctionSymbol], tuple[s.Stmt, ...]]"
Names: TypeAlias = dict[str, e.Expr]

_DEPTH = 6  # functions that call functions


class _GiveUp(Exception):
    """A statement that cannot be followed."""


class Inliner:
    """Follows calls of the project's functions without running them.

    What stands for a parameter keeps its own node. It may be of another module than the function: the resolver is
    told so (`Resolver.homes`).
    """

    def __init__(self, resolver: Resolver, constants: Constants, body_of: BodyOf) -> None:
        self.resolver = resolver
        self.constants = constants
        self.body_of = body_of
        self._depth = 0

    def call(
        self, call: e.Call, function: FunctionSymbol, module: Module, names: Mapping[str, e.Expr] | None = None
    ) -> e.Expr | None:
        """Return what a call in `module` gives, or None. `names` are those of the class body that holds it."""
        facts = function.facts
        if self._depth >= _DEPTH or facts.is_generator or facts.is_async or facts.decorators:
            return None
        given = substitute(call, names) if names else call
        for argument in (*given.args, *(keyword.value for keyword in given.keywords)):
            for node in walk_nodes(argument):
                self.resolver.homes.setdefault(node, module)
        bound = _bind(facts.params, given)
        return self.run(function, bound) if bound is not None else None

    def run(self, function: FunctionSymbol, names: Names, cls: ClassSymbol | None = None) -> e.Expr | None:
        """Return what the body of a function returns with its parameters bound, or None."""
        params = function.facts.params
        frame = _Frame(self, function, names, cls, params[0].name if params else "cls")
        self._depth += 1
        try:
            return frame.block(self.body_of(function))
        except (_GiveUp, _Raises, _Jumps):
            return None
        finally:
            self._depth -= 1


class _Jumps(Exception):
    """The turn of a loop ends here: "break" or "continue"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _Raises(Exception):
    """The function raises here."""


class _Frame:
    """One call: the local names so far."""

    def __init__(
        self, inliner: Inliner, function: FunctionSymbol, names: Names, cls: ClassSymbol | None, first: str
    ) -> None:
        self.inliner = inliner
        self.names = names
        self.scope = Scope(function.module, cls, first)

    def block(self, block: tuple[s.Stmt, ...]) -> e.Expr | None:
        """Follow statements; return what is returned, or None where the block ends without it."""
        for statement in block:
            if isinstance(statement, s.Return):
                if statement.value is None:
                    raise _GiveUp
                return self.filled(statement.value)
            if isinstance(statement, s.If):
                found = self._if(statement)
                if found is not None:
                    return found
            elif isinstance(statement, s.For):
                found = self._for(statement)
                if found is not None:
                    return found
            elif isinstance(statement, s.Jump) and statement.kind != "pass":
                raise _Jumps(statement.kind)
            elif isinstance(statement, s.Raise):
                raise _Raises
            elif isinstance(statement, s.Assign):
                self._assign(statement)
            elif isinstance(statement, s.ExprStmt):
                self._expression(statement.value)
            elif not isinstance(statement, (s.Assert, s.Import, s.FunctionStmt, s.ClassStmt)) and not (
                isinstance(statement, s.Jump) and statement.kind == "pass"
            ):
                raise _GiveUp
        return None

    def filled(self, expr: e.Expr) -> e.Expr:
        """Return an expression with local names replaced, choices made, and the strings of `cls` put in."""
        found: e.Expr = substitute(expr, self.names, self.truth, self._text)
        return found

    def truth(self, expr: e.Expr) -> bool | None:
        """Tell whether an expression holds; None when that is not known."""
        if isinstance(expr, (e.Display, e.DictDisplay)):
            return bool(expr.elements if isinstance(expr, e.Display) else expr.items)
        found = self.inliner.constants.value(expr, self.scope)
        return None if found is NOT_KNOWN else bool(found)

    def _text(self, expr: e.Expr) -> str | None:
        if self.scope.cls is None:
            return None
        return self.inliner.constants.string(expr, self.scope.module, self.scope.cls, self.scope.first)

    def _if(self, statement: s.If) -> e.Expr | None:
        holds = self.truth(self.filled(statement.test))
        if holds is not None:
            return self.block(statement.body if holds else statement.orelse)
        if not any(isinstance(inner, s.Raise) for inner in statement.body[-1:]):
            raise _GiveUp
        return self.block(statement.orelse)  # a check of the arguments: the models are imported, so it passes

    def _for(self, statement: s.For) -> e.Expr | None:
        """Follow `for base in cls.__mro__[1:]`, one turn a class of the project."""
        over, start, cls = statement.iter, 0, self.scope.cls
        if isinstance(over, e.Subscript) and isinstance(over.index, e.Slice) and over.index.upper is over.index.step:
            first = over.index.lower
            start = first.value if isinstance(first, e.Constant) and isinstance(first.value, int) else -1
            over = over.value
        if e.dotted_name(over) != f"{self.scope.first}.__mro__" or start < 0 or cls is None:
            raise _GiveUp
        if not isinstance(statement.target, e.Name) or statement.orelse:
            raise _GiveUp
        for base in self.inliner.constants.bases.mro(cls)[start:]:
            if isinstance(base, ClassSymbol):
                node = e.Name(statement.start, statement.start, base.name)
                self.inliner.resolver.homes[node] = base.module
                if self.inliner.resolver.expr(base.module, node) is not base:
                    raise _GiveUp
                self.names[statement.target.id] = node
                try:
                    found = self.block(statement.body)
                except _Jumps as jump:
                    if jump.kind == "break":
                        break
                    continue
                if found is not None:
                    return found
            elif isinstance(base, Unknown) or (isinstance(base, External) and is_foreign(base)):
                raise _GiveUp
        return None

    def _assign(self, statement: s.Assign) -> None:
        if statement.value is None:
            return
        value = self.filled(statement.value)
        for target in statement.targets:
            if isinstance(target, e.Name):
                self.names[target.id] = value
            elif isinstance(target, e.Subscript) and isinstance(target.value, e.Name):
                self._set(target.value.id, self.filled(target.index), value, keep=False)
            else:
                raise _GiveUp

    def _set(self, name: str, key: e.Expr, value: e.Expr, keep: bool) -> None:
        held = self.names.get(name)
        if not isinstance(held, e.DictDisplay) or not isinstance(key, e.Str):
            raise _GiveUp
        same = [item for item in held.items if isinstance(item.key, e.Str) and item.key.value == key.value]
        if keep and same:
            return
        others = tuple(item for item in held.items if item not in same)
        made = e.DictItem(key.start, value.end, key, value)
        self.names[name] = e.DictDisplay(held.start, held.end, (*others, made))

    def _expression(self, expr: e.Expr) -> None:
        if not isinstance(expr, e.Call) or not isinstance(expr.func, e.Attribute):
            return
        owner = expr.func.value
        if not isinstance(owner, e.Name) or owner.id not in self.names:
            return
        if expr.func.attr == "setdefault" and len(expr.args) == 2:
            self._set(owner.id, self.filled(expr.args[0]), self.filled(expr.args[1]), keep=True)
        elif expr.func.attr == "update" and not expr.args:
            for keyword in expr.keywords:
                key = e.Str(keyword.start, keyword.end, keyword.name)
                self._set(owner.id, key, self.filled(keyword.value), keep=False)
        else:
            raise _GiveUp


def returned_values(body: tuple[s.Stmt, ...]) -> Iterator[e.Expr]:
    """Yield what a function may return: an early `return None` says that the attribute may be left out."""
    for statement in walk_statements(body):
        if isinstance(statement, s.Return) and statement.value is not None:
            if not (isinstance(statement.value, e.Constant) and statement.value.value is None):
                yield statement.value


def _bind(params: tuple[e.Param, ...], call: e.Call) -> Names | None:
    """Give each parameter its argument; None where the call does not show which."""
    if any(isinstance(argument, e.Starred) for argument in call.args) or call.keyword("") is not None:
        return None
    names: Names = {}
    waiting = list(call.args)
    keywords = {keyword.name: keyword for keyword in call.keywords}
    for param in params:
        if param.kind == "*":
            names[param.name] = e.Display(call.start, call.end, "tuple", tuple(waiting))
            waiting = []
        elif param.kind == "**":
            rest = (e.DictItem(k.start, k.end, e.Str(k.start, k.end, k.name), k.value) for k in keywords.values())
            names[param.name] = e.DictDisplay(call.start, call.end, tuple(rest))
            keywords = {}
        elif waiting and param.kind in ("", "/"):
            names[param.name] = waiting.pop(0)
        elif param.name in keywords:
            names[param.name] = keywords.pop(param.name).value
        elif param.default is not None:
            names[param.name] = param.default
        else:
            return None
    return None if waiting or keywords else names


def substitute(
    expr: Any,
    names: Mapping[str, e.Expr],
    truth: Callable[[e.Expr], bool | None] = lambda expr: None,
    text: Callable[[e.Expr], str | None] = lambda expr: None,
) -> Any:
    """Return an expression with names replaced. `*args` and `**kw` that are literal by then are spread.

    `truth` decides `and`, `or` and `if … else`; `text` is the value of a string that is not literal.
    """

    def fill(node: Any) -> Any:
        if isinstance(node, e.Name):
            return names.get(node.id, node)
        if isinstance(node, (e.Lambda, e.Comprehension)):
            return node
        if isinstance(node, tuple):
            filled = tuple(part for item in node for part in spread(fill(item)))
            return (
                node if all(a is b for a, b in zip(filled, node, strict=False)) and len(filled) == len(node) else filled
            )
        if not isinstance(node, e.Node):
            return node
        changes = {}
        for name in node.__struct_fields__:
            old = getattr(node, name)
            new = fill(old) if isinstance(old, (e.Node, tuple)) else old
            if new is not old:
                changes[name] = new
        made = msgspec.structs.replace(node, **changes) if changes else node
        if isinstance(made, (e.BoolOp, e.Conditional)):
            return choose(made)
        if isinstance(made, (e.Attribute, e.FString, e.Binary, e.Call)):
            value = text(made)
            if value is not None:
                return e.Str(made.start, made.end, value)
        return made

    def choose(node: e.BoolOp | e.Conditional) -> e.Expr:
        if isinstance(node, e.Conditional):
            holds = truth(node.test)
            return node if holds is None else node.body if holds else node.orelse
        holds = truth(node.left)
        return node if holds is None else node.right if holds is (node.op == "and") else node.left

    def spread(node: Any) -> Iterator[Any]:
        if isinstance(node, e.Starred) and isinstance(node.value, e.Display) and node.value.kind != "set":
            yield from node.value.elements
        elif isinstance(node, e.Keyword) and not node.name and isinstance(node.value, e.DictDisplay):
            for item in node.value.items:
                key = item.key.value if isinstance(item.key, e.Str) else ""
                yield e.Keyword(item.start, item.end, key, item.value)
        else:
            yield node

    return fill(expr)
