"""Rule boolean-operator-in-filter. Its documentation and tests: boolean_operator_in_filter.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import operators, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet

rule = Rule(
    __name__,
    code="ORM602",
    summary="Python's `and` or `or` leaves only one of two SQL expressions",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.PythonOperator)
def boolean_operator(context: Context, test: subjects.PythonOperator) -> None:
    if test.operator not in ("and", "or"):
        return
    if test.outcome is not None:
        effect = (
            f"gives `{snippet(context, test.outcome)}` alone, and the rest of the condition is dropped without a word"
        )
    elif test.truth == "raises":
        effect = "raises TypeError: Boolean value of this clause is not defined"
    else:
        effect = "gives one of its sides and drops the other, or raises TypeError"
    sign, function = ("&", "and_") if test.operator == "and" else ("|", "or_")
    context.report(
        test.node,
        f"`{test.operator}` between SQL expressions is Python's own: it asks `{snippet(context, test.operand)}` for "
        f"its truth, so this {effect}; `{function}()`, or `{sign}` between parentheses, makes a condition of all",
        symbol=snippet(context, test.operand),
        fix=operators.joined(context, test),
    )
