"""Rule column-lost-in-class-body. Its documentation and tests: column_lost_in_class_body.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.model import ModelAttribute
from ormlint.index.symbols import External
from ormlint.index.vocabulary import RELATIONSHIP_CALLS
from ormlint.index.vocabulary.sqlalchemy import BOOLEANS, COLUMN_CALLS, DATETIMES, PREFIX, STRINGS
from ormlint.linting import fixes, subjects, versions
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule
from ormlint.linting.tables import has_own

rule = Rule(
    __name__,
    code="ORM408",
    summary="A line that looks like a column and makes none",
    since="0.1.0",
    severity=Severity.ERROR,
    fixes=Fixes.SOMETIMES,
)


def _words(text: str) -> list[str]:
    return text.split()


_TYPES = (
    STRINGS
    | DATETIMES
    | BOOLEANS
    | frozenset(
        f"{PREFIX}{name}"
        for name in [
            "Integer",
            "BigInteger",
            "SmallInteger",
            "Float",
            "Double",
            "Numeric",
            "Date",
            "Time",
            "Interval",
            "LargeBinary",
            "JSON",
            "JSONB",
            "Uuid",
            "UUID",
            "Enum",
            "ARRAY",
            "PickleType",
        ]
    )
)
# Keywords of `Column` and `mapped_column`; one of another name has to begin with a dialect's.
_KEYWORDS = frozenset(
    _words(
        "name type_ autoincrement default insert_default doc key index info nullable onupdate primary_key "
        "server_default server_onupdate quote system comment unique sort_order use_existing_column deferred "
        "deferred_group deferred_raiseload active_history init repr default_factory compare kw_only hash "
        "dataclass_metadata"
    )
)
# What other libraries and other places call what a column calls otherwise; no dialect has these prefixes.
_PREFIXES = frozenset(
    {"max", "min", "primary", "foreign", "auto", "server", "on", "not", "is", "null", "default", "db"}
)


@rule.on(subjects.Model)
def lost(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute in mapped.attributes.values():
        if attribute.owner is None or attribute.conditional:
            continue
        name = f"{attribute.owner.name}.{attribute.name}"
        message = _value(context, attribute, name) or _property(context, attribute, name)
        if not message and subject.is_mapped and attribute.bare and attribute.owner is mapped.symbol:
            message = _bare(context, subject, attribute, name)
        if message:
            context.report_at(attribute.module, attribute.range, message, symbol=name, fix=_fix(context, attribute))
        _keywords(context, attribute, name)


def _fix(context: Context, attribute: ModelAttribute) -> Fix | None:
    """Take away the comma that makes a tuple."""
    value = attribute.value
    if attribute.function is not None or not isinstance(value, e.Display) or len(value.elements) != 1:
        return None
    code = context.source(value.elements[0], attribute.module)
    return fixes.fix("Remove the comma after it", fixes.rename(value.range, code), safe=False)


def _callee(context: Context, attribute: ModelAttribute, expr: e.Expr) -> str:
    symbol = context.index.resolver.expr(attribute.module, expr)
    return symbol.name if isinstance(symbol, External) else ""


def _value(context: Context, attribute: ModelAttribute, name: str) -> str:
    value = attribute.value
    if attribute.kind not in ("plain", "unknown") or attribute.function is not None:
        return ""
    if isinstance(value, e.Display) and value.kind == "tuple" and len(value.elements) == 1:
        call = value.elements[0]
        if isinstance(call, e.Call):
            made = _callee(context, attribute, call.func)
            if made in COLUMN_CALLS | RELATIONSHIP_CALLS:
                what = "relationship" if made in RELATIONSHIP_CALLS else "column"
                return f"`{name}` ends in a comma, which makes it a tuple: the table has no such {what}"
    if attribute.annotation is not None:
        return ""
    if isinstance(value, (e.Name, e.Attribute)):
        made = _callee(context, attribute, value)
        if made in _TYPES or made in COLUMN_CALLS:
            return f"`{name}` is the class `{made.rpartition('.')[2]}` itself: the table has no such column"
    if isinstance(value, e.Call) and _callee(context, attribute, value.func) in _TYPES:
        shown = e.dotted_name(value.func)
        return f"`{name}` is a type, `{shown}(…)`, outside of any `Column`: the table has no such column"
    return ""


def _property(context: Context, attribute: ModelAttribute, name: str) -> str:
    """A property that returns a column: `declared_attr` was meant."""
    if attribute.kind != "property" or attribute.function is None:
        return ""
    returned, _ = context.index.mapper.members.returned(attribute.function)
    if isinstance(returned, e.Call) and _callee(context, attribute, returned.func) in COLUMN_CALLS:
        return f"`{name}` is a property that returns a column, not a `declared_attr`: the table has no such column"
    return ""


def _bare(context: Context, subject: subjects.Model, attribute: ModelAttribute, name: str) -> str:
    """An annotation without `Mapped` and without a value: SQLAlchemy 2 refuses it."""
    mapped = subject.mapped
    if mapped.is_dataclass or mapped.style == "sqlmodel" or mapped.open_reason is not None:
        return ""
    if mapped.symbol.facts.is_conditional:
        return ""  # under `TYPE_CHECKING` it is there for type checkers alone
    if (
        attribute.annotation is None
        or attribute.name.startswith("__")
        or has_own(context, mapped, "__allow_unmapped__")
    ):
        return ""
    member = context.index.mapper.body(mapped.symbol).members.get(attribute.name)
    core = attribute.annotation.value if isinstance(attribute.annotation, e.Subscript) else attribute.annotation
    if member is None or member.conditional or (e.dotted_name(core) or "").rpartition(".")[2] in ("ClassVar", "Final"):
        return ""
    if isinstance(core, e.Str) or not _is_declarative_2(context, subject):
        return ""
    return (
        f"`{name}` is annotated without `Mapped[…]`: defining the class raises MappedAnnotationError, and were it not "
        "so there would still be no column"
    )


def _is_declarative_2(context: Context, subject: subjects.Model) -> bool:
    if versions.runs_only(context.settings, "2.0", "2.1"):
        return True
    columns = context.index.columns
    return any(
        columns.mapped_inner(attribute.annotation, attribute.module) is not None
        for attribute in subject.mapped.attributes.values()
    )


def _keywords(context: Context, attribute: ModelAttribute, name: str) -> None:
    call = attribute.value
    if attribute.column is None or not isinstance(call, e.Call):
        return
    if _callee(context, attribute, call.func) not in COLUMN_CALLS:
        return
    for keyword in call.keywords:
        if not keyword.name or keyword.name in _KEYWORDS or keyword.name.startswith("_"):
            continue
        prefix, separator, _ = keyword.name.partition("_")
        if not separator:
            effect = "defining the class raises TypeError"
        elif prefix in _PREFIXES:
            effect = f"it is taken for an option of a database named `{prefix}` and ignored with a warning"
        else:
            continue  # it may be an option of a dialect
        context.report_at(
            attribute.module,
            keyword.name_range,
            f"`{name}` is given `{keyword.name}`, which no column has: {effect}",
            symbol=name,
        )
