"""Migrates a database with the Alembic of the environment it runs in, and prints what came of it as JSON.

Runs in the project's own environment, so it knows nothing of ormlint and works with any SQLAlchemy since 1.3.
Reads its orders as JSON from standard input.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import sqlalchemy as sa
from project_side import ENUM_LABELS, stand_in  # type: ignore[import-not-found]  # it stands beside this script

_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), a.attidentity::text || a.attgenerated::text,
       (SELECT t.typname FROM pg_type t WHERE t.typtype = 'e' AND t.oid IN (a.atttypid,
           (SELECT e.typelem FROM pg_type e WHERE e.oid = a.atttypid)))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND {where}
ORDER BY 1, 2, a.attnum
"""
_CONSTRAINTS = """
SELECT n.nspname, c.relname, k.conname, k.contype::text,
       ARRAY(SELECT attname FROM unnest(k.conkey) WITH ORDINALITY u(num, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY place)::text[],
       (SELECT fn.nspname || '.' || f.relname FROM pg_class f JOIN pg_namespace fn ON fn.oid = f.relnamespace
        WHERE f.oid = k.confrelid),
       ARRAY(SELECT attname FROM unnest(k.confkey) WITH ORDINALITY u(num, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY place)::text[],
       k.confdeltype::text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND k.contype IN ('p', 'u', 'f') AND NOT c.relispartition
"""
_INDEXES = """
SELECT n.nspname, c.relname, i.relname, x.indisunique,
       ARRAY(SELECT COALESCE(a.attname, '') FROM unnest(x.indkey::int2[]) WITH ORDINALITY u(num, place)
             LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.num
             WHERE place <= x.indnkeyatts ORDER BY place)::text[]
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT c.relispartition
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
"""


def main() -> None:
    """Do what the orders say."""
    orders = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr
    sys.path[:0] = orders["paths"]
    stand_in(orders["stand_ins"])
    engine = sa.create_engine(orders["url"])
    if orders["setup"]:
        exec(orders["setup"], {"engine": engine, "url": orders["url"]})
    if orders["own_environment"]:
        _upgrade_by_itself(orders)
    else:
        _upgrade(orders, engine)
    with engine.connect() as connection:
        answer = _postgresql(connection) if engine.dialect.name == "postgresql" else _sqlite(connection)
    answer["static"] = _canonical(engine, orders["static"])
    answer["versions"] = {name: importlib.import_module(name).__version__ for name in ("sqlalchemy", "alembic")}
    print(json.dumps(answer), file=out)


# -- migrating


def _config(orders: dict[str, Any]) -> Any:
    from alembic.config import Config

    config = Config(orders["ini"] or None, ini_section=orders["section"] or "alembic")
    config.set_main_option("script_location", orders["script_location"])
    if orders["version_locations"]:
        config.set_main_option("version_locations", "\n".join(orders["version_locations"]))
        config.set_main_option("path_separator", "newline")
    config.set_main_option("sqlalchemy.url", orders["url"].replace("%", "%%"))
    return config


def _upgrade_by_itself(orders: dict[str, Any]) -> None:
    from alembic import command

    command.upgrade(_config(orders), orders["target"])


