"""Rule unknown-enum-default. Its documentation and tests: unknown_enum_default.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Default
from ormlint.index.enums import EnumColumn
from ormlint.linting import enums, fixes, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context, Place
from ormlint.linting.dialects import uses, uses_others
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM304",
    summary="A default of an enum column that is no label of it",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def unknown_default(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        if column.enum is None:
            continue
        place = Place(attribute.module.path, attribute.range, "the column")
        for argument, default in (("default", column.default), ("server_default", column.server_default)):
            if default is None:
                continue
            text = _label(context, column.enum, default, argument == "server_default")
            if text is None:
                continue
            enum = column.enum.enum
            related = [place]
            if enum is not None:
                related.append(
                    Place(enum.symbol.module.path, enum.symbol.facts.name_range, f"`{enum.name}` is defined here")
                )
            context.report_at(
                default.module,
                default.range,
                f"`{text!r}` as `{argument}` of `{owner}.{attribute.name}` is no label of "
                f"{enums.enum_name(column.enum)} ({enums.labels(column.enum)}): "
                f"{_effect(context, column.enum, argument)}{_hint(column.enum, text)}",
                symbol=f"{owner}.{attribute.name}",
                related=related,
                fix=_fix(context, column.enum, default, text, argument == "server_default"),
            )


def _fix(context: Context, column: EnumColumn, default: Default, text: str, is_server: bool) -> Fix | None:
    """Give the member that is meant; to the database its label."""
    member = enums.member_meant(column, text)
    if member is None or column.enum is None or not isinstance(default.expr, (e.Str, e.Attribute)):
        return None
    label = column.enum.members.get(member) if column.by_value else member
    if is_server:
        if not isinstance(label, str):
            return None
        return fixes.fix(f'Use `"{label}"`', fixes.replace(default.expr, f'"{label}"'), safe=False)
    known = fixes.reference(context, default.module, column.enum.symbol, default.expr)
    if known is None:
        return None
    code = f"{known.code}.{member}"
    return fixes.fix(f"Use `{code}`", fixes.replace(default.expr, code), *known.steps, safe=False)


def _label(context: Context, column: EnumColumn, default: Default, is_server: bool) -> str | None:
    """Return the string that a default stores where it is certainly no label, or None."""
    given = enums.constant(context.index, default.module, default.expr)
    if isinstance(given, enums.Member):
        # A member in a server default is rendered as its value; one that is no `str` is refused at once.
        if not is_server or not given.enum.is_str or column.enum is not given.enum:
            return None
        value = given.enum.members.get(given.name)
        text = value if isinstance(value, str) else None
    else:
        text = given
    if text is None or column.labels is None:
        return None
    accepted = text in column.labels if is_server else column.accepts(text)
    return text if accepted is False else None


def _effect(context: Context, column: EnumColumn, argument: str) -> str:
    effects: list[str] = []
    if argument == "default" and column.validate_strings:
        return "the first insert that takes it raises StatementError (LookupError, for `validate_strings=True`)"
    if column.native and uses(context.settings, "postgresql"):
        what = "the first insert that takes it" if argument == "default" else "CREATE TABLE"
        effects.append(f"PostgreSQL refuses {what} (DataError)")
    if not column.native or uses_others(context.settings, "postgresql"):
        where = "other databases store it" if effects else "it is stored"
        effects.append(f"{where}, and every later load of such a row raises LookupError")
    return "; ".join(effects)


def _hint(column: EnumColumn, text: str) -> str:
    member = enums.member_meant(column, text)
    if member is None or column.enum is None:
        return ""
    label = column.enum.members.get(member) if column.by_value else member
    return f"; the label of {enums.shown_member(column, member)} is `{str(label)!r}`"
