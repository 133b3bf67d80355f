"""Rule unknown-values-key. Its documentation and tests: unknown_values_key.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.keys import column_hint, is_closed, key_place, names_column, renaming
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
    place = key_place(context, key)
    if key.context != "values" or place is None or not is_closed(context, key):
        return
    mapped = key.models[0]
    if names_column(context, mapped, key.name):
        return
    context.report(
        place,
        f"`{mapped.name}` has no column `{key.name}`: executing this raises CompileError: Unconsumed column names: "
        f"{key.name}{column_hint(mapped, key.name)}",
        symbol=f"{mapped.name}.{key.call}({key.name})",
        fix=renaming(context, key, None),
        related=[Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")],
    )
