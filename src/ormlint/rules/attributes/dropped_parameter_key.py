"""Rule dropped-parameter-key. Its documentation and tests: dropped_parameter_key.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects, versions
from ormlint.linting.context import Context
from ormlint.linting.keys import column_hint, is_closed, named_column, report_key
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
    if key.context != "parameters" or not is_closed(context, key):
        return
    mapped = key.models[0]
    named = named_column(context, mapped, key.name)
    is_bulk = key.call.startswith("bulk_")
    takes_attributes = not key.is_core and (is_bulk or versions.runs_only(context.settings, "2.0", "2.1"))
    takes_columns = key.is_core or (not is_bulk and versions.runs_only(context.settings, "1.4"))
    meant: str | None = None
    hint = ""
    if named.by_column and takes_attributes:
        meant = named.by_column
        since = "" if is_bulk else ", since SQLAlchemy 2.0,"
        what = (
            f"`{key.name}` is the database's name of `{mapped.name}.{meant}`, and{since} `{key.call}()` takes "
            "attributes"
        )
    elif named.by_attribute and takes_columns:
        meant = named.by_attribute
        when = "a connection takes" if key.is_core else f"before SQLAlchemy 2.0 `{key.call}()` takes"
        what = f"`{mapped.name}.{key.name}` is the column `{meant}`, and {when} the database's names"
    elif named.is_column:
        return
    else:
        what, hint = f"`{mapped.name}` has no column `{key.name}`", column_hint(mapped, key.name)
    effect = "SQLAlchemy leaves the key out without a word, and its values are never stored"
    report_key(context, key, f"{what}: {effect}{hint}", meant)
