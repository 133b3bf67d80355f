"""Rule migrated-column-without-model. Its documentation and tests: migrated_column_without_model.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, steps_of, where
from ormlint.linting.rule import Option, Rule

rule = Rule(
    __name__,
    code="ORM903",
    summary="The migrations make a NOT NULL column without a default that no model has",
    since="0.1.0",
    severity=Severity.ERROR,
    options=(Option("leftovers", False, "report every column and table that no model has"),),
)


@rule.on(subjects.SchemaDifference)
def left_column(context: Context, subject: subjects.SchemaDifference) -> None:
    column = subject.column
    if subject.kind != "extra-column" or column is None:
        return
    text = f"migrations make column `{column_of(subject)}`, and `{subject.mapped.name}` has none: "
    severity = Severity.INFO
    if column.nullable is False and column.default is None:
        text += "it is NOT NULL without a default, so every INSERT of the model fails with IntegrityError"
        severity = Severity.ERROR
    elif context.options["leftovers"]:
        text += "it is read by nobody"
    else:
        return
    context.report_at(*where(subject), text, symbol=column_of(subject), severity=severity, related=steps_of(subject))


@rule.on(subjects.TableWithoutModel)
def left_table(context: Context, subject: subjects.TableWithoutModel) -> None:
    if context.options["leftovers"]:
        text = f"no model has table `{subject.table}`, which this makes and no revision drops"
        context.report(subject.step.range, text, symbol=subject.table, severity=Severity.INFO)
