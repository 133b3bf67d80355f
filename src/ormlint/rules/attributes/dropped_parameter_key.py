"""Rule dropped-parameter-key. Its documentation and tests: dropped_parameter_key.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.keys import column_hint, database_name_of, is_closed, key_place, names_column, renaming
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM206",
    summary="A key of a parameter list is no column: its values are dropped",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.GivenKey)
def dropped_key(context: Context, key: subjects.GivenKey) -> None:
    place = key_place(context, key)
    if key.context != "parameters" or place is None or not is_closed(context, key):
        return
    mapped = key.models[0]
    is_bulk = key.call.startswith("bulk_")
    attribute = database_name_of(mapped, key.name)
    if attribute is not None and is_bulk:
        what = (
            f"`{key.name}` is the database's name of `{mapped.name}.{attribute}`, and `{key.call}()` takes attributes"
        )
    elif names_column(context, mapped, key.name):
        return
    else:
        what = f"`{mapped.name}` has no column `{key.name}`{column_hint(mapped, key.name)}"
    context.report(
        place,
        f"{what}: SQLAlchemy leaves the key out without a word, and its values are never stored",
        symbol=f"{mapped.name}.{key.call}({key.name})",
        fix=renaming(context, key, attribute if is_bulk else None),
        related=[Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")],
    )
