"""Rule unknown-enum-label-in-sql. Its documentation and tests: unknown_enum_label_in_sql.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.index.tables import KnownColumn
from ormlint.linting import enums, fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.dialects import uses, uses_others
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.sqltext import Meeting
from ormlint.linting.sqluse import agreed, place, readings, respelling, table_of
from ormlint.semantic import types as t
from ormlint.text import Range

rule = Rule(
    __name__,
    code="ORM804",
    summary="SQL text that gives an enum column a string which is no label of it",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.SqlText)
def unknown_label(context: Context, subject: subjects.SqlText) -> None:
    for meeting in agreed(readings(context, subject), lambda reading: reading.meetings):
        column = _enum_column(context, meeting)
        if column is None or column.attribute is None or column.model is None:
            continue
        for text, where in _texts(context, subject, meeting):
            _report(context, column, meeting, text, where)


def _fix(context: Context, where: Range, text: str, label: str | None) -> Fix | None:
    """Write the label of the member that is meant, within the quotes of SQL or those of a parameter."""
    written = context.data[where.start : where.end].decode("utf-8")
    if not label or written[1:-1] != text or written[0] != written[-1] or written[0] not in "'\"":
        return respelling(context, where, text, label)
    return fixes.fix(f"Use the label `{label}`", fixes.rename(where, f"{written[0]}{label}{written[0]}"), safe=False)


def _enum_column(context: Context, meeting: Meeting) -> KnownColumn | None:
    """Return the one enum column that is meant, or None."""
    found: list[KnownColumn] = []
    for use in meeting.column.tables:
        table = table_of(context, use)
        if table is None or use.schema:
            return None
        found.extend(table.columns.get(meeting.column.name.lower(), ()))
    if len(found) != 1 or found[0].attribute is None or found[0].attribute.column is None:
        return None
    return found[0] if found[0].attribute.column.enum is not None else None


def _texts(context: Context, subject: subjects.SqlText, meeting: Meeting) -> list[tuple[str, Range]]:
    """Return the strings that meet the column: a literal of the text, or what a parameter is bound to."""
    if meeting.literal is not None:
        return [(meeting.literal, place(context, subject, meeting.start, meeting.end))]
    for name, kind, expr in subject.parameters:
        if name == meeting.parameter and isinstance(kind, t.Literal) and isinstance(kind.value, str):
            return [(kind.value, expr.range)]
    return []


def _report(context: Context, column: KnownColumn, meeting: Meeting, text: str, where: Range) -> None:
    assert column.attribute is not None
    assert column.model is not None
    attribute = column.attribute
    enum = attribute.column.enum if attribute.column is not None else None
    if enum is None or enum.labels is None or text in enum.labels:
        return
    if enum.enum is not None and enum.enum.open_reason:
        return
    on_postgresql = enum.native and uses(context.settings, "postgresql")
    effects = ["PostgreSQL refuses the statement (DataError)"] if on_postgresql else []
    if not enum.native or uses_others(context.settings, "postgresql"):
        on = "other databases" if on_postgresql else "the database"
        stored = (
            f"{on} store it, and every later load of the row raises LookupError"
            if on_postgresql
            else ("it is stored, and every later load of the row raises LookupError")
        )
        effects.append(stored if meeting.is_write else f"{'on ' + on + ' ' if on_postgresql else ''}it matches no row")
    member = enums.member_meant(enum, text)
    label = enum.enum.members.get(member) if enum.by_value and enum.enum is not None and member else member
    hint = f"; the label of {enums.shown_member(enum, member)} is `{str(label)!r}`" if member and enum.enum else ""
    places = [Place(attribute.module.path, attribute.range, "the column")]
    if enum.enum is not None:
        symbol = enum.enum.symbol
        places.append(Place(symbol.module.path, symbol.facts.name_range, f"`{enum.enum.name}` is defined here"))
    context.report(
        where,
        f"`{text!r}` is no label of {enums.enum_name(enum)} ({enums.labels(enum)}), which `{column.name}` stores; raw "
        f"SQL takes labels only: {'; '.join(effects)}{hint}",
        symbol=f"{column.model.name}.{attribute.name}",
        related=places,
        fix=_fix(context, where, text, label if isinstance(label, str) else None),
    )
