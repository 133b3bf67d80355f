"""Rule unawaited-session-call. Its documentation and tests: unawaited_session_call.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.semantic import types as t
from ormlint.semantic.records import FunctionRecord

rule = Rule(
    __name__,
    code="ORM701",
    summary="A coroutine of an asynchronous session is not awaited",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.DiscardedValue)
def never_awaited(context: Context, value: subjects.DiscardedValue) -> None:
    if not isinstance(value.type, t.Coroutine) or not value.type.origin:
        return
    context.report(
        value.node,
        f"`{value.type.origin}()` gives a coroutine that nobody awaits: nothing is run, and Python only warns that the "
        "coroutine was never awaited",
        symbol=value.type.origin,
        fix=_fix(context, value.record, value.node),
    )


@rule.on(subjects.CoroutineUse)
def used_as_result(context: Context, use: subjects.CoroutineUse) -> None:
    effect = {
        "attribute": f"AttributeError: 'coroutine' object has no attribute '{use.name}'",
        "iteration": "TypeError: 'coroutine' object is not iterable",
        "subscript": "TypeError: 'coroutine' object is not subscriptable",
    }[use.use]
    context.report(
        use.node,
        f"this is the coroutine that `{use.origin}()` gives, not yet awaited: using it raises {effect}",
        symbol=use.origin,
        fix=_fix(context, use.record, use.node.value if isinstance(use.node, e.Attribute | e.Subscript) else use.node),
    )


def _fix(context: Context, record: FunctionRecord, node: e.Expr) -> Fix | None:
    """Await the call, where the function may."""
    if record.symbol is None or not record.symbol.facts.is_async or not isinstance(node, e.Call):
        return None
    return fixes.fix("Await it", fixes.replace(node, f"await {context.source(node)}"), safe=False)
