"""Rule phantom-attribute-assignment. Its documentation and tests: phantom_attribute_assignment.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts.expressions import Attribute, Str
from ormlint.linting import fixes, phantoms, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest
from ormlint.linting.rule import Fixes, Option, Rule, Status

rule = Rule(
    __name__,
    code="ORM202",
    summary="A value is assigned to an attribute that the model does not have, and is never saved",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
    options=(
        Option("ignore-private-attributes", True, "Leave names with a leading underscore alone."),
        Option("allow-transient", (), "Attribute names that are set on purpose without being stored."),
    ),
)


@rule.on(subjects.AttributeStore)
def phantom_assignment(context: Context, store: subjects.AttributeStore) -> None:
    if not phantoms.is_unknown(context, store) or store.name in context.options["allow-transient"]:
        return
    if store.name.startswith("_") and context.options["ignore-private-attributes"]:
        return
    if not phantoms.is_meant_to_be_kept(context, store):
        return
    owner = phantoms.owner_name(store.models)
    raises = any(mapped.raises_on_unknown for mapped in store.models)
    if raises:
        effect = f'this raises ValueError: "{store.models[0].name}" object has no field "{store.name}"'
    else:
        effect = (
            "nothing is raised and nothing is saved; the value stays on this object, does not make it dirty, and "
            "no other session ever sees it"
        )
    near = phantoms.near_attribute(store) or closest(store.name, _columns(store), 0.7)
    hint = f"; did you mean `{near}`?" if near else ""
    mapped = store.models[0]
    place = store.place.attr_range if isinstance(store.place, Attribute) else store.place.range
    context.report(
        place,
        f"`{owner}` has no attribute `{store.name}`: {effect}{hint}",
        symbol=f"{mapped.name}.{store.name}",
        fix=_fix(store),
        related=[Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")],
    )


def _fix(store: subjects.AttributeStore) -> Fix | None:
    """Rename it where it is a slip of an attribute's name."""
    near = phantoms.near_attribute(store)
    if near is None:
        return None
    if isinstance(store.place, Attribute):
        return fixes.fix(f"Rename it to `{near}`", fixes.rename(store.place.attr_range, near), safe=False)
    if isinstance(store.place, Str):
        return fixes.fix(f"Rename it to `{near}`", fixes.replace(store.place, f'"{near}"'), safe=False)
    return None


def _columns(store: subjects.AttributeStore) -> list[str]:
    return [attribute.name for attribute in store.models[0].columns()]