def _upgrade(orders: dict[str, Any], engine: Any) -> None:
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory.from_config(_config(orders))
    upgrade: Any = lambda revision, _: directory._upgrade_revs(orders["target"], revision)  # noqa: E731
    with EnvironmentContext(_config(orders), directory, fn=upgrade) as environment, engine.connect() as connection:
        environment.configure(
            connection=connection,
            target_metadata=sa.MetaData(naming_convention=orders["naming_convention"] or None),
            render_as_batch=orders["batch"],
            transaction_per_migration=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
        if hasattr(connection, "commit"):
            connection.commit()


# -- reflecting


def _key(schema: str, name: str) -> str:
    return name if schema in ("public", "main") else f"{schema}.{name}"


def _postgresql(connection: Any) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    where = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%'"
    for schema, name, column, kind, nullable, default, special, enum in connection.execute(
        sa.text(_COLUMNS.format(where=where))
    ):
        table = tables.setdefault(_key(schema, name), {"columns": {}, "constraints": [], "indexes": []})
        table["columns"][column] = {
            "type": kind,
            "nullable": nullable,
            "default": default,
            "special": special,
            "enum": enum,
        }
    for schema, name, own, kind, columns, target, remote, ondelete in connection.execute(sa.text(_CONSTRAINTS)):
        if target is not None:
            target = target[7:] if target.startswith("public.") else target
        tables[_key(schema, name)]["constraints"].append([kind, own, columns, target, remote, ondelete])
    for schema, name, own, unique, columns in connection.execute(sa.text(_INDEXES)):
        tables[_key(schema, name)]["indexes"].append([own, columns, unique])
    return {"tables": tables, "enums": {row[0]: row[1] for row in connection.execute(sa.text(ENUM_LABELS))}}


def _sqlite(connection: Any) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    found = connection.execute(sa.text("SELECT name, type FROM sqlite_master WHERE type = 'table'")).fetchall()
    for name, _ in found:
        if name.startswith("sqlite_") or any(name.startswith(f"{other}_") for other in _virtual(connection)):
            continue
        table: dict[str, Any] = {"columns": {}, "constraints": [], "indexes": []}
        tables[name] = table
        for row in connection.execute(sa.text(f'PRAGMA table_xinfo("{name}")')).fetchall():
            table["columns"][row[1]] = {
                "type": row[2].upper().replace(" ", ""),
                "nullable": not row[3],
                "default": row[4],
                "special": "s" if row[6] else "",
                "enum": None,
            }
        primary = connection.execute(sa.text(f'PRAGMA table_info("{name}")')).fetchall()
        keys = [row[1] for row in sorted(primary, key=lambda row: row[5]) if row[5]]
        if keys:
            table["constraints"].append(["p", None, keys, None, [], ""])
        parts: dict[int, list[Any]] = {}
        for row in connection.execute(sa.text(f'PRAGMA foreign_key_list("{name}")')).fetchall():
            parts.setdefault(row[0], []).append(row)
        for rows in parts.values():
            rows.sort(key=lambda row: row[1])
            ondelete = {"CASCADE": "c", "SET NULL": "n", "RESTRICT": "r", "SET DEFAULT": "d"}.get(rows[0][6], "a")
            remote = [row[4] or "id" for row in rows]
            table["constraints"].append(["f", None, [row[3] for row in rows], rows[0][2], remote, ondelete])
        for row in connection.execute(sa.text(f'PRAGMA index_list("{name}")')).fetchall():
            columns = [item[2] or "" for item in connection.execute(sa.text(f'PRAGMA index_info("{row[1]}")'))]
            if row[3] == "u":
                table["constraints"].append(["u", None, columns, None, [], ""])
            elif row[3] == "c":
                table["indexes"].append([row[1], columns, bool(row[2])])
    return {"tables": tables, "enums": {}}


def _virtual(connection: Any) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    return [row[0] for row in connection.execute(sa.text(query))]


# -- what the database itself makes of the replayed types and defaults


def _canonical(engine: Any, static: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, Any]]:
    """Return type and default of each replayed column as the database spells them; None where it refuses them."""
    if engine.dialect.name != "postgresql":
        engine = sa.create_engine("sqlite://")
    cache: dict[tuple[str, str], Any] = {}
    answer: dict[str, dict[str, Any]] = {}
    with engine.connect() as connection:
        for table, columns in static.items():
            for name, (kind, default) in columns.items():
                if (kind, default) not in cache:
                    cache[(kind, default)] = _probe(connection, engine.dialect.name, kind, default)
                answer.setdefault(table, {})[name] = cache[(kind, default)]
    return answer


def _probe(connection: Any, dialect: str, kind: str, default: str) -> Any:
    column = f"c {kind}" + (f" DEFAULT {default}" if default else "")
    cursor = connection.connection.cursor()
    cursor.execute("SAVEPOINT probe")
    try:
        cursor.execute(f"CREATE TEMPORARY TABLE probe ({column})")
        if dialect == "postgresql":
            cursor.execute(_COLUMNS.format(where="c.oid = 'pg_temp.probe'::regclass").replace("%", "%%"))
            row = cursor.fetchone()
            found = [row[3], row[5]]
        else:
            row = cursor.execute("PRAGMA table_info(probe)").fetchone()
            found = [row[2].upper().replace(" ", ""), row[4]]
    except Exception as error:  # the driver's own, whichever it is
        found = [None, str(error).splitlines()[0]]
    cursor.execute("ROLLBACK TO SAVEPOINT probe")
    return found


if __name__ == "__main__":
    main()
