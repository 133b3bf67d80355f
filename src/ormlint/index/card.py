"""The model card: what is known of a mapped class, as plain data for people and programs."""

from __future__ import annotations

from typing import Any

from ormlint.facts import expressions as e
from ormlint.index.bases import DynamicBase
from ormlint.index.columns import Column, Default
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, Unknown
from ormlint.text import SourceText


def model_card(index: ProjectIndex, mapped: MappedClass, sources: dict[str, SourceText]) -> dict[str, Any]:
    """Return the card of a mapped class.

    Shape: `{class, module, path, line, table, open, bases, constructor, attributes: {NAME: {kind, …}}}`; a
    column also has `column` (its name in the database), `type`, `nullable`, `primary_key`, `default`,
    `server_default`, `onupdate`, `server_onupdate`, `server_managed` (filled by the database), `foreign_keys`,
    `unique`, `index`, `enum` (labels) and `unread` (some of its arguments could not be read).
    What is not known is null.
    """
    symbol = mapped.symbol
    return {
        "class": mapped.name,
        "module": symbol.module.name,
        "path": symbol.module.path,
        "line": _row(sources, symbol.module.path, symbol.facts.name_start),
        "table": mapped.table,
        "open": mapped.open_reason,
        "bases": [_base_name(base) for base in mapped.mro[1:]],
        "constructor": {
            "kind": mapped.constructor.kind,
            "open": mapped.constructor.open_reason,
            "accepts": sorted(mapped.constructor.accepted) if mapped.constructor.accepted is not None else None,
        },
        "attributes": {name: _attribute(index, attribute, sources) for name, attribute in mapped.attributes.items()},
    }


def _attribute(index: ProjectIndex, attribute: ModelAttribute, sources: dict[str, SourceText]) -> dict[str, Any]:
    card: dict[str, Any] = {
        "kind": attribute.kind,
        "owner": attribute.owner.name if attribute.owner is not None else None,
        "path": attribute.module.path,
        "line": _row(sources, attribute.module.path, attribute.range.start),
    }
    if attribute.column is not None:
        card.update(_column(attribute.column, sources))
    if attribute.relationship is not None:
        relationship = attribute.relationship
        target = index.target(relationship)
        symbol = target.symbol if target is not None else relationship.target  # a class of a package is no model here
        card["target"] = symbol.name if symbol is not None else None
        card["uselist"] = relationship.uselist
        card["back_populates"] = relationship.back_populates or relationship.backref
    if attribute.conditional:
        card["conditional"] = True
    if attribute.read_only:
        card["read_only"] = True
    return card


def _column(column: Column, sources: dict[str, SourceText]) -> dict[str, Any]:
    enum = column.enum
    return {
        "column": column.name,
        "type": _type_name(column, sources),
        "nullable": column.nullable,
        "primary_key": column.primary_key,
        "default": None if column.is_field_default else _default(column.default, sources),
        "server_default": _default(column.server_default, sources),
        "onupdate": _default(column.onupdate, sources),
        "server_onupdate": _default(column.server_onupdate, sources),
        "foreign_keys": list(column.foreign_keys),
        "server_managed": column.is_server_managed,
        "unique": column.unique,
        "index": column.index,
        "unread": column.unread,
        "enum": list(enum.labels) if enum is not None and enum.labels is not None else None,
    }


def _type_name(column: Column, sources: dict[str, SourceText]) -> str | None:
    if column.type is None:
        return None
    name = column.type.rpartition(".")[2]
    if column.timezone:
        return f"{name}(timezone=True)"
    if isinstance(column.type_expr, e.Call) and len(column.type_expr.args) == 1:
        length = column.type_expr.args[0]
        if isinstance(length, e.Constant) and isinstance(length.value, int) and not isinstance(length.value, bool):
            return f"{name}({length.value})"
    return name


def _default(default: Default | None, sources: dict[str, SourceText]) -> str | None:
    """Return a default as it is written in the source, on one line."""
    if default is None:
        return None
    source = sources.get(default.module.path)
    if source is None:
        return default.kind
    text = source.data[default.range.start : default.range.end].decode("utf-8", "replace")
    return " ".join(text.split())


def _base_name(base: object) -> str:
    if isinstance(base, ClassSymbol):
        return base.name
    if isinstance(base, External):
        return base.name
    if isinstance(base, DynamicBase):
        return {"flask": "db.Model", "automap": "automap_base()"}.get(base.kind, "declarative_base()")
    return f"unknown ({base.reason})" if isinstance(base, Unknown) else "unknown"


def _row(sources: dict[str, SourceText], path: str, offset: int) -> int | None:
    source = sources.get(path)
    return source.lines.row(offset) if source is not None else None
