"""Type expressions of migrations as SQLAlchemy types, for the dialect of the replay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import NUMERIC
from sqlalchemy.types import TypeEngine

from ormlint.schema.replay.machine import Machine, Raised
from ormlint.schema.replay.values import (
    Bound,
    Built,
    ClassValue,
    Function,
    Instance,
    Member,
    Ref,
    ReflectedType,
    Unknown,
    text_of,
)

DIALECT_MODULES = ("postgresql", "mysql", "sqlite", "mssql", "oracle")
_ABSTRACT = ("TypeDecorator", "UserDefinedType", "TypeEngine")
_ENUMS = ("Enum", "ENUM")
# Types of other packages, by what they are in the database.
_KNOWN: dict[str, dict[str, str]] = {
    "fastapi_users_db_sqlalchemy.generics.GUID": {"postgresql": "UUID", "": "CHAR(36)"},
    "sqlalchemy_utils.TSVectorType": {"": "TSVECTOR"},
    "sqlalchemy_utils.JSONType": {"postgresql": "JSON", "": "TEXT"},
    "sqlalchemy_utils.EncryptedType": {"postgresql": "BYTEA", "": "BLOB"},
    "sqlalchemy_utils.StringEncryptedType": {"": "VARCHAR"},
    "sqlalchemy.AutoString": {"mysql": "VARCHAR(255)", "": "VARCHAR"},
}


_TYPE_TEXT = re.compile(
    r"([\w.]+(?: [\w.]+)*)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*"
    r"((?:with|without) time zone)?\s*((?:\[\s*\d*\s*\])*)",
    re.IGNORECASE,
)


class NamedType(sa.types.UserDefinedType[Any]):
    """A type known by its name in the database only."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: Any) -> str:
        """Return the name, as SQLAlchemy asks for it."""
        return self.text

    def __repr__(self) -> str:
        return f"NamedType({self.text!r})"


