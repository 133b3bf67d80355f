"""Rule chained-comparison-in-filter. Its documentation and tests: chained_comparison_in_filter.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import operators, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet

rule = Rule(
    __name__,
    code="ORM605",
    summary="A chained comparison of SQL expressions keeps one of its parts, or raises",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.PythonOperator)
def chained_comparison(context: Context, test: subjects.PythonOperator) -> None:
    if test.operator != "chain":
        return
    if test.outcome is not None:
        effect = f"leaves only `{snippet(context, test.outcome)}` and drops the rest without a word"
    elif test.truth == "raises":
        effect = "raises TypeError: Boolean value of this clause is not defined"
    else:
        effect = "keeps one of its comparisons, or raises TypeError"
    context.report(
        test.node,
        f"`{snippet(context, test.node)}` asks `{snippet(context, test.operand)}` for its truth, as every chain does: "
        f"it {effect}; `between()` or `and_()` makes a condition",
        symbol=snippet(context, test.operand),
        fix=operators.unchained(context, test),
    )
