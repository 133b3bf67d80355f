"""Rule phantom-attribute-read. Its documentation and tests: phantom_attribute_read.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts.expressions import Name
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.linting.phantoms import owner_name
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM203",
    summary="An attribute is read that the model does not have",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.UnknownAttributeLoad)
def phantom_read(context: Context, load: subjects.UnknownAttributeLoad) -> None:
    if load.name.startswith("__") and not load.name.endswith("__"):
        return  # a private name: Python mangles it, where it is set and here
    if load.name in load.record.stored_names or load.name in load.record.guarded_names:
        return
    if context.is_type_ignored(load.node) or context.model.is_stored_anywhere(load.name):
        return
    if isinstance(load.node.value, Name) and context.model.is_contradicted(load.record, load.node.value.id):
        return
    receiver = load.node.value.id if isinstance(load.node.value, Name) else ""
    if not load.is_class and context.model.may_be_other(load.record, receiver, load.name):
        return
    mapped = load.models[0]
    if load.is_class:
        effect = f"this raises AttributeError: type object '{mapped.name}' has no attribute '{load.name}'"
    else:
        effect = f"this raises AttributeError: '{mapped.name}' object has no attribute '{load.name}'"
    candidates = [name for name in mapped.attributes if not name.startswith("_")]
    slip = nearest(load.name, candidates)
    near = slip or closest(load.name, candidates, 0.75)
    hint = f"; did you mean `{near}`?" if near else ""
    context.report(
        load.node.attr_range,
        f"`{owner_name(load.models)}` has no attribute `{load.name}`: {effect}{hint}",
        symbol=f"{mapped.name}.{load.name}",
        fix=fixes.fix(f"Rename it to `{slip}`", fixes.rename(load.node.attr_range, slip), safe=False) if slip else None,
        related=[Place(mapped.symbol.module.path, mapped.symbol.facts.name_range, f"`{mapped.name}` is defined here")],
    )
