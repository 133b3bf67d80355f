"""SQLAlchemy's own objects: what sessions, queries, statements and results give back.

One table for each kind of object, after SQLAlchemy's documented return types; SQLModel's and
Flask-SQLAlchemy's additions stand beside them.
"""

from __future__ import annotations

from dataclasses import replace

from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.vocabulary import flask_sqlalchemy, sqlalchemy, sqlmodel
from ormlint.semantic import types as t
from ormlint.semantic.printing import show

QUERY_SAME = frozenset(
    [
        "filter",
        "filter_by",
        "where",
        "join",
        "outerjoin",
        "options",
        "order_by",
        "limit",
        "offset",
        "distinct",
        "with_for_update",
        "populate_existing",
        "execution_options",
        "group_by",
        "having",
        "slice",
        "union",
        "union_all",
        "intersect",
        "except_",
        "select_from",
        "yield_per",
        "params",
        "autoflush",
        "enable_eagerloads",
        "enable_assertions",
        "correlate",
        "reset_joinpoint",
        "prefix_with",
        "suffix_with",
        "with_hint",
        "with_statement_hint",
        "set_label_style",
        "from_statement",
        "with_session",
    ]
)
SELECT_SAME = frozenset(
    [
        "filter",
        "filter_by",
        "where",
        "join",
        "outerjoin",
        "join_from",
        "outerjoin_from",
        "options",
        "order_by",
        "limit",
        "offset",
        "distinct",
        "with_for_update",
        "execution_options",
        "group_by",
        "having",
        "slice",
        "select_from",
        "params",
        "correlate",
        "correlate_except",
        "prefix_with",
        "suffix_with",
        "with_hint",
        "with_statement_hint",
        "set_label_style",
        "fetch",
        "from_statement",
        "reduce_columns",
        "values",
        "ordered_values",
        "on_conflict_do_nothing",
        "on_conflict_do_update",
        "on_duplicate_key_update",
        "inline",
        "from_select",
        "add_cte",
    ]
)
# What stands for several columns in another statement.
SELECTABLES: dict[str, t.Type] = {name: t.Builtin(kind) for name, kind in sqlalchemy.SELECTABLES.items()}
# Methods of a session that give nothing back, sync in either kind.
GIVING_NOTHING = frozenset({"add", "add_all", "expunge", "expunge_all", "expire", "expire_all", "bulk_save_objects"})
RESULT_SAME = frozenset({"unique", "yield_per", "tuples", "execution_options", "freeze"})
# Methods of a session that write what is pending, or make something pending.
SESSION_WRITES = frozenset(
    [
        "commit",
        "flush",
        "add",
        "add_all",
        "merge",
        "merge_all",
        "bulk_save_objects",
        "bulk_insert_mappings",
        "bulk_update_mappings",
        "delete",
    ]
)
ASYNC_METHODS = frozenset(
    [
        "commit",
        "rollback",
        "flush",
        "refresh",
        "delete",
        "merge",
        "get",
        "get_one",
        "execute",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
        "close",
        "reset",
        "invalidate",
        "connection",
        "run_sync",
        "exec",
        "merge_all",
        "delete_all",
    ]
)


def row(entities: tuple[t.Type, ...] | None) -> t.Type:
    """Return the type of a row of these entities."""
    return t.Row(entities)


def first_of(entities: tuple[t.Type, ...] | None) -> t.Type:
    """Return the type of a row's first element."""
    return entities[0] if entities else t.unknown("columns that are not known")


def query_row(query: t.Query) -> t.Type:
    """Return what one row of a legacy query is: the entity itself where there is only one."""
    if query.single and query.entities:
        return query.entities[0]
    return t.Row(query.entities)


def result_row(result: t.Result) -> t.Type:
    """Return what one element of a result is."""
    if result.mode == "scalars":
        return first_of(result.entities)
    if result.mode == "mappings":
        return t.unknown("a row mapping")
    return t.Row(result.entities)


def query_method(query: t.Query, name: str, entities: tuple[t.Type, ...] | None) -> t.Type:
    """Return what `query.name(...)` gives; `entities` are those of its arguments, for `with_entities`."""
    if name in QUERY_SAME:
        return query
    one = query_row(query)
    if name == "all":
        return t.Sequence(one)
    if name in ("first", "one_or_none"):
        return t.optional(one)
    if name == "one":
        return one
    if name in ("get",):
        return t.optional(one)
    if name == flask_sqlalchemy.GET_OR_404 or name in flask_sqlalchemy.ONE_OR_404:
        return one
    if name == "scalar":
        return t.optional(first_of(query.entities))
    if name in ("count", "update", "delete"):
        return t.Builtin("builtins.int")
    if name in ("with_entities",):
        return t.Query(entities)
    if name in ("add_columns", "add_column", "add_entity"):
        if query.entities is None or entities is None:
            return t.Query(None)
        return t.Query((*query.entities, *entities))
    if name == flask_sqlalchemy.PAGINATE:
        return t.Pagination(one)
    if name == "exists":
        return t.SQL
    if name in SELECTABLES:
        return SELECTABLES[name]
    return t.unknown(f"`Query.{name}`")


