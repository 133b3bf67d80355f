"""Rule not-in-filter. Its documentation and tests: not_in_filter.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import operators, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet

rule = Rule(
    __name__,
    code="ORM603",
    summary="Python's `not` makes a constant of a SQL expression",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

_EFFECTS = {
    "true": "is always False: the condition becomes `false`, and in an AND no row is ever found",
    "false": "is always True: the condition is left out, and every row is taken",
    "raises": "raises TypeError: Boolean value of this clause is not defined",
    "": "is True, False or a TypeError, never a condition",
}


@rule.on(subjects.PythonOperator)
def python_not(context: Context, test: subjects.PythonOperator) -> None:
    if test.operator != "not":
        return
    operand = snippet(context, test.operand)
    context.report(
        test.node,
        f"Python settles `{snippet(context, test.node)}` before SQLAlchemy sees it: it {_EFFECTS[test.truth]}; "
        f"`~` or `not_()` makes a condition",
        symbol=operand,
        fix=operators.inverted(context, test),
    )
