"""Rule discarded-query-result. Its documentation and tests: discarded_query_result.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status
from ormlint.linting.snippets import snippet
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM210",
    summary="A query is changed and the changed one is thrown away",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)

_RESTRICTING = frozenset(
    {"filter", "filter_by", "where", "having", "order_by", "limit", "offset", "join", "outerjoin", "options"}
    | {"distinct", "group_by", "with_for_update", "values", "returning", "select_from", "execution_options"}
    | {"populate_existing", "slice", "union", "union_all", "add_columns", "with_only_columns"}
    | {"on_conflict_do_nothing", "on_conflict_do_update"}
)


@rule.on(subjects.DiscardedValue)
def discarded(context: Context, value: subjects.DiscardedValue) -> None:
    func = value.node.func
    if not isinstance(value.type, (t.Query, t.Statement)) or not isinstance(func, e.Attribute):
        return
    if func.attr not in _RESTRICTING:
        return
    kind = "query" if isinstance(value.type, t.Query) else "statement"
    context.report(
        value.node,
        f"`.{func.attr}()` gives a new {kind} and leaves `{snippet(context, func.value, 40)}` as it was: the new "
        f"one is thrown away here, and what is run later does not have it",
        symbol=f"{snippet(context, func.value, 40)}.{func.attr}",
    )
