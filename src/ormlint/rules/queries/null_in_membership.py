"""Rule null-in-membership. Its documentation and tests: null_in_membership.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="ORM606",
    summary="None in `in_()` never matches; in `not_in()` it leaves no row",
    since="0.1.0",
    severity=Severity.WARNING,
)


@rule.on(subjects.NullMembership)
def null_element(context: Context, membership: subjects.NullMembership) -> None:
    if membership.method == "in_":
        effect = (
            "`IN (…, NULL)` is never true for a row where the column is NULL, so those rows are not found, and "
            "negated with `~` it finds no row at all"
        )
    else:
        effect = "`NOT IN (…, NULL)` is never true, so no row is found at all"
    context.report(membership.node, f"None in `{membership.method}()`: {effect}", symbol=membership.method)
