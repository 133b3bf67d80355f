"""Rule server-default-drift. Its documentation and tests: server_default_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, is_python_clock, more, named, related, where
from ormlint.linting.rule import Option, Rule, Status

rule = Rule(
    __name__,
    code="ORM905",
    summary="A model's server default is not in the migrations, or is another one there",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.PREVIEW,
    options=(
        Option("migration-only", False, "report server defaults that only the migrations have, on columns of any kind"),
    ),
)


@rule.on(subjects.SchemaDifference)
def other_default(context: Context, subject: subjects.SchemaDifference) -> None:
    attribute = subject.attribute
    if attribute is None or attribute.column is None or subject.column is None:
        return
    column, severity = f"`{column_of(subject)}`{more(subject)}", Severity.WARNING
    if subject.kind == "default-missing":
        text = f"the model gives {column} a server default that no migration makes: "
        if subject.column.nullable is False and attribute.column.default is None:
            severity = Severity.ERROR
            text += "the column is NOT NULL, so an INSERT that relies on the default fails with IntegrityError"
        elif subject.column.nullable is False:
            text += "the column is NOT NULL, so an INSERT in SQL that leaves it out fails with IntegrityError"
        else:
            text += "rows that leave it to the database hold NULL"
    elif subject.kind == "default-other":
        text = (
            f"the model's server default of {column} is `{subject.ours}`, migrations make it `{subject.theirs}`: rows "
            "that leave it to the database get the latter"
        )
    elif subject.kind == "default-extra" and is_python_clock(attribute.column):
        text = (
            f"migrations give {column} a server default, the model has a Python `default=`: rows written by SQL and "
            "rows written by the model take their time from two clocks"
        )
        severity = Severity.INFO
    elif subject.kind == "default-extra" and context.options["migration-only"]:
        text = f"migrations give {column} the server default `{subject.theirs}`, the model says none"
        severity = Severity.INFO
    else:
        return
    context.report_at(*where(subject), text, symbol=named(subject), severity=severity, related=related(subject))
