"""Rule unknown-values-key. Its documentation and tests: unknown_values_key.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, versions
from ormlint.linting.context import Context
from ormlint.linting.keys import column_hint, is_closed, named_column, report_key
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM205",
    summary="A name given to `values()` or `update()` is no column",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.GivenKey)
def unknown_value(context: Context, key: subjects.GivenKey) -> None:
    if key.context != "values" or not is_closed(context, key):
        return
    mapped = key.models[0]
    named = named_column(context, mapped, key.name)
    error = f"CompileError: Unconsumed column names: {key.name}"
    if key.kind == "insert" and named.by_attribute and versions.runs_only(context.settings, "1.4"):
        report_key(
            context,
            key,
            f"`{mapped.name}.{key.name}` is the column `{named.by_attribute}`, and before SQLAlchemy 2.0 "
            f"`insert().values()` takes the database's names: executing this raises {error}",
            named.by_attribute,
        )
    elif not named.is_column:
        if key.kind == "update":
            error = versions.spoken(
                context.settings,
                {"1.4": f"InvalidRequestError: Invalid expression type: '{key.name}'", "2.0": error, "2.1": error},
            )
        report_key(
            context,
            key,
            f"`{mapped.name}` has no column `{key.name}`: executing this raises {error}{column_hint(mapped, key.name)}",
        )
