"""Run in a subprocess: import modules of models, and print as JSON what SQLAlchemy makes of them."""

from __future__ import annotations

import importlib.util
import json
import sys
import warnings
from typing import Any

from sqlalchemy import Enum, inspect
from sqlalchemy.ext.hybrid import HybridExtensionType
from sqlalchemy.orm import Mapper, configure_mappers

PROBES = ["nothing_like_it", "metadata", "id", "name", "created_at"]


def kind_of(mapper: Mapper[Any], key: str) -> str | None:
    if key in mapper.relationships:
        return "relationship"
    if key in mapper.synonyms:
        return "synonym"
    if key in mapper.composites:
        return "composite"
    if key in mapper.column_attrs:
        prop = mapper.column_attrs[key]
        return (
            "column" if hasattr(prop.columns[0], "table") and prop.columns[0].table is not None else "column_property"
        )
    found = mapper.all_orm_descriptors.get(key)
    if found is not None:
        kinds = {HybridExtensionType.HYBRID_PROPERTY: "hybrid", HybridExtensionType.HYBRID_METHOD: "method"}
        return kinds.get(found.extension_type, "association_proxy")
    return None


def describe(cls: type) -> dict[str, Any]:
    mapper = inspect(cls)
    attributes: dict[str, Any] = {}
    keys = mapper.all_orm_descriptors.keys()
    for key in keys:
        if key.startswith("__"):
            continue
        kind = kind_of(mapper, key)
        item: dict[str, Any] = {"kind": kind}
        if kind == "column":
            column = mapper.column_attrs[key].columns[0]
            item |= {
                "column": column.name,
                "nullable": column.nullable,
                "primary_key": column.primary_key,
                "default": column.default is not None,
                "server_default": column.server_default is not None,
                "onupdate": column.onupdate is not None,
                "foreign_keys": sorted(key.target_fullname for key in column.foreign_keys),
                "enum": list(column.type.enums) if isinstance(column.type, Enum) else None,
            }
        elif kind == "relationship":
            prop = mapper.relationships[key]
            item |= {"target": prop.mapper.class_.__name__, "uselist": prop.uselist}
        attributes[key] = item
    names = sorted({*PROBES, *attributes, *(name for name in dir(cls) if not name.startswith("_"))})
    return {
        "table": mapper.local_table.name,
        "attributes": attributes,
        "accepts": {name: accepts(cls, name) for name in names},
    }


def accepts(cls: type, name: str) -> bool | None:
    """Tell whether the constructor takes a keyword; None when it fails for another reason."""
    try:
        cls(**{name: None})
    except TypeError as error:
        text = str(error)
        if "invalid keyword argument" in text or "unexpected keyword argument" in text:
            return False
        return None
    except Exception:
        return None
    return True


def main() -> None:
    result: dict[str, Any] = {}
    for path in sys.argv[1:]:
        name = path.rpartition("/")[2].removesuffix(".py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)  # type: ignore[union-attr]
            configure_mappers()
        except ImportError as error:
            result[name] = {"skipped": str(error)}
            continue
        classes = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == name]
        result[name] = {cls.__name__: describe(cls) for cls in classes if inspect(cls, raiseerr=False) is not None}
    json.dump(result, sys.stdout)


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    main()
