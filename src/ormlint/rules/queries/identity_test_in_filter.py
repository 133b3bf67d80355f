"""Rule identity-test-in-filter. Its documentation and tests: identity_test_in_filter.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import operators, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet

rule = Rule(
    __name__,
    code="ORM601",
    summary="A column is tested with `is` where a SQL condition is asked for",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.PythonOperator)
def identity_test(context: Context, test: subjects.PythonOperator) -> None:
    if test.operator not in ("is", "is not") or test.other is None:
        return
    operand, other = snippet(context, test.operand), snippet(context, test.other)
    is_true = test.operator == "is not"
    method = "is_not" if is_true else "is_"
    effect = "is left out of the SQL: every row is taken" if is_true else "becomes `false`: no row is ever found"
    context.report(
        test.node,
        f"Python settles `{snippet(context, test.node)}` before SQLAlchemy sees it: it is always {is_true}, so in an "
        f"AND this condition {effect}; `{operand}.{method}({other})` is a condition",
        symbol=operand,
        fix=operators.method(context, test, method),
    )
