"""Rule transient-attribute-assignment. Its documentation and tests: transient_attribute_assignment.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts.expressions import Attribute
from ormlint.linting import phantoms, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Option, Rule, Status

rule = Rule(
    __name__,
    code="ORM212",
    summary="A value is assigned to an attribute that the model does not declare, with no session write in sight",
    since="0.1.0",
    severity=Severity.INFO,
    status=Status.OPT_IN,
    options=(
        Option("ignore-private-attributes", True, "Leave names with a leading underscore alone."),
        Option("allow-transient", (), "Attribute names that are set on purpose without being stored."),
    ),
)


@rule.on(subjects.AttributeStore)
def transient_assignment(context: Context, store: subjects.AttributeStore) -> None:
    if not phantoms.is_unknown(context, store) or phantoms.is_meant_to_be_kept(context, store):
        return
    if store.name.startswith("_") and context.options["ignore-private-attributes"]:
        return
    if store.name in context.options["allow-transient"]:
        return
    mapped = store.models[0]
    place = store.place.attr_range if isinstance(store.place, Attribute) else store.place.range
    context.report(
        place,
        f"`{phantoms.owner_name(store.models)}` does not declare `{store.name}`: the value stays on this object and "
        "is not stored; declare the attribute on the class if that is meant",
        symbol=f"{mapped.name}.{store.name}",
        related=[Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")],
    )
