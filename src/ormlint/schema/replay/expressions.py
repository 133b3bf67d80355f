"""Expressions of migrations to values."""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import operator
from collections.abc import Callable
from typing import Any

import sqlalchemy

from ormlint.facts import expressions as e
from ormlint.facts.operators import ARITHMETIC, COMPARISONS
from ormlint.index.symbols import Folder
from ormlint.index.vocabulary import canonical, flask_sqlalchemy
from ormlint.schema.replay import values as v
from ormlint.schema.replay.calls import Calls

_BUILTINS = frozenset(dir(builtins))
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    **ARITHMETIC,
    "/": operator.truediv,
    "&": operator.and_,
    "^": operator.xor,
}
_CONTAINERS = (list, tuple, dict, set, frozenset, range)


class Expressions(Calls):
    """One method a kind of expression."""

    def evaluate(self, expr: e.Expr, scope: v.Scope) -> Any:
        """Return the value of an expression."""
        self.spend()
        method = getattr(self, f"_{type(expr).__name__.lower()}", None)
        return method(expr, scope) if method is not None else v.Unknown(f"a {type(expr).__name__}")

    def _str(self, expr: e.Str, scope: v.Scope) -> Any:
        return expr.value

    def _constant(self, expr: e.Constant, scope: v.Scope) -> Any:
        return expr.value

    def _fstring(self, expr: e.FString, scope: v.Scope) -> Any:
        found = []
        is_known = True
        for part in expr.parts:
            value = self.evaluate(part, scope)
            text = self.shown(value)
            is_known = is_known and text is not None
            found.append("?" if text is None else text)
        whole = "".join(found)
        return whole if is_known else v.Unknown("a formatted string", text=whole)

    def shown(self, value: Any) -> str | None:
        """Return what `str()` makes of a value, or None."""
        text = v.text_of(value)
        if text is not None or isinstance(value, v.PLAIN):
            return text if text is not None else str(value)
        if isinstance(value, v.ReflectedType) and not isinstance(value.type, v.Unknown):
            try:
                return value.enum or str(value.type.compile(dialect=self.compiler()))
            except Exception:  # a type that the dialect cannot spell
                return None
        return None

    def _name(self, expr: e.Name, scope: v.Scope) -> Any:
        place: v.Scope | None = scope
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
            return v.Ref(f"builtins.{expr.id}") if known else v.Unknown(f"`{expr.id}` is not defined")

    def _attribute(self, expr: e.Attribute, scope: v.Scope) -> Any:
        return self.attribute(self.evaluate(expr.value, scope), expr.attr)

    def attribute(self, owner: Any, name: str) -> Any:
        """Return an attribute of a value."""
        if isinstance(owner, v.Unknown):
            return v.Bound(owner, name) if name == "create_all" else owner
        if isinstance(owner, v.Ref):
            return v.Ref(canonical(f"{owner.name}.{name}"))
        if isinstance(owner, v.ModuleValue):
            return self.member(owner.module, name)
        if isinstance(owner, Folder):
            return self.symbol_value(self.index.resolver.attribute(owner, name), name)
        if isinstance(owner, v.ClassValue):
            found = self.class_attribute(owner, name)
            if isinstance(found, v.Function) and found.kind == "class" and found.owner is None:
                return dataclasses.replace(found, owner=owner)
            return found
        if isinstance(owner, v.Member):
            if name in ("value", "name"):
                return getattr(owner, name)
            return v.Bound(owner.value, name) if isinstance(owner.value, str) else v.Unknown("a member of an enum")
        if isinstance(owner, v.Instance):
            return self._instance_attribute(owner, name)
        if isinstance(owner, v.Handle):
            return self._handle_attribute(owner, name)
        if isinstance(owner, v.Built):
            return self._built_attribute(owner, name)
        if isinstance(owner, v.ReflectedType):
            if name in ("timezone", "length", "enums", "name") and not isinstance(owner.type, v.Unknown):
                return getattr(owner.type, name, None)
            return v.Unknown("a reflected type")
        if isinstance(owner, v.Rows) and name == "rowcount":
            return 0
        if isinstance(owner, v.Function) and name == "__name__":
            return owner.name
        if isinstance(owner, (v.Batch, v.Rows, *v.PLAIN, *_CONTAINERS)):
            return v.Bound(owner, name)
        return v.Unknown(f"attribute `{name}`")

    def _handle_attribute(self, owner: v.Handle, name: str) -> Any:
        if owner is v.DIALECT:
            return v.Bound(owner, name) if name == "has_table" else self.dialect_attribute(name)
        if name == "dialect":
            return v.DIALECT
        if name in ("engine", "connection", "bind", "session"):
            return v.BIND
        if owner is v.BIND and name == "name":
            return self.dialect
        if owner is v.CONTEXT and name == "as_sql":
            return False
        if owner is v.CONTEXT and name in ("config", "opts", "impl"):
            return v.Unknown(f"Alembic's context: `{name}`")
        if owner is v.INSPECTOR and name == "default_schema_name":
            return self.dialect_attribute(name)
        return v.Bound(owner, name)

    def _built_attribute(self, owner: v.Built, name: str) -> Any:
        if name in owner.extra:
            return owner.extra[name]
        if owner.last in ("Column", "mapped_column"):
            if name in ("name", "key"):
                return self._column_name(owner)
            if name in ("nullable", "server_default"):
                return owner.keywords.get(name, True if name == "nullable" else None)
            if name == "type" and len(owner.args) > 1 and isinstance(owner.args[1], v.ReflectedType):
                return owner.args[1]
        if name == "metadata" or (name == "naming_convention" and owner.last == "MetaData"):
            from ormlint.schema.replay.envfile import metadata_of

            return metadata_of(owner) if name == "metadata" else owner.keywords.get(name)
        if owner.name == flask_sqlalchemy.EXTENSION and hasattr(sqlalchemy, name):
            return v.Ref(canonical(f"sqlalchemy.{name}"))  # `db.String`, `db.func`
        if owner.last == "Table" and owner.keywords.get("autoload_with"):
            if name in ("foreign_key_constraints", "constraints", "indexes"):
                return self.reflected(owner, name)
            if name == "columns":
                return self.reflected_columns(owner)
        if owner.last in ("Table", "table") and name == "name" and owner.args:
            return owner.args[0]
        if owner.last in ("Enum", "ENUM"):
            label, labels = self.enum_parts(owner)
            if name == "name":
                return label or v.Unknown("the name of an enum")
            if name == "enums":
                return labels or v.Unknown("the labels of an enum")
        return v.Bound(owner, name)

    def _instance_attribute(self, owner: v.Instance, name: str) -> Any:
        if name in owner.attributes:
            return owner.attributes[name]
        found = self.class_attribute(owner.cls, name)
        if isinstance(found, v.Function):
            if found.kind == "static":
                return found
            target = owner.cls if found.kind == "class" else owner
            bound = v.Function(
                found.params, found.body, found.scope, found.name, found.is_generator, "", target, found.symbol
            )
            return self.call(bound, [], {}, None) if found.kind == "property" else bound
        return found

    def class_attributes(self, cls: v.ClassValue) -> dict[str, Any]:
        """Return what the body of a class binds."""
        if cls.attributes is None:
            scope = v.Scope(cls.scope if cls.scope.parent is not None else None, cls.symbol.module)
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

    def class_attribute(self, cls: v.ClassValue, name: str) -> Any:
        """Return what a class, or a base of it, binds to a name."""
        members = self.members(cls)
        if name in members:
            return members[name]
        if name == "__members__" and members:
            return dict(members)
        for base in self.lineage(cls):
            if isinstance(base, v.ClassValue) and name in self.class_attributes(base):
                return self.class_attributes(base)[name]
        if name in ("__name__", "__qualname__"):
            return cls.name
        if name == "__table__":
            return v.Built(v.Ref("__table__"), [cls], {})
        if name == "metadata":
            return self._class_metadata(cls)
        return v.Unknown(f"`{cls.name}.{name}`")

    def _class_metadata(self, cls: v.ClassValue) -> Any:
        for base in self.lineage(cls):
            if isinstance(base, (v.Built, v.Bound)):
                from ormlint.schema.replay.envfile import metadata_of

                return metadata_of(base)
            if isinstance(base, v.ClassValue):
                # `@as_declarative(metadata=…)`, `class Base(DeclarativeBase, metadata=…)`
                for keyword in base.symbol.facts.keywords:
                    if keyword.name == "metadata":
                        return self.evaluate(keyword.value, base.scope)
        return v.Built(v.Ref("__metadata__"), [cls], {})

    def _call(self, expr: e.Call, scope: v.Scope) -> Any:
        func = self.evaluate(expr.func, scope)
        args: list[Any] = []
        for argument in expr.args:
            if isinstance(argument, e.Starred):
                items = self.items(self.evaluate(argument.value, scope))
                args.extend(items if items is not None else [v.Unknown("some arguments are not known")])
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
                keywords["**"] = v.Unknown("some arguments are not known")
        if isinstance(func, v.Ref) and func.name == "builtins.super":
            return v.Built(v.Ref("super"), [], {})
        return self.call(func, args, keywords, expr)

    # -- displays

    def _sequence(self, elements: tuple[e.Expr, ...], scope: v.Scope) -> list[Any]:
        found: list[Any] = []
        for element in elements:
            if isinstance(element, e.Starred):
                items = self.items(self.evaluate(element.value, scope))
                found.extend(items if items is not None else [v.Unknown("some items are not known")])
            else:
                found.append(self.evaluate(element, scope))
        return found

    def _display(self, expr: e.Display, scope: v.Scope) -> Any:
        found = self._sequence(expr.elements, scope)
        if expr.kind == "list":
            return found
        try:
            return set(found) if expr.kind == "set" else tuple(found)
        except TypeError:
            return v.Unknown("a set")

    def _dictdisplay(self, expr: e.DictDisplay, scope: v.Scope) -> Any:
        found: dict[Any, Any] = {}
        for item in expr.items:
            value = self.evaluate(item.value, scope)
            if item.key is None:
                if not isinstance(value, dict):
                    return v.Unknown("a dict with items that are not known")
                found.update(value)
                continue
            try:
                found[self.evaluate(item.key, scope)] = value
            except TypeError:
                return v.Unknown("a dict")
        return found

    def _comprehension(self, expr: e.Comprehension, scope: v.Scope) -> Any:
        inner = v.Scope(scope, scope.module)
        found: list[Any] = []
        if not self._clauses(expr, 0, inner, found):
            return v.Unknown("a comprehension over what is not known")
        try:
            if expr.kind == "set":
                return set(found)
            return dict(found) if expr.kind == "dict" else found
        except TypeError:
            return v.Unknown("a comprehension")

    def _clauses(self, expr: e.Comprehension, position: int, scope: v.Scope, found: list[Any]) -> bool:
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

    def assign(self, target: e.Expr, value: Any, scope: v.Scope) -> None:
        """Bind a target."""
        if isinstance(target, e.Name):
            place = self.module_scope(scope.module) if target.id in scope.globals else scope
            place.names[target.id] = value
        elif isinstance(target, e.Starred):
            self.assign(target.value, v.Unknown("unpacked"), scope)
        elif isinstance(target, e.Display):
            items = list(value) if isinstance(value, (list, tuple, range)) else []
            fits = len(items) == len(target.elements) and not any(isinstance(x, e.Starred) for x in target.elements)
            for position, element in enumerate(target.elements):
                self.assign(element, items[position] if fits else v.Unknown("unpacked"), scope)
        elif isinstance(target, e.Attribute):
            owner = self.evaluate(target.value, scope)
            if isinstance(owner, v.Instance):
                owner.attributes[target.attr] = value
            elif isinstance(owner, v.Built):
                owner.extra[target.attr] = value
        elif isinstance(target, e.Subscript):
            owner, key = self.evaluate(target.value, scope), self.evaluate(target.index, scope)
            if isinstance(owner, (dict, list)) and not isinstance(key, v.Unknown):
                with contextlib.suppress(TypeError, IndexError):
                    owner[key] = value

    # -- operators

    def _subscript(self, expr: e.Subscript, scope: v.Scope) -> Any:
        owner = self.evaluate(expr.value, scope)
        if isinstance(expr.index, e.Slice):
            if not isinstance(owner, (list, tuple, str)):
                return v.Unknown("a slice")
            bounds = (expr.index.lower, expr.index.upper, expr.index.step)
            parts = [self.evaluate(part, scope) if part is not None else None for part in bounds]
            try:
                return owner[slice(*parts)]
            except (TypeError, ValueError):
                return v.Unknown("a slice")
        key = self.evaluate(expr.index, scope)
        if isinstance(owner, v.ClassValue) and isinstance(key, str):
            return self.members(owner).get(key, v.Unknown("a member of an enum"))
        if isinstance(owner, (list, tuple, str, dict)) and not isinstance(key, v.Unknown):
            try:
                return owner[key]
            except (TypeError, IndexError, KeyError):
                return v.Unknown("an item that is not there")
        return v.doubt("an item", owner)

    def _boolop(self, expr: e.BoolOp, scope: v.Scope) -> Any:
        left = self.evaluate(expr.left, scope)
        truth = self.truth(left)
        decisive = expr.op == "or"
        if truth is decisive:
            return left
        right = self.evaluate(expr.right, scope)
        if truth is None:
            return decisive if self.truth(right) is decisive else v.doubt(f"a test joined by `{expr.op}`", left, right)
        return right

    def _unary(self, expr: e.Unary, scope: v.Scope) -> Any:
        value = self.evaluate(expr.operand, scope)
        if expr.op == "not":
            truth = self.truth(value)
            return v.doubt("a test", value) if truth is None else not truth
        if isinstance(value, (int, float)):
            return -value if expr.op == "-" else value
        return v.Unknown("an operator")

    def _binary(self, expr: e.Binary, scope: v.Scope) -> Any:
        return self.binary(expr.op, self.evaluate(expr.left, scope), self.evaluate(expr.right, scope))

    def binary(self, op: str, left: Any, right: Any) -> Any:
        """Return `left op right`."""
        left, right = (item.value if isinstance(item, v.Member) else item for item in (left, right))
        plain = (*v.PLAIN, *_CONTAINERS)
        if op in _BINARY and isinstance(left, plain) and isinstance(right, plain):
            if op == "%" and isinstance(right, tuple) and not all(isinstance(item, v.PLAIN) for item in right):
                return v.Unknown("a formatted string")
            try:
                return _BINARY[op](left, right)
            except Exception:  # the migration would raise as well
                return v.Unknown("an operator")
        if op == "+" and (isinstance(left, (str, v.Unknown)) and isinstance(right, (str, v.Unknown))):
            texts = [item if isinstance(item, str) else item.text for item in (left, right)]
            if any(texts):
                return v.Unknown("a string", text="".join("?" if text is None else text for text in texts))
        return v.Unknown("an operator")

    def _compare(self, expr: e.Compare, scope: v.Scope) -> Any:
        left = self.evaluate(expr.left, scope)
        result: Any = True
        for part in expr.rest:
            right = self.evaluate(part.right, scope)
            result = self._compared(part.op, left, right)
            if result is False or isinstance(result, v.Unknown):
                return result
            left = right
        return result

    def _compared(self, op: str, left: Any, right: Any) -> bool | v.Unknown:
        negated = op in ("is not", "not in", "!=")
        if op in ("is", "is not"):
            if right is None and isinstance(left, v.Built) and _is_construct(left):
                return negated
            if isinstance(left, (v.Unknown, v.Built)) or isinstance(right, (v.Unknown, v.Built)):
                return v.doubt("a test", left, right)
            return (left is right or left == right) != negated
        if op in ("in", "not in"):
            text = v.text_of(left)
            if isinstance(left, v.Unknown) or not isinstance(right, (str, *_CONTAINERS)):
                return v.doubt("a test", left, right)
            value = text if text is not None else left
            if isinstance(right, str):
                return (value in right) != negated if isinstance(value, str) else v.Unknown("a test")
            known = [v.text_of(item) or item for item in right if not isinstance(item, v.Unknown)]
            if value in known:
                return not negated
            doubtful = [item for item in right if isinstance(item, v.Unknown)]
            if any(item.name is None or item.name == value for item in doubtful):
                return v.Unknown("a test")
            return negated
        left, right = (item.value if isinstance(item, v.Member) else item for item in (left, right))
        plain = (*v.PLAIN, *_CONTAINERS)
        if op in COMPARISONS and isinstance(left, plain) and isinstance(right, plain):
            try:
                return bool(COMPARISONS[op](left, right))
            except TypeError:
                return v.Unknown("a test")
        return v.doubt("a test", left, right)

    def _conditional(self, expr: e.Conditional, scope: v.Scope) -> Any:
        truth = self.truth(self.evaluate(expr.test, scope))
        if truth is None:
            first, second = self.evaluate(expr.body, scope), self.evaluate(expr.orelse, scope)
            return first if repr(first) == repr(second) else v.Unknown("a conditional")
        return self.evaluate(expr.body if truth else expr.orelse, scope)

    def _lambda(self, expr: e.Lambda, scope: v.Scope) -> Any:
        return v.Function(expr.params, expr.body, scope)

    def _walrus(self, expr: e.Walrus, scope: v.Scope) -> Any:
        scope.names[expr.name] = value = self.evaluate(expr.value, scope)
        return value

    def _await(self, expr: e.Await, scope: v.Scope) -> Any:
        return self.evaluate(expr.value, scope)

    def _starred(self, expr: e.Starred, scope: v.Scope) -> Any:
        return self.evaluate(expr.value, scope)

    def _yield(self, expr: e.Yield, scope: v.Scope) -> Any:
        value = self.evaluate(expr.value, scope) if expr.value is not None else None
        if self.yields:
            self.yields[-1](value)
        return None


def _is_construct(value: v.Built) -> bool:
    """Tell whether a value is made by a class of SQLAlchemy: a column, a type, a table."""
    return value.name.startswith("sqlalchemy.") and value.last[:1].isupper()