class Types(Machine):
    """Builds types. A type that is not known is `Unknown`; the name of its native enum type comes with it."""

    def type_of(self, value: Any, depth: int = 0) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        """Return the type a value stands for, and the name of its native enum type."""
        if depth > 8:
            return Unknown("its type is nested too deeply"), None
        if isinstance(value, Unknown):
            return value, None
        if isinstance(value, ReflectedType):
            return value.type, value.enum
        if isinstance(value, Ref):
            value = Built(value, [], {})
        if isinstance(value, Built):
            if isinstance(value.func, Bound):
                return self._type_method(value.func, value, depth)
            if value.last in _ENUMS:
                return self._enum_type(value)
            if isinstance(value.func, Ref):
                return self._external_type(value, depth)
        if isinstance(value, (ClassValue, Instance)):
            return self._class_type(value, depth)
        return Unknown("its type was not understood"), None

    def _type_method(self, method: Bound, value: Built, depth: int) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        if method.name == "with_variant" and value.args:
            if self.dialect in value.args[1:]:
                return self.type_of(value.args[0], depth + 1)
            return self.type_of(method.owner, depth + 1)
        if method.name in ("evaluates_none", "copy", "as_generic"):
            return self.type_of(method.owner, depth + 1)
        if method.name == "as_mutable" and value.args:
            return self.type_of(value.args[0], depth + 1)
        return Unknown(f"`.{method.name}()` of a type"), None

    def _external_type(self, value: Built, depth: int) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        name, last = value.name, value.last
        if last == "as_mutable" and value.args:
            return self.type_of(value.args[0], depth + 1)
        known = _KNOWN.get(name) or next((kind for key, kind in _KNOWN.items() if key.endswith(f".{last}")), None)
        if known is not None:
            length = value.args[0] if value.args else value.keywords.get("length")
            if last == "AutoString" and isinstance(length, int):
                return sa.String(length), None
            return self.type_from_text(known.get(self.dialect, known[""]))
        if last == "UUIDType" and name.startswith("sqlalchemy_utils."):
            if self.dialect == "postgresql" and value.keywords.get("native", True) is True:
                return sa.Uuid(), None
            binary = value.args[0] if value.args else value.keywords.get("binary", True)
            return (sa.BINARY(16) if binary is True else sa.CHAR(32)), None
        if last.upper() == "VECTOR":
            size = value.args[0] if value.args else value.keywords.get("dim")
            return NamedType(f"VECTOR({size})" if isinstance(size, int) else "VECTOR"), None
        if not name.startswith("sqlalchemy."):
            return Unknown(f"`{name}` belongs to a package that was not read"), None
        factories = _factories(name)
        if not factories:
            return Unknown(f"SQLAlchemy has no type `{last}`"), None
        enum: str | None = None
        args: list[Any] = []
        keywords: dict[str, Any] = {}
        pairs: list[tuple[int | str, Any]] = [*enumerate(value.args), *value.keywords.items()]
        for key, given in pairs:
            built = given
            if isinstance(given, (Ref, Built, ClassValue, Instance, ReflectedType)) and key not in ("compare_with",):
                built, inner = self.type_of(given, depth + 1)
                enum = enum or inner
            if isinstance(built, Member):
                built = built.value
            if isinstance(built, Unknown):
                return Unknown(f"an argument of `{last}` is not known: {built.reason}"), None
            if not isinstance(built, (str, int, float, bool, type(None), TypeEngine)):
                return Unknown(f"an argument of `{last}` is not a literal"), None
            if isinstance(key, int):
                args.append(built)
            else:
                keywords[key] = built
        refusal: Exception | None = None
        for factory in factories:
            try:
                return factory(*args, **keywords), enum
            except Exception as error:  # whatever SQLAlchemy refuses: `INTEGER(unsigned=True)` is MySQL's
                refusal = refusal or error
        return Unknown(f"SQLAlchemy refuses `{last}`: {refusal}"), None

    def enum_parts(self, value: Built) -> tuple[str | None, list[str] | None]:
        """Return the name and the labels of `Enum(...)`; None for what is not known."""
        given = value.keywords.get("name")
        name = text_of(given)
        labels: list[Any] = []
        for argument in value.args:
            if isinstance(argument, ClassValue):
                if name is None and given is None:
                    name = argument.name.lower()
                members = list(self.members(argument).values())
                chosen = value.keywords.get("values_callable")
                if chosen is not None:
                    found = self.call(chosen, [argument], {}, None)
                    labels.extend(found if isinstance(found, (list, tuple)) else [Unknown("values_callable")])
                elif members:
                    labels.extend(member.name for member in members)
                else:
                    labels.append(Unknown("members"))
            elif isinstance(argument, (list, tuple)):
                labels.extend(argument)
            else:
                labels.append(argument)
        texts = [text_of(label) for label in labels]
        known = [text for text in texts if text is not None]
        return name, known if len(known) == len(texts) and known else None

    def members(self, cls: ClassValue) -> dict[str, Member]:
        """Return the members of an enum of the project."""
        enum = self.index.enum_of(cls.symbol)
        if enum is None or enum.open_reason is not None:
            return {}
        return {name: Member(cls, name, value) for name, value in enum.members.items() if name not in enum.aliases}

    def _enum_type(self, value: Built) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        name, labels = self.enum_parts(value)
        native = value.keywords.get("native_enum", True)
        if isinstance(native, Unknown):
            return Unknown("whether its enum is native is not known"), None
        if self.dialect == "postgresql" and native is not False:
            if name is None:
                return Unknown("the name of its enum type is not known"), None
            return sa.Enum(*(labels or ()), name=name), name
        if labels is None:
            return Unknown("the labels of its enum are not known"), None
        length = value.keywords.get("length")
        keywords = {"length": length} if isinstance(length, int) else {}
        return sa.Enum(
            *labels, name=name, native_enum=self.dialect == "mysql" and native is not False, **keywords
        ), None

    def _class_type(self, value: ClassValue | Instance, depth: int) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        cls = value if isinstance(value, ClassValue) else value.cls
        instance = value if isinstance(value, Instance) else Instance(cls, [], {})
        chosen = self.class_attribute(cls, "load_dialect_impl")
        if isinstance(chosen, Function):
            dialect = Built(Ref("dialect"), [], {}, None, {"name": self.dialect})
            try:
                found = self.call(_bound(chosen, instance), [dialect], {}, None)
            except Raised:
                found = None
            if isinstance(found, Built) and isinstance(found.func, Bound) and found.func.name == "type_descriptor":
                built = self.type_of(found.args[0], depth + 1) if found.args else (Unknown("type_descriptor"), None)
                if not isinstance(built[0], Unknown):
                    return built
            is_impl = found is not None and found == self.class_attribute(cls, "impl")  # `return self.impl`
            if not is_impl:
                if isinstance(found, (Ref, Built, ClassValue, Instance)):
                    built = self.type_of(found, depth + 1)
                    if not isinstance(built[0], Unknown):
                        return built
                return Unknown(f"`{cls.name}` chooses its type by dialect"), None
        spec = self.class_attribute(cls, "get_col_spec")
        if isinstance(spec, Function):
            text = self.call(_bound(spec, instance), [], {}, None)
            if isinstance(text, str):
                return NamedType(text), None
            return Unknown(f"`{cls.name}` computes its type"), None
        visited = self.class_attribute(cls, "__visit_name__")
        if isinstance(visited, str) and visited != "type_decorator":
            return NamedType(visited), None  # its DDL is what a compiler's method of that name says: its name, mostly
        impl = instance.attributes.get("impl", self.class_attribute(cls, "impl"))
        if not isinstance(impl, Unknown):
            if isinstance(impl, Ref) and (instance.args or instance.keywords):
                built = self.type_of(Built(impl, instance.args, instance.keywords), depth + 1)
                given = (*instance.args, *instance.keywords.values())
                if not isinstance(built[0], Unknown) or any(isinstance(item, Unknown) for item in given):
                    return built
                return self.type_of(impl, depth + 1)  # what it was given is for its own
            return self.type_of(impl, depth + 1)
        if isinstance(self.class_attribute(cls, "__init__"), Function):
            return Unknown(f"`{cls.name}` has a constructor of its own"), None
        for base in cls.bases:
            if isinstance(base, Ref) and base.last not in _ABSTRACT and base.name.startswith("sqlalchemy."):
                return self.type_of(Built(base, instance.args, instance.keywords), depth + 1)
            if isinstance(base, ClassValue):
                return self.type_of(Instance(base, instance.args, instance.keywords), depth + 1)
        return Unknown(f"`{cls.name}` says no `impl`"), None

    def type_from_text(self, text: str) -> tuple[TypeEngine[Any] | Unknown, str | None]:
        """Return the type that DDL names."""
        plain = " ".join(text.replace('"', "").split())
        match = _TYPE_TEXT.fullmatch(plain)
        if match is None:
            return Unknown(f"`{plain}` was not understood"), None
        name = f"{match[1]} {match[4] or ''}".strip().lower()
        numbers = [int(number) for number in (match[2], match[3]) if number is not None]
        last = match[1].strip().rpartition(".")[2]
        for key in (last, last.lower()):
            if key in self.schema.enums:
                kind: TypeEngine[Any] = sa.Enum(*(self.schema.enums[key].labels or ()), name=key)
                return (sa.ARRAY(kind) if match[5] else kind), key
        built = _by_name(name, numbers, self.dialect)
        if built is None:
            return Unknown(f"`{plain}` is no type that is known"), None
        return (sa.ARRAY(built) if match[5] else built), None


