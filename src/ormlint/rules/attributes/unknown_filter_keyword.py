"""Rule unknown-filter-keyword. Its documentation and tests: unknown_filter_keyword.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.keys import is_closed, key_place
from ormlint.linting.names import closest, nearest
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM204",
    summary="A keyword of `filter_by()` is no column",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

_NOT_MAPPED = frozenset({"plain", "property", "method"})


@rule.on(subjects.GivenKey)
def unknown_filter(context: Context, key: subjects.GivenKey) -> None:
    place = key_place(context, key)
    if key.context != "filter_by" or place is None or not is_closed(context, key):
        return
    mapped = key.models[-1]
    found = [model.attributes[key.name] for model in key.models if key.name in model.attributes]
    declared = [attribute for attribute in found if not attribute.bare]
    if declared:
        if len(key.models) > 1 or declared[0].kind not in _NOT_MAPPED:
            return
        kind = {"plain": "a plain attribute", "property": "a property", "method": "a method"}[declared[0].kind]
        context.report(
            place,
            f"`{mapped.name}.{key.name}` is {kind}, not a column: `{key.call}()` compares it in Python, so this is "
            "always `WHERE false` and no row is ever found",
            symbol=f"{mapped.name}.filter_by({key.name})",
            related=[Place(declared[0].module.path, declared[0].range, f"`{key.name}` is declared here")],
        )
        return
    owner = " and ".join(f"`{model.name}`" for model in key.models)
    verb = "has" if len(key.models) == 1 else "have"
    effect = f'`filter_by()` raises InvalidRequestError: no property "{key.name}"'
    if key.kind == "repository":
        effect = f"`{key.call}()` asks the class for it, and raises RepositoryError"
    message = f"{owner} {verb} no attribute `{key.name}`: {effect}"
    database = ""
    for model in key.models:
        for attribute in model.columns():
            if attribute.column is not None and attribute.column.name == key.name:
                database = attribute.name
                message += f"; `{key.name}` is the database's name of `{attribute.name}`"
    names = [name for model in key.models for name in model.attributes if not name.startswith("_")]
    slip = nearest(key.name, names)
    near = slip or closest(key.name, names, 0.75)
    if near and "database's name" not in message:
        message += f"; did you mean `{near}`?"
    meant = database or slip
    step = fixes.rename_key(context, key.node, meant) if meant else None
    context.report(
        place,
        message,
        symbol=f"{mapped.name}.filter_by({key.name})",
        fix=fixes.fix(f"Rename it to `{meant}`", step, safe=False) if step is not None else None,
        related=[Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")],
    )
