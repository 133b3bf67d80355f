"""Rule unawaited-session-call. Its documentation and tests: unawaited_session_call.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule, Status
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM701",
    summary="A coroutine of an asynchronous session is not awaited",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
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
    )
