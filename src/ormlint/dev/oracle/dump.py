"""Run in a subprocess by any Python with SQLAlchemy 1.4 or newer: import models, print what SQLAlchemy makes of them.

It takes a JSON object as its argument: `paths` (files or dotted names to import; `a.b.*` imports every module below
`a.b`), `setup` (code that runs first), `prefixes` (of the modules whose classes are asked for; empty: all) and
`tables` (whether `CREATE TABLE` is wanted). It knows nothing of ormlint, and is run as a file.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import pkgutil
import sys
import warnings
from typing import Any

import sqlalchemy
from sqlalchemy import Enum, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.orm import configure_mappers, mapperlib
from sqlalchemy.orm.descriptor_props import ConcreteInheritedProperty
from sqlalchemy.schema import CreateIndex, CreateTable

DIALECTS = ("postgresql", "mysql", "sqlite")
# Keywords tried on every constructor besides the names the class has.
PROBES = ("nothing_like_it", "metadata", "registry", "id", "name", "created_at", "query")


def kind_of(mapper: Any, key: str) -> str | None:
    """Return what a mapped attribute is, in ormlint's words."""
    if key in mapper.relationships:
        return "relationship"
    if key in mapper.synonyms:
        return "synonym"
    if key in mapper.composites:
        return "composite"
    if key in mapper.column_attrs:
        return "column" if column_of(mapper, key) is not None else "column_property"
    found = mapper.all_orm_descriptors.get(key)
    if found is None:
        return None
    kind = str(getattr(found.extension_type, "name", found.extension_type)).lower()
    return "hybrid" if "hybrid_property" in kind else "method" if "hybrid_method" in kind else "association_proxy"


def column_of(mapper: Any, key: str) -> Any:
    """Return the column of a table that an attribute is, or None for an expression."""
    found = [item for item in mapper.column_attrs[key].columns if isinstance(item, sqlalchemy.Column)]
    return next((item for item in found if getattr(item, "table", None) is not None), None)


def describe(cls: type) -> dict[str, Any]:
    """Return what SQLAlchemy knows of one mapped class."""
    mapper: Any = inspect(cls)
    attributes: dict[str, Any] = {}
    for key in sorted({*mapper.all_orm_descriptors.keys(), *mapper.attrs.keys()}):
        if key.startswith("__") or not isinstance(key, str):
            continue
        if isinstance(mapper.attrs.get(key), ConcreteInheritedProperty):
            continue  # the name of another class of a concrete hierarchy: to get or set it raises
        kind = kind_of(mapper, key)
        item: dict[str, Any] = {"kind": kind}
        if kind == "column":
            item.update(describe_column(column_of(mapper, key)))
        elif kind == "relationship":
            prop = mapper.relationships[key]
            back = prop.back_populates
            if not isinstance(back, (str, type(None))):
                back = getattr(back, "key", None)
            item.update(target=prop.mapper.class_.__name__, uselist=bool(prop.uselist), back_populates=back)
        attributes[key] = item
    names = {*PROBES, *attributes, *(name for name in dir(cls) if not name.startswith("_"))}
    table = mapper.local_table if isinstance(mapper.local_table, sqlalchemy.Table) else None
    return {
        "table": getattr(table, "name", None),
        "schema": getattr(table, "schema", None),
        "attributes": attributes,
        "accepts": {name: accepts(cls, name) for name in sorted(names)},
        "has": {name: has(cls, name) for name in sorted(names)},
        "raises": raises(cls),
    }


def describe_column(column: Any) -> dict[str, Any]:
    """Return the facts of one column."""
    return {
        "column": str(column.name),
        "type": type(column.type).__name__,
        "timezone": getattr(column.type, "timezone", None),
        "nullable": column.nullable,
        "primary_key": column.primary_key,
        "default": column.default is not None,
        "server_default": column.server_default is not None,
        "onupdate": column.onupdate is not None,
        "foreign_keys": sorted(key.target_fullname for key in column.foreign_keys),
        "enum": list(column.type.enums) if isinstance(column.type, Enum) else None,
    }


