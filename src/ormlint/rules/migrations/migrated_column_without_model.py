"""Rule migrated-column-without-model. Its documentation and tests: migrated_column_without_model.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, steps_of, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM903",
    summary="The migrations make a table or column that no model has",
    since="0.1.0",
    severity=Severity.INFO,
    status=Status.OPT_IN,
)


@rule.on(subjects.SchemaDifference)
def left_column(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "extra-column" or subject.column is None:
        return
    text = f"migrations make column `{column_of(subject)}`, and `{subject.mapped.name}` has none: it is read by nobody"
    if subject.column.nullable is False and subject.column.default is None:
        text += "; being NOT NULL without a default it makes every INSERT of the model fail with IntegrityError"
    context.report_at(*where(subject), text, symbol=column_of(subject), related=steps_of(subject))


@rule.on(subjects.TableWithoutModel)
def left_table(context: Context, subject: subjects.TableWithoutModel) -> None:
    text = f"no model has table `{subject.table}`, which this makes and no revision drops"
    context.report(subject.step.range, text, symbol=subject.table)
