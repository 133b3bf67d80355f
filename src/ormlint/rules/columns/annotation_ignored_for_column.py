"""Rule annotation-ignored-for-column. Its documentation and tests: annotation_ignored_for_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.columns import Column
from ormlint.index.vocabulary.sqlalchemy import COLUMN
from ormlint.linting import subjects
from ormlint.linting.columns import declared_columns, is_column_call, mapped_annotation, plain_type
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM409",
    summary="An annotation that `Column` ignores",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.Model)
def ignored(context: Context, subject: subjects.Model) -> None:
    for attribute, column, owner in declared_columns(subject.mapped):
        if column.unread or not is_column_call(context, attribute, COLUMN):
            continue
        annotation = mapped_annotation(context, attribute)
        found = plain_type(context, attribute, annotation) if annotation is not None else None
        if found is None:
            continue
        optional, _ = found
        effect = _effect(column, optional)
        if effect:
            context.report_at(
                attribute.module,
                attribute.range,
                f"`Column` does not read the annotation of `{owner}.{attribute.name}`: {effect}",
                symbol=f"{owner}.{attribute.name}",
            )


def _effect(column: Column, optional: bool) -> str:
    """Return what differs from what the annotation says; nothing where both agree by chance."""
    if column.type_expr is None and not column.foreign_keys and "type_" not in column.arguments:
        return "the column has no type (`NullType`), and creating its table is refused with a CompileError"
    if column.primary_key:
        return ""
    given = column.extra.get("nullable")
    if given is not None and not isinstance(given, e.Constant):
        return ""
    if column.nullable and not optional:
        return "the column is nullable, so rows may hold the None that the annotation rules out"
    if column.nullable is False and optional and column.default is None and column.server_default is None:
        return "the column is NOT NULL, so the None that the annotation allows is refused at flush"
    return ""
