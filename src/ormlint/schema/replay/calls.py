"""Calls: the project's own functions and classes, builtins, methods of plain values, what SQLAlchemy gives."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Callable
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.schema.replay import values as v
from ormlint.schema.replay.inspection import Inspection
from ormlint.schema.replay.machine import DEPTH, RECURSION, Returned

_NOTHING = frozenset(
    [
        "commit",
        "rollback",
        "close",
        "flush",
        "add",
        "add_all",
        "delete",
        "merge",
        "refresh",
        "expunge_all",
        "bulk_save_objects",
    ]
)
_CONNECTIONS = frozenset(["connect", "begin", "begin_nested", "execution_options", "get_bind", "connection"])
_PURE = {
    kind.__name__: kind
    for kind in (str, int, float, repr, abs, range, round, ord, chr, format, len, sum, min, max, tuple, list, set)
}


class Calls(Inspection):
    """What a call gives, and does."""

    def call(self, func: Any, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> Any:
        """Call a value."""
        self.spend()
        if isinstance(func, v.Unknown):
            return func
        if isinstance(func, v.Function):
            return self.call_function(func, args, keywords)
        if isinstance(func, v.ClassValue):
            return self._instance(func, args, keywords)
        if isinstance(func, v.Ref):
            return self._external(func, args, keywords, node)
        if isinstance(func, v.Bound):
            if func.name == "Session" and any(given is v.BIND for given in (*args, keywords.get("bind"))):
                return v.BIND  # of an extension's `db`
            return self._method(func, args, keywords, node)
        if isinstance(func, v.Built):
            if func.name == "functools.partial" and func.args:
                return self.call(func.args[0], [*func.args[1:], *args], {**func.keywords, **keywords}, node)
            if func.last == "sessionmaker":
                return v.BIND
        return v.Built(func, args, keywords, node)

    # -- the project's own

    def call_function(
        self,
        function: v.Function,
        args: list[Any],
        keywords: dict[str, Any],
        receive: Callable[[Any], None] | None = None,
    ) -> Any:
        """Run a function; `receive` is called with what a generator yields."""
        if self.depth > DEPTH:
            return v.Unknown("calls are nested too deeply")
        if sum(body is function.body for body in self.running) >= RECURSION:
            return v.Unknown("a function calls itself too often")
        scope = v.Scope(function.scope, function.scope.module)
        given = [function.owner, *args] if function.owner is not None else list(args)
        self._bind(function, scope, given, dict(keywords))
        if not isinstance(function.body, tuple):
            return self.evaluate(function.body, scope)
        self.depth += 1
        self.running.append(function.body)
        collected: list[Any] = []
        self.yields.append(receive or collected.append)
        try:
            for statement in function.body:
                self.execute(statement, scope)
        except Returned as found:
            return collected if function.is_generator and receive is None else found.value
        finally:
            self.depth -= 1
            self.running.pop()
            self.yields.pop()
        return collected if function.is_generator and receive is None else None

    def _bind(self, function: v.Function, scope: v.Scope, given: list[Any], keywords: dict[str, Any]) -> None:
        names = scope.names
        for parameter in function.params:
            if parameter.kind == "*":
                names[parameter.name] = tuple(given)
                given = []
            elif parameter.kind == "**":
                names[parameter.name] = keywords
            elif parameter.kind != "=" and given:
                names[parameter.name] = given.pop(0)
            elif parameter.name in keywords:
                names[parameter.name] = keywords.pop(parameter.name)
            elif parameter.default is not None:
                names[parameter.name] = self.evaluate(parameter.default, function.scope)
            else:
                names[parameter.name] = v.Unknown(f"argument `{parameter.name}`")

    def _instance(self, cls: v.ClassValue, args: list[Any], keywords: dict[str, Any]) -> Any:
        members = self.members(cls)
        if members:
            found = [member for member in members.values() if args and member.value == args[0]]
            return found[0] if found else v.Unknown("a member of an enum")
        made = v.Instance(cls, args, keywords)
        start = self.class_attribute(cls, "__init__")
        if isinstance(start, v.Function) and all(isinstance(base, v.ClassValue) for base in self.lineage(cls)):
            bound = v.Function(start.params, start.body, start.scope, start.name, owner=made)
            self.call_function(bound, args, keywords)
        elif not isinstance(start, v.Function):
            self._fields(made, list(args), keywords)
        return made

    def _fields(self, made: v.Instance, args: list[Any], keywords: dict[str, Any]) -> None:
        """Set what a dataclass, a named tuple or a class like them is constructed with: its annotated fields."""
        fields: dict[str, e.Expr | None] = {}
        owners: dict[str, v.ClassValue] = {}
        for base in reversed(self.lineage(made.cls)):
            for statement in base.symbol.facts.body if isinstance(base, v.ClassValue) else ():
                if isinstance(statement, s.Assign) and statement.annotation is not None:
                    for target in statement.targets:
                        if isinstance(target, e.Name):
                            fields[target.id], owners[target.id] = statement.value, base
        for name, default in fields.items():
            if args:
                made.attributes[name] = args.pop(0)
            elif name in keywords:
                made.attributes[name] = keywords[name]
            elif default is not None:
                value = self.evaluate(default, owners[name].scope)
                if isinstance(value, v.Built) and value.last == "field":
                    factory = value.keywords.get("default_factory")
                    value = value.keywords.get("default", v.Unknown(f"`{name}`"))
                    value = self.call(factory, [], {}, None) if factory is not None else value
                made.attributes[name] = value

    # -- packages

    def _external(self, func: v.Ref, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> Any:
        name, last = func.name, func.last
        if name.startswith("builtins."):
            return self._builtin(last, args, keywords, node)
        if name.startswith("alembic.op."):
            return self.operation(last, args, keywords, node, None)
        if name.startswith("alembic.context."):
            if last == "get_context":
                return v.CONTEXT
            if last in ("get_bind", "get_connection"):
                return v.BIND
            if last == "get_x_argument":  # none is given
                return {} if keywords.get("as_dictionary") is True else []
            return False if last == "is_offline_mode" else v.Unknown(name)
        if name in ("alembic.operations.Operations", "alembic.operations.base.Operations", "alembic.Operations"):
            return v.Ref("alembic.op")
        if last in ("inspect", "from_engine", "Inspector", "reflection") and name.startswith("sqlalchemy."):
            self.asked_schema += 1
            if args and args[0] is v.QUERY:
                return v.BIND  # asked for its session
            return v.INSPECTOR if args and args[0] is v.BIND else v.Unknown("what is inspected")
        if last in ("Session", "scoped_session") and name.startswith("sqlalchemy."):
            return v.BIND
        if name == "importlib.import_module" and args and isinstance(args[0], str):
            module = self.index.modules.get(self.index.paths.find(args[0], self.path) or "")
            return v.ModuleValue(module) if module is not None else v.Unknown(f"module {args[0]}")
        if name in ("os.getenv", "os.environ.get"):
            return v.Unknown("the process's environment")
        if name in ("copy.copy", "copy.deepcopy") and args:
            return copy.copy(args[0]) if isinstance(args[0], (list, dict, set)) else args[0]
        if name == "textwrap.dedent" and args and isinstance(args[0], str):
            return textwrap.dedent(args[0])
        if name == "typing.cast" and len(args) == 2:
            return args[1]
        return v.Built(func, args, keywords, node)

    def _builtin(self, name: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> Any:
        if name == "print":
            return None
        if name == "isinstance" and len(args) == 2:
            kinds = args[1] if isinstance(args[1], tuple) else (args[1],)
            names = [kind.last for kind in kinds if isinstance(kind, v.Ref)]
            plain = {"str": str, "int": int, "list": list, "dict": dict, "tuple": tuple, "set": set, "bool": bool}
            if isinstance(args[0], (*v.PLAIN, list, dict, tuple, set)) and all(item in plain for item in names):
                return isinstance(args[0], tuple(plain[item] for item in names))
            return self.is_instance(args[0], names) if len(names) == len(kinds) else v.Unknown("isinstance")
        if name == "getattr" and len(args) >= 2 and isinstance(args[1], str):
            return self.attribute(args[0], args[1])
        if name in ("any", "all") and args:
            items = self.items(args[0])
            truths = [self.truth(item) for item in items] if items is not None else [None]
            if (name == "any") in truths:
                return name == "any"
            return v.Unknown(name) if None in truths else name == "all"
        if name == "next" and args:
            items = self.items(args[0])
            if items is None:
                return v.Unknown("next")
            return items[0] if items else args[1] if len(args) > 1 else v.Unknown("next")
        if name == "bool" and args:
            truth = self.truth(args[0])
            return v.Unknown("bool") if truth is None else truth
        if name in ("map", "filter") and len(args) == 2:
            items = self.items(args[1])
            if items is None:
                return v.Unknown(name)
            if name == "map":
                return [self.call(args[0], [item], {}, node) for item in items]
            kept = [(item, self.truth(self.call(args[0], [item], {}, node) if args[0] else item)) for item in items]
            return v.Unknown(name) if any(t is None for _, t in kept) else [item for item, t in kept if t]
        if name in ("enumerate", "zip", "reversed", "sorted", "dict", "frozenset", "list", "tuple", "set", "iter"):
            return self._collection(name, args, keywords, node)
        values = [arg.value if isinstance(arg, v.Member) else arg for arg in args]
        values = [str(arg.type) if isinstance(arg, v.ReflectedType) else arg for arg in values]
        if (
            name in _PURE
            and all(isinstance(item, (*v.PLAIN, list, tuple, dict, set)) for item in values)
            and not keywords
        ):
            if name == "len" and any(isinstance(item, v.Unknown) for item in values[0]):
                return v.Unknown("len")
            try:
                return _PURE[name](*values)
            except Exception:  # the migration would raise as well
                return v.Unknown(name)
        return (
            v.Built(v.Ref(f"builtins.{name}"), args, keywords, node)
            if name.endswith(("Error", "Exception"))
            else v.Unknown(name)
        )

    def _collection(self, name: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> Any:
        if name == "dict" and (not args or isinstance(args[0], dict)):
            return {**(args[0] if args else {}), **keywords}
        lists = [self.items(arg) for arg in args if not isinstance(arg, int)]
        if any(found is None for found in lists):
            return v.Unknown(name)
        known = [found for found in lists if found is not None]
        first = known[0] if known else []
        try:
            if name == "enumerate":
                return list(enumerate(first, keywords.get("start", args[1] if len(args) > 1 else 0)))
            if name == "zip":
                return list(zip(*known, strict=False))
            if name == "reversed":
                return first[::-1]
            if name == "sorted":
                key = keywords.get("key")
                ranked = [(self.call(key, [item], {}, node) if key is not None else item, item) for item in first]
                ranked.sort(key=lambda pair: pair[0], reverse=keywords.get("reverse") is True)
                return [item for _, item in ranked]
            if name == "dict":
                return {**dict(first), **keywords}
            return {"set": set, "frozenset": frozenset, "tuple": tuple}.get(name, list)(first)
        except TypeError:
            return v.Unknown(name)

    # -- methods

    def _method(self, bound: v.Bound, args: list[Any], keywords: dict[str, Any], node: e.Node | None) -> Any:
        owner, name = bound.owner, bound.name
        if isinstance(owner, v.Batch):
            return self.operation(name, args, keywords, node, owner)
        if isinstance(owner, v.Handle):
            return self._handle(owner, name, args, keywords, node)
        if isinstance(owner, v.Rows):
            return self.rows(owner, name)
        if isinstance(owner, str):
            return self._string(owner, name, args, keywords)
        if isinstance(owner, (list, dict, set, tuple, frozenset)):
            return self._container(owner, name, args, keywords)
        if isinstance(owner, v.Built):
            if name in ("create", "drop", "create_all", "drop_all"):
                return self.create(owner, name, args, keywords, node)
            if name in ("copy", "_copy") and owner.last in ("Column", "mapped_column"):
                return owner
            if name in ("append_column", "append_constraint") and args:
                owner.args.append(args[0])
                return None
            if owner.last == "MetaData" and name == "reflect":
                return self.reflect_all(owner, keywords)
            if owner.last in ("getLogger", "get_logger"):
                return None
            if owner.name == "super" and name == "__init__":
                return None
        if name == "create_all":  # of metadata that is not known
            self.create(v.Built(owner, [], {}, node), name, args, keywords, node)
            return None
        if isinstance(owner, v.Ref) and owner.name.startswith("alembic.op"):
            return self.operation(name, args, keywords, node, None)
        return v.Built(bound, args, keywords, node)

    def _handle(
        self, owner: v.Handle, name: str, args: list[Any], keywords: dict[str, Any], node: e.Node | None
    ) -> Any:
        if owner is v.INSPECTOR:
            return self.inspect(name, args, keywords)
        if owner is v.DIALECT:
            return self.inspect(name, args[1:], keywords) if name == "has_table" else v.Unknown(f"dialect.{name}")
        if owner is v.QUERY:
            if name == "delete" and self.queried is not None and not self.quiet:
                self.hazards.emptied.add(self.queried)
            self.queried = None
            if name == "all":
                return []
            return {"first": None, "one_or_none": None, "scalar": None, "count": 0}.get(name, v.QUERY)
        if name in ("execute", "exec_driver_sql", "scalar", "scalars"):
            found = self.execute_sql(args[0] if args else keywords.get("statement"), node)
            return self.rows(found, "scalar") if name == "scalar" and isinstance(found, v.Rows) else found
        if name in _CONNECTIONS or name == "autocommit_block":
            return v.BIND
        if name in _NOTHING:
            return None
        if name == "query":
            self.queried = self.name_of_table(args[0]) if len(args) == 1 else None
            return v.QUERY
        if name == "has_table":
            return self.inspect(name, args, keywords)
        return v.Unknown(f"{owner.kind}.{name}")

    def _string(self, owner: str, name: str, args: list[Any], keywords: dict[str, Any]) -> Any:
        given = self.items(args[0]) if name == "join" and args else args
        if given is None:
            return v.Unknown("str.join")
        values = [text if (text := v.text_of(item)) is not None else item for item in given]
        if not all(isinstance(item, (*v.PLAIN, tuple)) for item in [*values, *keywords.values()]):
            return v.Unknown(f"str.{name}")
        try:
            return owner.join(values) if name == "join" else getattr(owner, name)(*values, **keywords)
        except Exception:  # the migration would raise as well
            return v.Unknown(f"str.{name}")

    def _container(self, owner: Any, name: str, args: list[Any], keywords: dict[str, Any]) -> Any:
        try:
            if name in ("items", "keys", "values"):
                return list(getattr(owner, name)())
            if name in ("extend", "update", "union", "intersection", "difference", "issubset", "issuperset"):
                given = [arg if isinstance(arg, dict) else self.items(arg) for arg in args]
                if any(item is None for item in given):
                    if isinstance(owner, list):
                        owner.append(v.Unknown("extended by what is not known"))
                    return v.Unknown(name)
                return getattr(owner, name)(*given, **keywords)
            if name == "sort":
                return None
            return getattr(owner, name)(*args, **keywords)
        except Exception:  # the migration would raise as well
            return v.Unknown(name)

    # -- truth and items

    def truth(self, value: Any) -> bool | None:
        """Tell whether a value is true; None when that is not known."""
        if isinstance(value, v.Member):
            value = value.value
        if isinstance(value, (*v.PLAIN, list, tuple, dict, set, frozenset, range)):
            return bool(value)
        if isinstance(value, (v.Handle, v.Rows, v.Function, v.ClassValue, v.ModuleValue, v.Batch)):
            return True
        if isinstance(value, v.Built):
            value = value.func
        if isinstance(value, v.Ref) and value.name.startswith(("sqlalchemy.", "builtins.")):
            return True  # a type, a table, a class
        return None

    def items(self, value: Any) -> list[Any] | None:
        """Return the items of a value that can be gone through; None when they are not known."""
        if isinstance(value, (set, frozenset)):
            return sorted(value, key=repr)
        if isinstance(value, (list, tuple, dict, str, range)):
            return list(value)
        if isinstance(value, v.ClassValue):
            return list(self.members(value).values()) or None
        if isinstance(value, v.Rows) or value is v.QUERY:
            return []
        return None
