"""Imports a project's models beside a migrated database, and prints as JSON how the two differ.

Alembic's `compare_metadata` is asked, and PostgreSQL for the labels of its enum types, which Alembic does not compare.
Runs in the project's own environment, so it knows nothing of ormlint. Reads its orders as JSON from standard input.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from project_side import ENUM_LABELS, stand_in  # type: ignore[import-not-found]  # it stands beside this script


def main() -> None:
    """Do what the orders say."""
    orders = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr
    sys.path[:0] = orders["paths"]
    stand_in(orders["stand_ins"])
    known: dict[str, Any] = {}
    if orders["setup"]:
        exec(orders["setup"], known)
    for name in orders["modules"]:
        _load(name)
    owner, _, path = orders["metadata"].partition(":")
    metadata: Any = importlib.import_module(owner)
    for part in path.split("."):
        metadata = getattr(metadata, part)
    engine = sa.create_engine(orders["url"])
    with engine.connect() as connection:
        found = list(_differences(connection, metadata, _filters(orders["env"], engine.dialect.name)))
        if engine.dialect.name == "postgresql":
            found += _labels(connection, metadata)
    versions = {name: importlib.import_module(name).__version__ for name in ("sqlalchemy", "alembic")}
    answer = {"differences": found, "tables": sorted(metadata.tables), "versions": versions}
    print(json.dumps(answer), file=out)


def _load(name: str) -> None:
    """Import a module; `name.*` means all below a package, too."""
    module = importlib.import_module(name.removesuffix(".*"))
    if name.endswith(".*"):
        for item in pkgutil.walk_packages(module.__path__, f"{module.__name__}."):
            importlib.import_module(item.name)


def _filters(path: str, dialect: str) -> dict[str, Any]:
    """Return `include_object` and `include_name` of an `env.py`, which is not run as a whole: it would migrate."""
    try:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    except OSError:
        return {}
    known: dict[str, Any] = {"dialect": types.SimpleNamespace(name=dialect)}
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef)):
            try:
                exec(compile(ast.Module([node], []), path, "exec"), known)
            except Exception as error:  # what only works while Alembic runs it
                print(f"{path}:{node.lineno}: {error!r}", file=sys.stderr)
    return {name: known[name] for name in ("include_object", "include_name") if name in known}


def _differences(connection: Any, metadata: sa.MetaData, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    options = {"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
    schemas = {table.schema for table in metadata.tables.values()} - {None}
    if schemas:
        options["include_schemas"] = True
        options["include_name"] = lambda name, kind, _: kind != "schema" or name is None or name in schemas
    context = MigrationContext.configure(connection, opts={**options, **filters})
    keys = {table.fullname: {column.name for column in table.primary_key} for table in metadata.tables.values()}
    for item in compare_metadata(context, metadata):
        for one in item if isinstance(item, list) else [item]:
            yield from _told(one, connection.dialect, keys)


def _told(item: Any, dialect: Any, keys: dict[str, set[str]]) -> Iterator[dict[str, Any]]:
    """Yield one difference as plain data: what it is, the table, the columns, and both sides as text."""
    kind = item[0]
    if kind in ("add_table", "remove_table"):
        yield _made(kind, item[1].fullname, [])
    elif kind in ("add_column", "remove_column"):
        column = item[3]
        required = not column.nullable and column.server_default is None
        yield _made(kind, _full(item[1], item[2]), [column.name], theirs="required" if required else "")
    elif kind == "modify_nullable":
        table = _full(item[1], item[2])
        of_key = "_of_key" if item[3] in keys.get(table, ()) else ""  # `CREATE TABLE` makes a key NOT NULL anyway
        yield _made(kind + of_key, table, [item[3]], _shown(item[6]), _shown(item[5]))
    elif kind == "modify_type":
        told = _made(kind, _full(item[1], item[2]), [item[3]], _type(item[6], dialect), _type(item[5], dialect))
        yield {**told, "enums": [_is_enum(item[6], dialect), _is_enum(item[5], dialect)]}
    elif kind == "modify_default":
        yield _made(kind, _full(item[1], item[2]), [item[3]], _default(item[6], dialect), _default(item[5], dialect))
    elif kind in ("add_constraint", "remove_constraint"):
        if isinstance(item[1], sa.UniqueConstraint):
            columns = [column.name for column in item[1].columns]
            of_key = "_of_key" if set(columns) == keys.get(item[1].table.fullname) else ""  # it says what the key says
            yield _made(f"{kind[:-11]}_unique{of_key}", item[1].table.fullname, columns)
    elif kind in ("add_index", "remove_index"):
        index = item[1]
        columns = [getattr(part, "name", None) or str(part) for part in index.expressions]
        partial = any(options.get("where") is not None for options in index.dialect_options.values())
        name = f"{kind[:-6]}_unique" if index.unique and not partial else kind
        yield _made(name, index.table.fullname, columns, str(index.name))
    elif kind in ("add_fk", "remove_fk"):
        key = item[1]
        target = key.elements[0].target_fullname.rpartition(".")[0]
        yield _made(kind, key.parent.fullname, list(key.column_keys), target, str(key.ondelete or ""))
    else:
        yield _made(kind, "", [], str(item[1:]))


def _made(kind: str, table: str, columns: list[str], ours: str = "", theirs: str = "") -> dict[str, Any]:
    return {"kind": kind, "table": table, "columns": columns, "ours": ours, "theirs": theirs}


def _full(schema: str | None, name: str) -> str:
    return f"{schema}.{name}" if schema else name


def _shown(nullable: bool) -> str:
    return "nullable" if nullable else "NOT NULL"


def _type(kind: Any, dialect: Any) -> str:
    """Return a type, or another thing that SQLAlchemy compiles, as DDL."""
    try:
        return str(kind.compile(dialect=dialect))
    except Exception:  # one that this database cannot spell
        return repr(kind)


def _is_enum(kind: Any, dialect: Any) -> bool:
    kind = getattr(kind, "impl_instance", getattr(kind, "impl", kind)) if isinstance(kind, sa.TypeDecorator) else kind
    native = isinstance(kind, sa.Enum) and kind.native_enum
    return native and dialect.name == "postgresql"


def _default(default: Any, dialect: Any) -> str:
    if default is None or default is False:
        return ""
    given = getattr(default, "arg", default)
    return given if isinstance(given, str) else _type(given, dialect)


def _labels(connection: Any, metadata: sa.MetaData) -> list[dict[str, Any]]:
    """Return the native enum columns with labels that the database's type has not."""
    made = {row[0]: row[1] for row in connection.execute(sa.text(ENUM_LABELS))}
    found = []
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind: Any = column.type
            kind = kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind
            kind = kind.item_type if isinstance(kind, sa.ARRAY) else kind
            if not isinstance(kind, sa.Enum) or not kind.native_enum or kind.name not in made:
                continue
            missing = [label for label in kind.enums if label not in made[kind.name]]
            if missing:
                found.append(_made("labels", table.fullname, [column.name], ", ".join(missing), str(kind.name)))
    return found


if __name__ == "__main__":
    main()
