"""What rules about status columns share: the few strings that a project ever gives a column."""

from __future__ import annotations

import re

from ormlint.facts import expressions as e
from ormlint.facts.walk import walk_nodes
from ormlint.index.columns import Default
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol
from ormlint.index.vocabulary.sqlalchemy import STRINGS
from ormlint.linting.context import Context
from ormlint.linting.enums import constant
from ormlint.semantic.written import OTHER, STRING

MANY = 12  # a column with more values than these is no status
STATUS_NAME = re.compile(r"(?:^|_)(?:status|state|stage|phase|progress)$")
_WORD = re.compile(r"\w+")
_WRITING = re.compile(r"\b(?:update|insert|set)\b", re.IGNORECASE)


def is_string(attribute: ModelAttribute) -> bool:
    """Tell whether an attribute is a column of text whose values are just what the program gives it."""
    column = attribute.column
    if column is None or column.type not in STRINGS or column.enum is not None or column.unread:
        return False
    return not (attribute.conditional or column.primary_key or column.foreign_keys)


def given_strings(context: Context, mapped: MappedClass, attribute: ModelAttribute) -> dict[str, bool] | None:
    """Return all strings a column is ever given, each with whether it surely is; None where others may be."""
    column = attribute.column
    if column is None or is_written_unseen(context, mapped, attribute):
        return None
    found: dict[str, bool] = {}
    for default in (column.default, column.server_default):
        if default is not None:
            text = _text(context, default)
            if text is None:
                return None
            found[text] = True
    written = context.model.written(mapped, attribute)
    for site in written.sites:
        for value in site.values:
            if value.kind == OTHER:
                return None
            if value.kind == STRING:
                found[value.text] = True
    for value in written.loose:
        if value.kind == OTHER:
            return None
        if value.kind == STRING:
            found.setdefault(value.text, False)
    return found if len(found) <= MANY else None


def is_written_unseen(context: Context, mapped: MappedClass, attribute: ModelAttribute) -> bool:
    """Tell whether a column may be set by something that is not seen: open classes, SQL text, SQLAlchemy itself."""
    if mapped.open_reason is not None or context.model.written(mapped, attribute).is_open:
        return True
    if any(other.kind == "synonym" for other in mapped.attributes.values()):
        return True
    return _is_discriminator(context, mapped, attribute) or _is_validated(context, mapped, attribute.name)


def is_in_sql(context: Context, mapped: MappedClass, attribute: ModelAttribute) -> bool:
    """Tell whether some string of the project that may be a statement which writes mentions a column and its table.

    Part of a statement that is put together names the column alone, so a string without a verb's table counts too.
    """
    name = attribute.column.name if attribute.column is not None else attribute.name
    pattern = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    tables = {model.table.rpartition(".")[2].lower() for model in context.index.mapped.values() if model.table}
    own = {
        model.table.rpartition(".")[2].lower()
        for model in context.index.mapped.values()
        if model.table and (attribute.owner or mapped.symbol) in model.mro
    }
    for module in context.index.modules.values():
        if module.is_installed or "down_revision" in module.scope:
            continue
        bodies = [module.interface.body, *(context.index.body(function) for function in module.functions)]
        for body in bodies:
            for node in walk_nodes(body):
                if isinstance(node, e.Str) and pattern.search(node.value) and _WRITING.search(node.value):
                    named = set(_WORD.findall(node.value.lower())) & tables
                    if not named or named & own:
                        return True
    return False


def _text(context: Context, default: Default) -> str | None:
    found = constant(context.index, default.module, default.expr)
    return found if isinstance(found, str) else None


def _is_discriminator(context: Context, mapped: MappedClass, attribute: ModelAttribute) -> bool:
    """SQLAlchemy itself writes what `polymorphic_on` names."""
    for base in mapped.mro:
        if not isinstance(base, ClassSymbol):
            continue
        member = context.index.mapper.body(base).members.get("__mapper_args__")
        if member is None:
            continue
        if member.function is not None:
            return True  # what it gives may name any column
        nodes = list(walk_nodes(member.value))
        strings = {node.value for node in nodes if isinstance(node, e.Str)}
        if attribute.name in strings | {node.id for node in nodes if isinstance(node, e.Name)}:
            return True
    return False


def _is_validated(context: Context, mapped: MappedClass, name: str) -> bool:
    """Tell whether a `@validates("name")` of the class may store something else than it is given."""
    for base in mapped.mro:
        if not isinstance(base, ClassSymbol):
            continue
        for function in base.module.functions:
            if function.owner is not base:
                continue
            for decorator in function.facts.decorators:
                if isinstance(decorator, e.Call) and any(
                    isinstance(argument, e.Str) and argument.value == name for argument in decorator.args
                ):
                    return True
    return False
