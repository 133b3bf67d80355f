"""Rule constraint-drift. Its documentation and tests: constraint_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import named, related, where
from ormlint.linting.rule import Option, Rule

rule = Rule(
    __name__,
    code="ORM908",
    summary="A unique constraint, foreign key or its ON DELETE differs between model and migrations",
    since="0.1.0",
    severity=Severity.WARNING,
    options=(Option("indexes", False, "report indexes of models that no migration makes, too"),),
)


@rule.on(subjects.SchemaDifference)
def other_constraint(context: Context, subject: subjects.SchemaDifference) -> None:
    table, ours, theirs = subject.table, subject.ours, subject.theirs
    severity = Severity.WARNING
    if subject.kind == "unique-missing":
        text = f"the model says ({ours}) of `{table}` is unique, no migration makes it so: duplicates are stored"
    elif subject.kind == "unique-extra":
        name = f" (`{theirs}`)" if theirs else ""
        text = (
            f"migrations make ({', '.join(subject.columns)}) of `{table}` unique{name}, the model does not say so: the "
            "second row with equal values fails with IntegrityError"
        )
    elif subject.kind == "foreign-key-missing":
        text = (
            f"the model says ({', '.join(subject.columns)}) of `{table}` refers to `{ours}`, no migration makes the "
            "foreign key: rows may refer to what is not there, and ON DELETE does nothing"
        )
    elif subject.kind == "foreign-key-extra":
        name = f" (`{theirs}`)" if theirs else ""
        text = (
            f"migrations make ({', '.join(subject.columns)}) of `{table}` refer to `{ours}`{name}, the model does not "
            "say so: a value that is not there fails with IntegrityError, and so does deleting the row referred to"
        )
    elif subject.kind == "foreign-key-other":
        text = (
            f"the model says ON DELETE {ours} for ({', '.join(subject.columns)}) of `{table}`, migrations make it "
            f"{theirs}: deleting the row referred to does the latter"
        )
    elif subject.kind == "index-missing" and context.options["indexes"]:
        text = f"the model says ({ours}) of `{table}` is indexed, no migration makes the index: queries scan the table"
        severity = Severity.INFO
    else:
        return
    context.report_at(*where(subject), text, symbol=named(subject), severity=severity, related=related(subject))
