"""Rule string-status-column. Its documentation and tests: string_status_column.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import statuses, subjects
from ormlint.linting.columns import declared_columns
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM309",
    summary="A string column that only ever holds a few literals",
    since="0.1.0",
    severity=Severity.INFO,
    status=Status.OPT_IN,
)


@rule.on(subjects.Model)
def few_literals(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    if not subject.is_mapped:
        return
    for attribute, _, owner in declared_columns(mapped):
        if not statuses.is_string(attribute) or attribute.module is not context.module:
            continue
        given = statuses.given_strings(context, mapped, attribute)
        known = sorted(text for text, is_sure in (given or {}).items() if is_sure)
        if given is None or len(known) < 2 or not context.model.written(mapped, attribute).sites:
            continue
        if statuses.is_in_sql(context, mapped, attribute):
            continue
        context.report(
            attribute.range,
            f"`{owner}.{attribute.name}` is a string, and the project stores only {', '.join(map(repr, known))} "
            "there: nothing notices a misspelt one, as an Enum would",
            symbol=f"{owner}.{attribute.name}",
        )
