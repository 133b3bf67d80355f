"""Strings and flags known without running anything: literals, constants, `cls.__name__` and their kin."""

from __future__ import annotations

import re

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.bases import BaseReader
from ormlint.index.symbols import ClassSymbol, External, Module, Resolver, Value


class Constants:
    """Evaluates string expressions, in a class's `declared_attr` also those that depend on the class."""

    def __init__(self, resolver: Resolver, bases: BaseReader) -> None:
        self.resolver = resolver
        self.bases = bases

    def string(
        self,
        expr: e.Expr | None,
        module: Module,
        cls: ClassSymbol | None = None,
        first: str = "cls",
        depth: int = 0,
    ) -> str | None:
        """Return the value of a string expression, or None. `first` is the parameter that stands for `cls`."""
        if expr is None or depth > 8:
            return None
        if isinstance(expr, e.Str):
            return expr.value
        if isinstance(expr, e.FString):
            parts = [self.string(part, module, cls, first, depth + 1) for part in expr.parts]
            return "".join(part for part in parts if part) if None not in parts else None
        if isinstance(expr, e.Binary) and expr.op == "+":
            left = self.string(expr.left, module, cls, first, depth + 1)
            right = self.string(expr.right, module, cls, first, depth + 1)
            return left + right if left is not None and right is not None else None
        if isinstance(expr, e.Attribute) and isinstance(expr.value, e.Attribute) and cls:
            holder = self._class_of(expr.value, module, cls, first)
            if holder is not None:
                return holder.name if expr.attr == "__name__" else self._class_constant(holder, expr.attr, depth)
        if isinstance(expr, e.Attribute) and isinstance(expr.value, e.Name) and expr.value.id == first and cls:
            if expr.attr in ("__name__", "__qualname__"):
                return cls.name
            if expr.attr == "__tablename__":
                return None
            return self._class_constant(cls, expr.attr, depth)
        if isinstance(expr, e.Call):
            return self._call(expr, module, cls, first, depth)
        if isinstance(expr, (e.Name, e.Attribute)):
            symbol = self.resolver.expr(module, expr)
            if isinstance(symbol, Value):
                return self.string(symbol.value, symbol.module, None, first, depth + 1)
            if isinstance(expr, e.Attribute) and expr.attr == "__name__":
                owner = self.resolver.expr(module, expr.value)
                if isinstance(owner, ClassSymbol):
                    return owner.name
        return None

    def _call(self, expr: e.Call, module: Module, cls: ClassSymbol | None, first: str, depth: int) -> str | None:
        func = expr.func
        if isinstance(func, e.Attribute) and not expr.args and func.attr in ("lower", "upper"):
            value = self.string(func.value, module, cls, first, depth + 1)
            return value and (value.lower() if func.attr == "lower" else value.upper())
        if isinstance(func, e.Attribute) and func.attr == "replace" and len(expr.args) == 2:
            parts = [self.string(part, module, cls, first, depth + 1) for part in (func.value, *expr.args)]
            return str(parts[0]).replace(str(parts[1]), str(parts[2])) if None not in parts else None
        if isinstance(func, e.Attribute) and func.attr == "sub":
            return self._substituted(func, expr.args, module, cls, first, depth)
        name = (e.dotted_name(func) or "").rpartition(".")[2]
        if len(expr.args) == 1 and re.fullmatch(
            r"_?(camel|pascal)?_?(case)?_?(to)?_?snake(_?case|ify)?|\w*snake\w*", name
        ):
            value = self.string(expr.args[0], module, cls, first, depth + 1)
            return camel_to_snake(value) if value is not None else None
        return None

    def _substituted(
        self,
        func: e.Attribute,
        args: tuple[e.Expr, ...],
        module: Module,
        cls: ClassSymbol | None,
        first: str,
        depth: int,
    ) -> str | None:
        """Return what `re.sub(pattern, text, name)` or `COMPILED.sub(text, name)` gives."""
        owner = self.resolver.expr(module, func.value)
        if owner == External("re"):
            given: tuple[e.Expr, ...] = args
        else:
            compiled = owner.value if isinstance(owner, Value) else None
            if not isinstance(compiled, e.Call) or not compiled.args or not isinstance(owner, Value):
                return None
            if self.resolver.expr(owner.module, compiled.func) != External("re.compile"):
                return None
            given = (compiled.args[0], *args)
        parts = [self.string(part, module, cls, first, depth + 1) for part in given]
        if len(parts) != 3 or None in parts:
            return None
        try:
            return re.sub(str(parts[0]), str(parts[1]), str(parts[2]))
        except (re.error, IndexError):
            return None

    def _class_of(self, expr: e.Attribute, module: Module, cls: ClassSymbol, first: str) -> ClassSymbol | None:
        """Return the class that `cls.item_class` holds, where the class or a base sets it to one."""
        if not (isinstance(expr.value, e.Name) and expr.value.id == first):
            return None
        found = self._class_value(cls, expr.attr)
        if found is None:
            return None
        value, owner = found
        symbol = self.resolver.expr(owner.module, value)
        return symbol if isinstance(symbol, ClassSymbol) else None

    def target_class(self, expr: e.Expr, cls: ClassSymbol, first: str) -> ClassSymbol | None:
        """Return the class a `declared_attr` names by an attribute of `cls`, or None."""
        return self._class_of(expr, cls.module, cls, first) if isinstance(expr, e.Attribute) else None

    def _class_constant(self, cls: ClassSymbol, name: str, depth: int) -> str | None:
        found = self._class_value(cls, name)
        if found is None:
            return None
        value, owner = found
        return self.string(value, owner.module, cls, "cls", depth + 1)

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


def camel_to_snake(name: str) -> str:
    """Return Flask-SQLAlchemy's table name for a class name: `HTTPUser2Thing` → `http_user2_thing`."""
    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name)
    return name.lower().lstrip("_")
