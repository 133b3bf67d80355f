"""Rule nullable-annotation-mismatch. Its documentation and tests: nullable_annotation_mismatch.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.vocabulary.sqlalchemy import COLUMN
from ormlint.linting import subjects
from ormlint.linting.columns import declared_columns, is_column_call, mapped_annotation, plain_type
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status
from ormlint.linting.tables import is_in_parents_table

rule = Rule(
    __name__,
    code="ORM403",
    summary="A column's annotation and its `nullable` contradict each other",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def contradiction(context: Context, subject: subjects.Model) -> None:
    if not subject.is_mapped:
        return  # its columns come with each heir
    # Rows of the other classes hold NULL there, those of this class need not: the annotation speaks of these.
    may_be_nullable = is_in_parents_table(context, subject.mapped)
    is_sqlmodel = subject.mapped.style == "sqlmodel"
    for attribute, column, owner in declared_columns(subject.mapped):
        given = column.extra.get("nullable")
        if not isinstance(given, e.Constant) or not isinstance(given.value, bool) or column.primary_key:
            continue
        if is_column_call(context, attribute, COLUMN):
            continue  # ORM409's: the annotation has no say at all
        annotation = attribute.annotation if is_sqlmodel else mapped_annotation(context, attribute)
        found = plain_type(context, attribute, annotation) if annotation is not None else None
        if found is None or found[0] == given.value or (given.value and may_be_nullable):
            continue
        name = f"{owner}.{attribute.name}"
        if given.value:
            message = (
                f"`{name}` is annotated as never None and declared `nullable=True`: the database takes NULL, and "
                "every reader that trusts the annotation meets None"
            )
        else:
            if is_sqlmodel or column.default is not None or column.server_default is not None:
                continue  # None stands for "not given yet" there
            message = (
                f"`{name}` is annotated as optional and declared `nullable=False`: None is refused at flush with an "
                "IntegrityError, though the annotation allows it"
            )
        context.report_at(attribute.module, attribute.range, message, symbol=name)
