"""Rule membership-test-in-filter. Its documentation and tests: membership_test_in_filter.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import operators, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet

rule = Rule(
    __name__,
    code="ORM604",
    summary="A column is tested with `in` where a SQL condition is asked for",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

_EFFECTS = {
    "true": "is always True: the condition is left out, and every row is taken",
    "false": "is always False: the condition becomes `false`, and in an AND no row is ever found",
    "raises": "raises an error when the query is built, or is a constant",
}


@rule.on(subjects.PythonOperator)
def membership_test(context: Context, test: subjects.PythonOperator) -> None:
    if test.operator not in ("in", "not in"):
        return
    method = "not_in" if test.operator == "not in" else "in_"
    operand = snippet(context, test.operand)
    context.report(
        test.node,
        f"Python settles `{snippet(context, test.node)}` before SQLAlchemy sees it: it {_EFFECTS[test.truth]}; "
        f"`{operand}.{method}(…)` is a condition",
        symbol=operand,
        fix=operators.method(context, test, method),
    )
