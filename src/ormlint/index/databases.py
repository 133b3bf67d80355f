"""Which databases a project names: in its configuration, by the drivers it needs, by what its modules import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes
from ormlint.index.environments import Environment
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Module
from ormlint.text.paths import is_test_path

URL = re.compile(r"\b(postgresql|postgres|mysql|mariadb|sqlite|oracle|mssql)(?:\+\w+)?://")
IMPORT = re.compile(r"\bsqlalchemy\.dialects(?:\.|\s+import\s+)(postgresql|mysql|mariadb|sqlite|oracle|mssql)\b")
_DRIVERS = {
    "postgresql": ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"),
    "mysql": ("pymysql", "mysqlclient", "aiomysql", "asyncmy", "mysql-connector-python"),
    "mariadb": ("mariadb",),
    "sqlite": ("aiosqlite", "pysqlite3", "sqlcipher3"),
    "oracle": ("oracledb", "cx-oracle"),
    "mssql": ("pymssql", "aioodbc"),
}
_BY_DRIVER = {driver: name for name, drivers in _DRIVERS.items() for driver in drivers}
_DRIVER = re.compile(
    r"""(?:^|["'\s])(?P<name>"""
    + "|".join(sorted(_BY_DRIVER, key=len, reverse=True)).replace("-", "[-_]")
    # A comma or a bracket may follow in TOML, a version or a marker in a list of requirements.
    + r""")(?=\s*(?:\[|[<>=!~^;,"'(]|$))""",
    re.IGNORECASE | re.MULTILINE,
)
_IMAGE = re.compile(r"^\s*image:\s*[\"']?(?:[\w.-]+/)*(postgres|postgis|pgvector|mysql|mariadb)\b", re.MULTILINE)
_ALIASES = {"postgres": "postgresql", "postgis": "postgresql", "pgvector": "postgresql"}
# Modules that commonly hold the address.
_SETTINGS = frozenset({"config", "settings", "database", "db", "session", "base", "constants", "env"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names a database: `offset` counts characters of a document, bytes of a module."""

    dialect: str
    path: str
    offset: int


def in_text(path: str, text: str, *patterns: re.Pattern[str]) -> Iterator[Mention]:
    """Yield what patterns with a dialect as their first group find."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Mention(_ALIASES.get(match[1], match[1]), path, match.start())


def in_documents(documents: Mapping[str, str]) -> Iterator[Mention]:
    """Yield what files besides Python name: addresses, images of containers, drivers that are required."""
    for path, text in sorted(documents.items()):
        if path.endswith((".yml", ".yaml")):
            yield from in_text(path, text, _IMAGE, URL)
        elif path.endswith(".ini") or "/.env" in f"/{path}":
            yield from in_text(path, text, URL)
        else:
            for match in _DRIVER.finditer(text):
                name = _BY_DRIVER[match["name"].lower().replace("_", "-")]
                yield Mention(name, path, match.start("name"))


def dialect_of(index: ProjectIndex, environment: Environment, configured: tuple[str, ...]) -> tuple[str, str]:
    """Return the database that an environment is replayed for, and what says so.

    That is, in this order: what the folder's name says, what is configured, the address in `alembic.ini`, and what else
    the project names. An address of SQLite counts last of all: first steps and tests run on it where another database
    is meant. PostgreSQL comes before others, and is taken where nothing is named.
    """
    if environment.dialect:
        return environment.dialect, environment.locations[0]
    if configured:
        return _plain(configured[0]), "`dialects`"
    section = environment.section
    if section is not None:
        for mention in in_text(section.path, section.url, URL):
            if mention.dialect != "sqlite":
                return _plain(mention.dialect), section.path
    found: dict[str, str] = {}
    for mention in _mentions(index, environment):
        found.setdefault(_plain(mention.dialect), mention.path)
    for name in ("postgresql", "mysql", "sqlite"):
        if name in found:
            return name, found[name]
    return "postgresql", ""


def _plain(dialect: str) -> str:
    return "mysql" if dialect == "mariadb" else dialect


def _mentions(index: ProjectIndex, environment: Environment) -> Iterator[Mention]:
    yield from in_documents(index.documents)
    modules = [environment.env] if environment.env is not None else []
    modules += environment.modules
    modules += {mapped.symbol.module.path: mapped.symbol.module for mapped in index.own_mapped.values()}.values()
    for module in modules:
        if not is_test_path(module.path):
            yield from _imports(module)
    for path, module in sorted(index.own_modules.items()):
        if path.rpartition("/")[2].removesuffix(".py") in _SETTINGS and not is_test_path(path):
            yield from _addresses(module)


def _imports(module: Module) -> Iterator[Mention]:
    for statement in module.interface.body:
        for binding in statement.bindings if isinstance(statement, s.Import) else ():
            for mention in in_text(module.path, f"{binding.module}.{binding.member}", IMPORT):
                yield Mention(mention.dialect, module.path, statement.start)


def _addresses(module: Module) -> Iterator[Mention]:
    bodies = (module.interface.body, *(cls.body for cls in module.interface.classes))
    for node in walk_nodes(bodies):
        if isinstance(node, e.Str):
            for mention in in_text(module.path, node.value, URL):
                yield Mention(mention.dialect, module.path, node.start)
