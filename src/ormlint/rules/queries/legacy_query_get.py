"""Rule legacy-query-get. Its documentation and tests: legacy_query_get.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status
from ormlint.linting.snippets import snippet
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM608",
    summary="The legacy `Query.get()` is called",
    since="0.1.0",
    severity=Severity.INFO,
    status=Status.OPT_IN,
)


@rule.on(subjects.OrmCall)
def query_get(context: Context, call: subjects.OrmCall) -> None:
    if call.name != "get" or not isinstance(call.receiver, t.Query) or not call.receiver.single:
        return
    context.report(
        call.node,
        "`Query.get()` is legacy since SQLAlchemy 1.4: from 2.0 on it warns with LegacyAPIWarning; `session.get()` "
        "does the same",
        symbol=snippet(context, call.node.func),
    )
