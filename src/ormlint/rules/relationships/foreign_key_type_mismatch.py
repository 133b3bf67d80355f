"""Rule foreign-key-type-mismatch. Its documentation and tests: foreign_key_type_mismatch.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.columns import Column
from ormlint.index.model import ModelAttribute
from ormlint.index.vocabulary.sqlalchemy import BIG_INTEGERS, INTEGERS, SMALL_INTEGERS, STRINGS, UUIDS
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.relationships import foreign_keys, owner_name
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM506",
    summary="A foreign key whose type is of another family than its target's",
    since="0.1.0",
    severity=Severity.ERROR,
)

_MYSQL = frozenset({"mysql", "mariadb"})


@rule.on(subjects.Model)
def of_another_family(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, column, reference, key in foreign_keys(subject):
        own = _own_type(column, mapped.style)
        target = _target(context, key)
        if own is None or target is None:
            continue
        other, other_type = target
        effect = _effect(context, own, other_type)
        if not effect:
            continue
        name = f"{owner_name(mapped, attribute)}.{attribute.name}"
        context.report_at(
            reference.module,
            reference.expr.range,
            f"`{name}` is {_shown(own)}, and the column it refers to, `{key}`, is {_shown(other_type)}: {effect}",
            symbol=name,
            related=[Place(other.module.path, other.range, "the column it refers to")],
        )


def _own_type(column: Column, style: str) -> str | None:
    """Return the type a column surely has by itself: one with a foreign key and no type takes its target's."""
    if column.unread or column.has_variant or (column.type_expr is None and style != "sqlmodel"):
        return None
    return column.type if column.enum is None else None


def _target(context: Context, key: str, depth: int = 0) -> tuple[ModelAttribute, str] | None:
    """Return the column a key means and its type, where all classes of the table agree."""
    table, _, name = key.rpartition(".")
    known = context.index.tables.by_name.get(table.lower()) if "." not in table else None
    columns = known.columns.get(name.lower(), []) if known is not None else []
    found: dict[str, ModelAttribute] = {}
    for item in columns:
        attribute, column = item.attribute, item.attribute.column if item.attribute is not None else None
        if attribute is None or column is None or attribute.conditional or item.model is None:
            return None
        kind = _own_type(column, item.model.style)
        if kind is None and len(column.foreign_keys) == 1 and depth < 5:
            further = _target(context, column.foreign_keys[0], depth + 1)
            kind = further[1] if further is not None else None
        elif kind is None and not column.foreign_keys and not column.unread and column.type_expr is None:
            kind = column.type
        if kind is None or column.enum is not None:
            return None
        found[kind] = attribute
    return (next(iter(found.values())), next(iter(found))) if len(found) == 1 else None


def _family(kind: str) -> str | None:
    if kind in SMALL_INTEGERS | INTEGERS | BIG_INTEGERS:
        return "integer"
    if kind in STRINGS:
        return "string"
    return "UUID" if kind in UUIDS else None


def _shown(kind: str) -> str:
    return f"`{kind.rpartition('.')[2]}`"


def _effect(context: Context, own: str, other: str) -> str:
    """Return which databases refuse the key, or an empty string where none that is used does."""
    dialects = set(context.settings.dialects)
    families = {_family(own), _family(other)}
    if None in families:
        return ""
    refusing: list[str] = []
    if len(families) == 2:
        refusing.append("PostgreSQL") if not dialects or "postgresql" in dialects else None
        # There a UUID is a string of 32 characters, and the length of strings need not be the same.
        if "integer" in families and (not dialects or dialects & _MYSQL):
            refusing.append("MySQL")
    elif families == {"integer"} and dialects & _MYSQL and _width(own) != _width(other):
        refusing.append("MySQL")
    if not refusing:
        return ""
    names = " and ".join(refusing)
    others = "" if dialects and not dialects & {"sqlite"} else " (SQLite accepts it, so tests on it pass)"
    return f"{names} {'refuses' if len(refusing) == 1 else 'refuse'} to create the table{others}"


def _width(kind: str) -> int:
    return 2 if kind in SMALL_INTEGERS else 4 if kind in INTEGERS else 8
