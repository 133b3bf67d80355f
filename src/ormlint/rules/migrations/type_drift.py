"""Rule type-drift. Its documentation and tests: type_drift.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.migrations import column_of, more, named, related, where
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM906",
    summary="A column's type in the migrations is of another family than the model's",
    since="0.1.0",
    severity=Severity.WARNING,
    status=Status.STABLE,
)


@rule.on(subjects.SchemaDifference)
def other_type(context: Context, subject: subjects.SchemaDifference) -> None:
    if subject.kind != "type":
        return
    ours, theirs = subject.ours, subject.theirs
    effect = _effect(subject)
    text = f"migrations make `{column_of(subject)}` `{theirs}`, the model says `{ours}`{more(subject)}: {effect}"
    context.report_at(*where(subject), text, symbol=named(subject), related=related(subject))


def _effect(subject: subjects.SchemaDifference) -> str:
    """Say what happens at run time, as it was tried with psycopg2, psycopg and asyncpg on PostgreSQL."""
    model, database = subject.families
    if model == database == "datetime":
        if "WITH TIME ZONE" in subject.theirs:
            return "times that are read have a zone, and comparing them with naive ones raises TypeError"
        return "times that are read have no zone, and comparing them with aware ones raises TypeError"
    if (model, database) == ("enum", "text"):
        if subject.dialect == "mysql":
            return "the database takes any string, and one that is no label raises LookupError when it is read"
        return (
            "asyncpg casts to the enum type, so PostgreSQL rejects the value or the comparison; with psycopg any "
            "string is stored, and one that is no label raises LookupError when it is read"
        )
    if (model, database) == ("text", "enum"):
        if subject.dialect == "mysql":
            return "a string that is no label fails with DataError when it is stored"
        return (
            "a string that is no label fails with DataError when it is stored; asyncpg and psycopg 3 cast to VARCHAR, "
            "so PostgreSQL rejects every value and comparison"
        )
    return "the database rejects the value or the comparison, or gives back another Python type"
