"""Expressions of migrations to values."""

from __future__ import annotations

import builtins
import contextlib
import operator
from collections.abc import Callable
from typing import Any

from ormlint.facts import expressions as e
from ormlint.index.symbols import Folder
from ormlint.schema.replay.calls import Calls
from ormlint.schema.replay.values import (
    BIND,
    CONTEXT,
    DIALECT,
    INSPECTOR,
    PLAIN,
    Batch,
    Bound,
    Built,
    ClassValue,
    Function,
    Handle,
    Instance,
    Member,
    ModuleValue,
    Ref,
    ReflectedType,
    Rows,
    Scope,
    Unknown,
    text_of,
)

_BUILTINS = frozenset(dir(builtins))
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": lambda left, right: left**right if abs(left) < 2**32 and 0 <= right <= 64 else 1 / 0,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONTAINERS = (list, tuple, dict, set, frozenset, range)


class Expressions(Calls):
    """One method a kind of expression."""

    def evaluate(self, expr: e.Expr, scope: Scope) -> Any:
        """Return the value of an expression."""
        self.spend()
        method = getattr(self, f"_{type(expr).__name__.lower()}", None)
        return method(expr, scope) if method is not None else Unknown(f"a {type(expr).__name__}")

    def _str(self, expr: e.Str, scope: Scope) -> Any:
        return expr.value

    def _constant(self, expr: e.Constant, scope: Scope) -> Any:
        return expr.value

    def _fstring(self, expr: e.FString, scope: Scope) -> Any:
        found = []
        for part in expr.parts:
            value = self.evaluate(part, scope)
            text = text_of(value)
            if text is None and not isinstance(value, PLAIN):
                return Unknown("a formatted string")
            found.append(text if text is not None else str(value))
        return "".join(found)

    def _name(self, expr: e.Name, scope: Scope) -> Any:
        place: Scope | None = scope
        while place is not None:
            if expr.id in place.names:
                return place.names[expr.id]
            if place.parent is None:
                break
            place = place.parent
        try:
            return self.module_name(scope.module, expr.id)
        except KeyError:
            known = expr.id in _BUILTINS
            return Ref(f"builtins.{expr.id}") if known else Unknown(f"`{expr.id}` is not defined")

    def _attribute(self, expr: e.Attribute, scope: Scope) -> Any:
        return self.attribute(self.evaluate(expr.value, scope), expr.attr)

    def attribute(self, owner: Any, name: str) -> Any:
        """Return an attribute of a value."""
        if isinstance(owner, Unknown):
            return owner
        if isinstance(owner, Ref):
            from ormlint.index.vocabulary import canonical

            return Ref(canonical(f"{owner.name}.{name}"))
        if isinstance(owner, ModuleValue):
            return self.member(owner.module, name)
        if isinstance(owner, Folder):
            return self.symbol_value(self.index.resolver.attribute(owner, name), name)
        if isinstance(owner, ClassValue):
            return self.class_attribute(owner, name)
        if isinstance(owner, Member):
            if name in ("value", "name"):
                return getattr(owner, name)
            return Bound(owner.value, name) if isinstance(owner.value, str) else Unknown("a member of an enum")
        if isinstance(owner, Instance):
            return self._instance_attribute(owner, name)
        if isinstance(owner, Handle):
            return self._handle_attribute(owner, name)
        if isinstance(owner, Built):
            return self._built_attribute(owner, name)
        if isinstance(owner, ReflectedType):
            if name in ("timezone", "length", "enums", "name") and not isinstance(owner.type, Unknown):
                return getattr(owner.type, name, None)
            return Unknown("a reflected type")
        if isinstance(owner, Rows) and name == "rowcount":
            return 0
        if isinstance(owner, Function) and name == "__name__":
            return owner.name
        if isinstance(owner, (Batch, Rows, *PLAIN, *_CONTAINERS)):
            return Bound(owner, name)
        return Unknown(f"attribute `{name}`")

    def _handle_attribute(self, owner: Handle, name: str) -> Any:
        if owner is DIALECT:
            return Bound(owner, name) if name == "has_table" else self.dialect_attribute(name)
        if name == "dialect":
            return DIALECT
        if name in ("engine", "connection", "bind"):
            return BIND
        if owner is CONTEXT and name == "as_sql":
            return False
        if owner is CONTEXT and name in ("config", "opts", "impl"):
            return Unknown(f"Alembic's context: `{name}`")
        if owner is INSPECTOR and name == "default_schema_name":
            return self.dialect_attribute(name)
        return Bound(owner, name)

    def _built_attribute(self, owner: Built, name: str) -> Any:
        if name in owner.extra:
            return owner.extra[name]
        if owner.last in ("Column", "mapped_column"):
            if name in ("name", "key"):
                return self._column_name(owner)
            if name in ("nullable", "server_default"):
                return owner.keywords.get(name, True if name == "nullable" else None)
        if owner.last in ("Table", "table") and name == "name" and owner.args:
            return owner.args[0]
        if owner.last in ("Enum", "ENUM"):
            label, labels = self.enum_parts(owner)
            if name == "name":
                return label or Unknown("the name of an enum")
            if name == "enums":
                return labels or Unknown("the labels of an enum")
        return Bound(owner, name)

    def _instance_attribute(self, owner: Instance, name: str) -> Any:
        if name in owner.attributes:
            return owner.attributes[name]
        found = self.class_attribute(owner.cls, name)
        if isinstance(found, Function):
            if found.kind == "static":
                return found
            target = owner.cls if found.kind == "class" else owner
            bound = Function(
                found.params, found.body, found.scope, found.name, found.is_generator, "", target, found.symbol
            )
            return self.call(bound, [], {}, None) if found.kind == "property" else bound
        return found

    def class_attributes(self, cls: ClassValue) -> dict[str, Any]:
        """Return what the body of a class binds."""
        if cls.attributes is None:
            scope = Scope(cls.scope if cls.scope.parent is not None else None, cls.symbol.module)
            if scope.parent is None:
                scope.parent = cls.scope
            cls.attributes = scope.names
            self.quiet += 1
            try:
                for statement in cls.symbol.facts.body:
                    self.execute(statement, scope)
            finally:
                self.quiet -= 1
        return cls.attributes

    def class_attribute(self, cls: ClassValue, name: str) -> Any:
        """Return what a class, or a base of it, binds to a name."""
        members = self.members(cls)
        if name in members:
            return members[name]
        if name == "__members__" and members:
            return dict(members)
        for base in self.lineage(cls):
            if isinstance(base, ClassValue) and name in self.class_attributes(base):
                return self.class_attributes(base)[name]
        if name in ("__name__", "__qualname__"):
            return cls.name
        if name == "__table__":
            return Built(Ref("__table__"), [cls], {})
        if name == "metadata":
            return Built(Ref("__metadata__"), [cls], {})
        return Unknown(f"`{cls.name}.{name}`")

    def _call(self, expr: e.Call, scope: Scope) -> Any:
        func = self.evaluate(expr.func, scope)
        args: list[Any] = []
        for argument in expr.args:
            if isinstance(argument, e.Starred):
                items = self.items(self.evaluate(argument.value, scope))
                args.extend(items if items is not None else [Unknown("some arguments are not known")])
            else:
                args.append(self.evaluate(argument, scope))
        keywords: dict[str, Any] = {}
        for keyword in expr.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.name:
                keywords[keyword.name] = value
            elif isinstance(value, dict):
                keywords.update({key: item for key, item in value.items() if isinstance(key, str)})
            else:
                keywords["**"] = Unknown("some arguments are not known")
        if isinstance(func, Ref) and func.name == "builtins.super":
            return Built(Ref("super"), [], {})
        return self.call(func, args, keywords, expr)

    # -- displays

    def _sequence(self, elements: tuple[e.Expr, ...], scope: Scope) -> list[Any]:
        found: list[Any] = []
        for element in elements:
            if isinstance(element, e.Starred):
                items = self.items(self.evaluate(element.value, scope))
                found.extend(items if items is not None else [Unknown("some items are not known")])
            else:
                found.append(self.evaluate(element, scope))
        return found

    def _display(self, expr: e.Display, scope: Scope) -> Any:
        found = self._sequence(expr.elements, scope)
        if expr.kind == "list":
            return found
        try:
            return set(found) if expr.kind == "set" else tuple(found)
        except TypeError:
            return Unknown("a set")

    def _dictdisplay(self, expr: e.DictDisplay, scope: Scope) -> Any:
        found: dict[Any, Any] = {}
        for item in expr.items:
            value = self.evaluate(item.value, scope)
            if item.key is None:
                if not isinstance(value, dict):
                    return Unknown("a dict with items that are not known")
                found.update(value)
                continue
            try:
                found[self.evaluate(item.key, scope)] = value
            except TypeError:
                return Unknown("a dict")
        return found

    def _comprehension(self, expr: e.Comprehension, scope: Scope) -> Any:
        inner = Scope(scope, scope.module)
        found: list[Any] = []
        if not self._clauses(expr, 0, inner, found):
            return Unknown("a comprehension over what is not known")
        try:
            if expr.kind == "set":
                return set(found)
            return dict(found) if expr.kind == "dict" else found
        except TypeError:
            return Unknown("a comprehension")

    def _clauses(self, expr: e.Comprehension, position: int, scope: Scope, found: list[Any]) -> bool:
        if position == len(expr.clauses):
            value = self.evaluate(expr.element, scope)
            found.append((value, self.evaluate(expr.value, scope)) if expr.value is not None else value)
            return True
        clause = expr.clauses[position]
        items = self.items(self.evaluate(clause.iter, scope))
        if items is None:
            return False
        for item in items:
            self.assign(clause.target, item, scope)
            truths = [self.truth(self.evaluate(test, scope)) for test in clause.conditions]
            if None in truths and False not in truths:
                return False
            if False not in truths and not self._clauses(expr, position + 1, scope, found):
                return False
        return True

    def assign(self, target: e.Expr, value: Any, scope: Scope) -> None:
        """Bind a target."""
        if isinstance(target, e.Name):
            place = self.module_scope(scope.module) if target.id in scope.globals else scope
            place.names[target.id] = value
        elif isinstance(target, e.Starred):
            self.assign(target.value, Unknown("unpacked"), scope)
        elif isinstance(target, e.Display):
            items = list(value) if isinstance(value, (list, tuple)) else []
            fits = len(items) == len(target.elements) and not any(isinstance(x, e.Starred) for x in target.elements)
            for position, element in enumerate(target.elements):
                self.assign(element, items[position] if fits else Unknown("unpacked"), scope)
        elif isinstance(target, e.Attribute):
            owner = self.evaluate(target.value, scope)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
            elif isinstance(owner, Built):
                owner.extra[target.attr] = value
        elif isinstance(target, e.Subscript):
            owner, key = self.evaluate(target.value, scope), self.evaluate(target.index, scope)
            if isinstance(owner, (dict, list)) and not isinstance(key, Unknown):
                with contextlib.suppress(TypeError, IndexError):
                    owner[key] = value

    # -- operators

    def _subscript(self, expr: e.Subscript, scope: Scope) -> Any:
        owner = self.evaluate(expr.value, scope)
        if isinstance(expr.index, e.Slice):
            if not isinstance(owner, (list, tuple, str)):
                return Unknown("a slice")
            bounds = (expr.index.lower, expr.index.upper, expr.index.step)
            parts = [self.evaluate(part, scope) if part is not None else None for part in bounds]
            try:
                return owner[slice(*parts)]
            except (TypeError, ValueError):
                return Unknown("a slice")
        key = self.evaluate(expr.index, scope)
        if isinstance(owner, ClassValue) and isinstance(key, str):
            return self.members(owner).get(key, Unknown("a member of an enum"))
        if isinstance(owner, (list, tuple, str, dict)) and not isinstance(key, Unknown):
            try:
                return owner[key]
            except (TypeError, IndexError, KeyError):
                return Unknown("an item that is not there")
        return Unknown("an item")

    def _boolop(self, expr: e.BoolOp, scope: Scope) -> Any:
        left = self.evaluate(expr.left, scope)
        truth = self.truth(left)
        decisive = expr.op == "or"
        if truth is decisive:
            return left
        right = self.evaluate(expr.right, scope)
        if truth is None:
            return decisive if self.truth(right) is decisive else Unknown(f"a test joined by `{expr.op}`")
        return right

    def _unary(self, expr: e.Unary, scope: Scope) -> Any:
        value = self.evaluate(expr.operand, scope)
        if expr.op == "not":
            truth = self.truth(value)
            return Unknown("a test") if truth is None else not truth
        if isinstance(value, (int, float)):
            return -value if expr.op == "-" else value
        return Unknown("an operator")

    def _binary(self, expr: e.Binary, scope: Scope) -> Any:
        return self.binary(expr.op, self.evaluate(expr.left, scope), self.evaluate(expr.right, scope))

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """Return `left op right`."""
        left, right = (item.value if isinstance(item, Member) else item for item in (left, right))
        plain = (*PLAIN, *_CONTAINERS)
        if op in _BINARY and isinstance(left, plain) and isinstance(right, plain):
            if op == "%" and isinstance(right, tuple) and not all(isinstance(item, PLAIN) for item in right):
                return Unknown("a formatted string")
            try:
                return _BINARY[op](left, right)
            except Exception:  # the migration would raise as well
                return Unknown("an operator")
        return Unknown("an operator")

    def _compare(self, expr: e.Compare, scope: Scope) -> Any:
        left = self.evaluate(expr.left, scope)
        result: Any = True
        for part in expr.rest:
            right = self.evaluate(part.right, scope)
            result = self._compared(part.op, left, right)
            if result is False or isinstance(result, Unknown):
                return result
            left = right
        return result

    def _compared(self, op: str, left: Any, right: Any) -> bool | Unknown:
        negated = op in ("is not", "not in", "!=")
        if op in ("is", "is not"):
            if isinstance(left, (Unknown, Built)) or isinstance(right, (Unknown, Built)):
                return Unknown("a test")
            return (left is right or left == right) != negated
        if op in ("in", "not in"):
            text = text_of(left)
            if isinstance(left, Unknown) or not isinstance(right, (str, *_CONTAINERS)):
                return Unknown("a test")
            value = text if text is not None else left
            if isinstance(right, str):
                return (value in right) != negated if isinstance(value, str) else Unknown("a test")
            known = [text_of(item) or item for item in right if not isinstance(item, Unknown)]
            if value in known:
                return not negated
            doubtful = [item for item in right if isinstance(item, Unknown)]
            if any(item.name is None or item.name == value for item in doubtful):
                return Unknown("a test")
            return negated
        left, right = (item.value if isinstance(item, Member) else item for item in (left, right))
        plain = (*PLAIN, *_CONTAINERS)
        if op in _COMPARE and isinstance(left, plain) and isinstance(right, plain):
            try:
                return bool(_COMPARE[op](left, right))
            except TypeError:
                return Unknown("a test")
        return Unknown("a test")

    def _conditional(self, expr: e.Conditional, scope: Scope) -> Any:
        truth = self.truth(self.evaluate(expr.test, scope))
        if truth is None:
            first, second = self.evaluate(expr.body, scope), self.evaluate(expr.orelse, scope)
            return first if repr(first) == repr(second) else Unknown("a conditional")
        return self.evaluate(expr.body if truth else expr.orelse, scope)

    def _lambda(self, expr: e.Lambda, scope: Scope) -> Any:
        return Function(expr.params, expr.body, scope)

    def _walrus(self, expr: e.Walrus, scope: Scope) -> Any:
        scope.names[expr.name] = value = self.evaluate(expr.value, scope)
        return value

    def _await(self, expr: e.Await, scope: Scope) -> Any:
        return self.evaluate(expr.value, scope)

    def _starred(self, expr: e.Starred, scope: Scope) -> Any:
        return self.evaluate(expr.value, scope)

    def _yield(self, expr: e.Yield, scope: Scope) -> Any:
        value = self.evaluate(expr.value, scope) if expr.value is not None else None
        if self.yields:
            self.yields[-1](value)
        return None
