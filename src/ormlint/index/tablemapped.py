"""Classes over `Table` objects: `__table__ = Table(...)`, and imperative mapping with its properties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ormlint.facts import expressions as e
from ormlint.index.classbody import Member
from ormlint.index.members import MemberReader
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol, External, Module, Value
from ormlint.index.tableargs import apply_constraint
from ormlint.index.vocabulary.sqlalchemy import COLUMN_CALLS, TABLE

# Keywords of `Table(...)` that leave its columns as they are written.
_PLAIN_OPTIONS = frozenset(
    {
        "schema",
        "comment",
        "info",
        "quote",
        "quote_schema",
        "keep_existing",
        "implicit_returning",
        "prefixes",
        "sqlite_autoincrement",
    }
)
# Keywords of a mapper that leave its attributes as the table and `properties` say.
_PLAIN_MAPPER = frozenset(
    {
        "properties",
        "polymorphic_identity",
        "polymorphic_on",
        "order_by",
        "version_id_col",
        "confirm_deleted_rows",
        "eager_defaults",
    }
)


def table_call(expr: e.Expr | None, module: Module, members: MemberReader) -> tuple[e.Call, Module] | None:
    """Return the `Table(...)` an expression is or names, and the module it stands in; None for anything else."""
    if isinstance(expr, (e.Name, e.Attribute)):
        symbol = members.resolver.expr(module, expr)
        if isinstance(symbol, Value) and symbol.value is not None:
            expr, module = symbol.value, symbol.module
        else:
            named = e.dotted_name(expr)  # `Item.table = Table(...)`, then `map_imperatively(Item, Item.table)`
            for statement in module.interface.attached:
                if any(e.dotted_name(target) == named for target in statement.targets):
                    expr = statement.value
    if isinstance(expr, e.Call):
        func = members.resolver.expr(module, expr.func)
        if isinstance(func, External) and func.name == TABLE and expr.args:
            return expr, module
    return None


def add_table_columns(mapped: MappedClass, call: e.Call, module: Module, members: MemberReader) -> str | None:
    """Add the columns of a `Table(...)` under their keys; return why there may be others, or None.

    A name that the class body gives a column of the table (`nn = table.c.n`) takes the place of the column's own.
    """
    given = [argument for argument in call.args[1:] if isinstance(argument, e.Call)]
    renamed = {
        attribute.value.attr: attribute.name
        for attribute in mapped.attributes.values()
        if isinstance(attribute.value, e.Attribute)
        and isinstance(attribute.value.value, e.Attribute)
        and attribute.value.value.attr in ("c", "columns")
    }
    for argument in given:
        func = members.resolver.expr(module, argument.func)
        if not (isinstance(func, External) and func.name in COLUMN_CALLS):
            continue
        column = members.columns.from_call(argument, "", module, None)
        if not column.name:
            return "a column of its `Table` has a name that is not known"
        if column.nullable is None and "nullable" not in column.extra:
            column.nullable = not column.primary_key
        key = argument.keyword("key")
        name = key.value if isinstance(key, e.Str) else column.name
        name = renamed.get(name, name)
        known = mapped.attributes.get(name)
        if known is not None and known.kind not in ("plain", "unknown") and name not in renamed.values():
            continue  # a property of the class body stands in its place
        mapped.attributes[name] = ModelAttribute(
            name, "column", module, argument.range, None, column=column, value=argument
        )
    for argument in given:
        apply_constraint(argument, module, mapped, members)
    if any(isinstance(argument, e.Starred) for argument in call.args):
        return "columns of its `Table` are given by `*`"
    # The second argument is the metadata; what is a call of the project there may be a column.
    unread = [argument for argument in given if not isinstance(members.resolver.expr(module, argument.func), External)]
    if unread or any(isinstance(argument, (e.Name, e.Attribute)) for argument in call.args[2:]):
        return "some columns of its `Table` were not read"
    options = [keyword.name for keyword in call.keywords if keyword.name not in _PLAIN_OPTIONS]
    if any(not option or option.startswith(("autoload", "extend_existing", "listeners")) for option in options):
        return "its `Table` may have columns that are not written there"
    return None


def add_imperative(mapped: MappedClass, call: e.Call, module: Module, members: MemberReader) -> str | None:
    """Add what `map_imperatively(Class, table, properties=…)` maps; return why there may be more, or None."""
    given = call.args[1] if len(call.args) > 1 else call.keyword("local_table")
    found = table_call(given, module, members)
    if found is None:
        return "it is mapped imperatively to a table that was not read"
    mapped.table_call = found
    mapped.table = members.constants.string(found[0].args[0], found[1])
    # A class attribute with the name of a column is replaced when the class is mapped.
    given = call.keyword("properties")
    names = read_properties(mapped, given, module, members) if given is not None else {}
    if names is None:
        return "the properties of its imperative mapping are computed"
    reason = add_table_columns(mapped, *found, members)
    for name, column in names.items():
        if column and column in mapped.attributes and column != name:
            mapped.attributes[name] = mapped.attributes.pop(column)
            mapped.attributes[name].name = name
    others = [keyword.name for keyword in call.keywords if keyword.name not in _PLAIN_MAPPER]
    if others:
        return f"its imperative mapping has `{others[0] or '**'}`"
    return reason


def referred_tables(call: e.Call, module: Module, members: MemberReader) -> set[str]:
    """Return the names of the tables that the foreign keys of a `Table(...)` refer to."""
    found: set[str] = set()
    for argument in call.args[1:]:
        if isinstance(argument, e.Call) and members.columns.is_column_call(argument, module):
            column = members.columns.from_call(argument, "", module, None)
            for key in column.foreign_keys:
                owner, _, _ = key.removeprefix("=").rpartition(".")
                symbol = members.resolver.dotted(module, owner) if key.startswith("=") and owner else None
                table = members.constants.table_of(symbol) if isinstance(symbol, ClassSymbol) else None
                found.add(table or ("?" if key.startswith("=") else owner.rpartition(".")[2]))
    return found


def add_columns_of_heirs(mapped: MappedClass, heirs: Iterable[MappedClass]) -> None:
    """Add what the union of the heirs' tables has: a column, or a NULL of its type where some tables lack it."""
    for heir in heirs:
        for attribute in heir.columns():
            made = replace(attribute, kind="unknown", owner=None, column=None)
            mapped.attributes.setdefault(attribute.name, made)


def read_properties(mapped: MappedClass, given: e.Expr, module: Module, members: MemberReader) -> dict[str, str] | None:
    """Add the relationships and others of `properties=`; return the columns it renames (name → column's name).

    It is None where some are computed.
    """
    if isinstance(given, e.Call) and e.dotted_name(given.func) == "dict" and not given.args:
        pairs: list[tuple[str | None, e.Expr]] = [(keyword.name or None, keyword.value) for keyword in given.keywords]
    elif isinstance(given, e.DictDisplay):
        pairs = [(item.key.value if isinstance(item.key, e.Str) else None, item.value) for item in given.items]
    else:
        return None
    renamed: dict[str, str] = {}
    for name, value in pairs:
        if name is None:
            return None
        inner = value
        if (
            isinstance(value, e.Call)
            and value.args
            and (e.dotted_name(value.func) or "").endswith(("column_property", "deferred"))
        ):
            inner = value.args[0]
        if isinstance(inner, e.Attribute) and isinstance(inner.value, e.Attribute):
            if inner.value.attr in ("c", "columns"):
                renamed[name] = inner.attr
                continue
        attribute = members.of_value(Member(name, mapped.symbol, value.range, value=value), module, mapped)
        mapped.attributes[name] = attribute
    return renamed
