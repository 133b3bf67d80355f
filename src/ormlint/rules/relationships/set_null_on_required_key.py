"""Rule set-null-on-required-key. Its documentation and tests: set_null_on_required_key.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.relationships import foreign_keys, owner_name
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM509",
    summary='An `ondelete="SET NULL"` on a column that cannot be NULL',
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def set_null(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, column, reference, key in foreign_keys(subject):
        action = " ".join((reference.ondelete or "").upper().split())
        if action != "SET NULL" or column.nullable is not False or column.unread:
            continue
        table = key.rpartition(".")[0] or "the other table"
        why = "it is part of the primary key" if column.primary_key else "it is NOT NULL"
        context.report_at(
            reference.module,
            reference.expr.range,
            f'`ondelete="SET NULL"` on `{owner_name(mapped, attribute)}.{attribute.name}`, but {why}: deleting a row '
            f"of `{table}` that is referred to fails (IntegrityError), and some databases refuse the table",
            symbol=f"{mapped.name}.{attribute.name}",
        )
