"""Rule legacy-query-get. Its documentation and tests: legacy_query_get.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM608",
    summary="The legacy `Query.get()` is called",
    since="0.1.0",
    severity=Severity.INFO,
    status=Status.OPT_IN,
    fixes=Fixes.SOMETIMES,
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
        fix=_fix(context, call.node),
    )


def _fix(context: Context, node: e.Call) -> Fix | None:
    """Write `session.get(Job, 1)` for `session.query(Job).get(1)`."""
    query = node.func.value if isinstance(node.func, e.Attribute) else None
    if not isinstance(query, e.Call) or not isinstance(query.func, e.Attribute) or query.func.attr != "query":
        return None
    arguments = (*query.args, *node.args)
    if len(query.args) != 1 or len(node.args) != 1 or query.keywords or node.keywords:
        return None
    if any(isinstance(argument, e.Starred) for argument in arguments):
        return None
    entity, key = (context.source(argument) for argument in arguments)
    code = f"{context.source(query.func.value)}.get({entity}, {key})"
    return fixes.fix("Use `session.get()`", fixes.replace(node, code), safe=True)