def statement_method(statement: t.Statement, name: str, entities: tuple[t.Type, ...] | None) -> t.Type:
    """Return what `select(...).name(...)` gives."""
    if name in SELECT_SAME:
        return statement
    if name == "returning":
        return replace(statement, entities=entities)
    if name in ("add_columns", "add_entity"):
        if statement.entities is None or entities is None:
            return replace(statement, entities=None)
        return replace(statement, entities=(*statement.entities, *entities))
    if name == "with_only_columns":
        return replace(statement, entities=entities)
    if name in ("union", "union_all", "intersect", "except_"):
        return replace(statement, entities=None)
    if name in ("exists", "scalar_subquery", "as_scalar", "label"):
        return t.SQL
    if name in SELECTABLES:
        return SELECTABLES[name]
    return t.unknown(f"`{statement.kind}(…).{name}`")


def result_method(result: t.Result, name: str, index: t.Type | None = None) -> t.Type:
    """Return what `result.name(index)` gives, before a possible await."""
    one = result_row(result)
    given: t.Type
    if name in RESULT_SAME:
        return result
    if name == "scalars":
        entities = result.entities
        if index is not None:
            position = index.value if isinstance(index, t.Literal) else None
            known = isinstance(position, int) and entities is not None and 0 <= position < len(entities)
            entities = (entities[position],) if known else None  # type: ignore[index]
        return replace(result, mode="scalars", entities=entities)
    if name == "mappings":
        return replace(result, mode="mappings")
    if name == "columns":
        return replace(result, entities=None)
    if name in ("all", "fetchall", "fetchmany"):
        given = t.Sequence(one)
    elif name in ("first", "one_or_none", "fetchone"):
        given = t.optional(one)
    elif name == "one":
        given = one
    elif name in ("scalar", "scalar_one_or_none"):
        given = t.optional(first_of(result.entities))
    elif name == "scalar_one":
        given = first_of(result.entities)
    elif name == "partitions":
        given = t.Sequence(t.Sequence(one))
    else:
        return t.unknown(f"`Result.{name}`")
    return t.Coroutine(given, f"AsyncResult.{name}") if result.is_async else given


def execute(session: t.Session, name: str, statement: t.Type) -> t.Type:
    """Return what `session.execute/scalars/scalar/stream/exec(statement)` gives, before a possible await."""
    entities = statement.entities if isinstance(statement, t.Statement) else None
    given: t.Type
    is_lazy = session.is_async and isinstance(statement, t.Statement) and not statement.has_options
    if name == "execute":
        given = t.Result(entities, is_lazy=is_lazy)
    elif name == "scalars":
        given = t.Result(entities, "scalars", is_lazy=is_lazy)
    elif name == "scalar":
        given = t.optional(first_of(entities)) if entities else t.unknown("a statement that is not known")
    elif name == "stream":
        given = t.Result(entities, "rows", is_async=True)
    elif name == "stream_scalars":
        given = t.Result(entities, "scalars", is_async=True)
    else:  # SQLModel's exec: its own select of one entity gives scalars
        single = (
            isinstance(statement, t.Statement) and statement.flavor == sqlmodel.PACKAGE and len(entities or ()) == 1
        )
        given = t.Result(entities, "scalars" if single else "rows", is_lazy=is_lazy)
    return t.Coroutine(given, f"AsyncSession.{name}") if session.is_async else given


def execute_core(connection: t.Connection, name: str) -> t.Type:
    """Return what a Core connection's `execute` and its kin give: columns, whatever was selected."""
    given: t.Type
    if name == "scalar":
        given = first_of(None)
    else:
        mode = "scalars" if "scalars" in name else "rows"
        given = t.Result(None, mode, is_async=name.startswith("stream"))
    return t.Coroutine(given, f"AsyncConnection.{name}") if connection.is_async else given


def iterate(kind: t.Type) -> t.Type:
    """Return the element type of an iteration."""
    if isinstance(kind, t.Union_):
        return t.join(iterate(member) for member in kind.members if not isinstance(member, t.NoneType))
    if isinstance(kind, t.Sequence):
        return kind.element
    if isinstance(kind, t.TupleOf):
        return t.join(kind.elements) if kind.elements else t.unknown("an empty tuple")
    if isinstance(kind, t.Query):
        return query_row(kind)
    if isinstance(kind, t.Result):
        return result_row(kind)
    if isinstance(kind, t.Row):
        return t.join(kind.entities) if kind.entities else t.unknown("a row's elements")
    if isinstance(kind, t.Dict):
        return kind.key
    if isinstance(kind, t.Pagination):
        return kind.element
    if isinstance(kind, (t.Unknown, t.Never)):
        return kind
    return t.unknown(f"elements of {show(kind)}")


def attribute_value(mapped: MappedClass, attribute: ModelAttribute, target: MappedClass | None) -> t.Type:
    """Return what reading a mapped attribute of an instance gives."""
    relationship = attribute.relationship
    if relationship is not None:
        if target is None:
            return t.unknown(f"`{mapped.name}.{attribute.name}` leads to a class that is not known")
        element = t.Instance(target.symbol)
        if relationship.lazy == "dynamic":
            return t.Query((element,), single=True)
        if relationship.lazy == "write_only":
            return t.Sequence(element, "write_only")
        if relationship.uselist is None:
            return t.unknown(f"`{mapped.name}.{attribute.name}` may be a collection")
        if relationship.uselist:
            if relationship.call is not None and relationship.call.keyword("collection_class") is not None:
                return t.unknown("a collection class of its own")
            return t.Sequence(element, "relationship")
        return t.optional(element)
    if attribute.kind == "column":
        return t.Loaded(mapped, attribute)
    return t.unknown(f"`{mapped.name}.{attribute.name}` is a {attribute.kind}")