def accepts(cls: type, name: str) -> bool | None:
    """Tell whether the constructor takes a keyword; None when it fails for another reason."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            cls(**{name: None})
    except TypeError as error:
        text = str(error)
        if "invalid keyword argument" in text or "unexpected keyword argument" in text:
            return False
        # Python looks for unexpected keywords before it misses others.
        return True if "__init__() missing" in text and cls.__name__ in text else None
    except (Exception, SystemExit):
        return None
    return True


def has(cls: type, name: str) -> bool | None:
    """Tell whether a class has a name; None where a descriptor of it raises something else."""
    if isinstance(inspect(cls).attrs.get(name), ConcreteInheritedProperty):
        return None
    try:
        return hasattr(cls, name)
    except Exception:
        return None


def raises(cls: Any) -> bool | None:
    """Tell whether to set an unknown attribute on an instance raises; None where there is no instance to try it on."""
    try:
        made = cls.__new__(cls)
        sqlalchemy.orm.attributes.manager_of_class(cls).setup_instance(made)
        made.nothing_like_it = 1
    except (ValueError, AttributeError) as error:
        return "nothing_like_it" in str(error) or None
    except Exception:
        return None
    return False


def load(path: str, failed: dict[str, str]) -> None:
    """Import a file, a module, or all modules below a package (`package.*`)."""
    if path.endswith(".py"):
        name = path.replace("\\", "/").rpartition("/")[2][:-3]
        spec: Any = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        attempt(name, lambda: spec.loader.exec_module(module), failed)
        return
    name, star, _ = path.partition(".*")
    attempt(name, lambda: importlib.import_module(name), failed)
    if star and name in sys.modules:
        for found in pkgutil.walk_packages(sys.modules[name].__path__, f"{name}.", onerror=lambda _: None):
            attempt(found.name, lambda found=found: importlib.import_module(found.name), failed)


def attempt(name: str, action: Any, failed: dict[str, str]) -> None:
    """Import one module and keep its failure."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            action()
    except (Exception, SystemExit) as error:
        failed[name] = f"{type(error).__name__}: {error}"


def create_statements(classes: dict[str, type], refused: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return, by dialect and class, `CREATE TABLE` and `CREATE INDEX`; `refused` gets why there is none."""
    result: dict[str, dict[str, str]] = {}
    for name in DIALECTS:
        dialect = make_url(f"{name}://").get_dialect()()
        statements = result[name] = {}
        for key, cls in classes.items():
            table: Any = inspect(cls).local_table
            if not isinstance(table, sqlalchemy.Table):
                continue
            try:
                made = [str(CreateTable(table).compile(dialect=dialect)).strip()]
                indexes = [item for item in table.indexes if is_for(item, dialect)]
                made += sorted(str(CreateIndex(item).compile(dialect=dialect)).strip() for item in indexes)
                statements[key] = "\n".join(made)
            except Exception as error:
                refused[key] = f"{type(error).__name__}: {error}"
    return result


def is_for(item: Any, dialect: Any) -> bool:
    """Tell whether an index is made on a database: `.ddl_if(...)` may say that it is not."""
    condition = getattr(item, "_ddl_if", None)
    if condition is None:
        return True
    wanted = condition.dialect
    if wanted is not None and dialect.name not in ((wanted,) if isinstance(wanted, str) else wanted):
        return False
    given = {"dialect": dialect, "compiler": None, "tables": None, "state": None, "checkfirst": False}
    return condition.callable_ is None or bool(condition.callable_(None, item, None, **given))


def main() -> None:
    """Print the answer as one JSON object."""
    spec = json.loads(sys.argv[1])
    failed: dict[str, str] = {}
    exec(spec.get("setup", ""), {})
    for path in spec["paths"]:
        load(path, failed)
    error = None
    try:
        configure_mappers()
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    prefixes = tuple(f"{prefix}." for prefix in spec.get("prefixes", ()))
    classes: dict[str, Any] = {}
    mapped: dict[str, type] = {}
    for registry in mapperlib._all_registries():
        for mapper in registry.mappers:
            cls = mapper.class_
            if prefixes and not f"{cls.__module__}.".startswith(prefixes):
                continue
            name = f"{cls.__module__}.{cls.__qualname__}".replace("<locals>.", "")
            classes[name], mapped[name] = describe(cls), cls
    refused: dict[str, str] = {}
    answer = {
        "sqlalchemy": sqlalchemy.__version__,
        "failed": failed,
        "configure": error,
        "classes": classes,
        "modules": sorted(name for name in sys.modules if not prefixes or f"{name}.".startswith(prefixes)),
        "tables": create_statements(mapped, refused) if spec.get("tables") else {},
        "refused": refused,
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