def _bound(function: Function, owner: Any) -> Function:
    bound = Function(function.params, function.body, function.scope, function.name, function.is_generator)
    bound.owner = owner
    return bound


def _factories(name: str) -> list[type[TypeEngine[Any]]]:
    """Return the types of a name, the likeliest first: SQLAlchemy's own and those of its dialects."""
    import importlib

    last = name.rpartition(".")[2]
    named = [dialect for dialect in DIALECT_MODULES if f".{dialect}." in name]
    modules = [*(f"sqlalchemy.dialects.{dialect}" for dialect in named), "sqlalchemy"]
    modules += [f"sqlalchemy.dialects.{dialect}" for dialect in DIALECT_MODULES]
    found: list[type[TypeEngine[Any]]] = []
    for module in modules:
        kind = getattr(importlib.import_module(module), last, None)
        if isinstance(kind, type) and issubclass(kind, TypeEngine) and kind not in found:
            found.append(kind)
    return found


def _by_name(name: str, numbers: Iterable[int], dialect: str) -> TypeEngine[Any] | None:
    from sqlalchemy.dialects import mysql, postgresql

    given: list[Any] = list(numbers)
    if name in ("timestamp with time zone", "timestamptz"):
        return sa.DateTime(timezone=True)
    if name in ("timestamp", "timestamp without time zone", "datetime"):
        return sa.DateTime()
    if name in ("time with time zone", "timetz"):
        return sa.Time(timezone=True)
    if name in ("time", "time without time zone"):
        return sa.Time()
    if name in ("varchar", "character varying", "nvarchar", "string"):
        return sa.String(*given[:1])
    if name in ("char", "character", "bpchar", "nchar"):
        return sa.CHAR(*given[:1])
    if name in ("numeric", "decimal"):
        return NUMERIC(*given[:2])
    if name in ("double precision", "float8", "float", "double"):
        return sa.Float() if dialect != "postgresql" else sa.DOUBLE_PRECISION()
    if name == "vector":
        return NamedType(f"VECTOR({given[0]})" if given else "VECTOR")
    if name == "tinyint" and dialect == "mysql":
        return mysql.TINYINT(*given[:1])
    simple: dict[str, Any] = {
        "integer": sa.Integer,
        "int": sa.Integer,
        "int4": sa.Integer,
        "serial": sa.Integer,
        "bigint": sa.BigInteger,
        "int8": sa.BigInteger,
        "bigserial": sa.BigInteger,
        "smallint": sa.SmallInteger,
        "int2": sa.SmallInteger,
        "boolean": sa.Boolean,
        "bool": sa.Boolean,
        "text": sa.Text,
        "date": sa.Date,
        "real": sa.REAL,
        "float4": sa.REAL,
        "json": sa.JSON,
        "jsonb": postgresql.JSONB,
        "uuid": sa.Uuid,
        "bytea": sa.LargeBinary,
        "blob": sa.LargeBinary,
        "interval": sa.Interval,
        "inet": postgresql.INET,
        "cidr": postgresql.CIDR,
        "citext": postgresql.CITEXT,
        "hstore": postgresql.HSTORE,
        "tsvector": postgresql.TSVECTOR,
        "longtext": mysql.LONGTEXT,
        "mediumtext": mysql.MEDIUMTEXT,
    }
    found = simple.get(name)
    return found() if found is not None else None
