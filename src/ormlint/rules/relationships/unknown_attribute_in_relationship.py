"""Rule unknown-attribute-in-relationship. Its documentation and tests: unknown_attribute_in_relationship.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.model import MappedClass
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.linting.relationships import named_attributes, relationships
from ormlint.linting.rule import Fixes, Rule

rule = Rule(
    __name__,
    code="ORM510",
    summary="A string of a relationship names an attribute that its class does not have",
    since="0.1.0",
    severity=Severity.ERROR,
    fixes=Fixes.SOMETIMES,
)


@rule.on(subjects.Model)
def unknown_attribute(context: Context, subject: subjects.Model) -> None:
    for attribute, _, call in relationships(context, subject):
        for used in named_attributes(call):
            target = _one(context, used.cls)
            if target is None or context.index.may_have(target, used.name):
                continue
            names = [name for name in target.attributes if not name.startswith("_")]
            slip = nearest(used.name, names)
            near = slip or closest(used.name, names, 0.75)
            hint = f"; did you mean `{near}`?" if near else ""
            fix = None
            if slip is not None:
                text = f"{used.expr.value[: used.start]}{slip}{used.expr.value[used.start + len(used.name) :]}"
                step = fixes.respell(context, used.expr, text, attribute.module)
                fix = fixes.fix(f"Rename it to `{slip}`", step, safe=False)
            context.report_at(
                attribute.module,
                used.expr.range,
                f"`{used.option}` names `{used.cls}.{used.name}`, which is not there: the first use of any model of "
                f"this registry raises AttributeError: Class {target.name} does not have a mapped column named "
                f"'{used.name}'{hint}",
                symbol=f"{subject.mapped.name}.{attribute.name}",
                fix=fix,
                related=[Place(target.symbol.module.path, target.symbol.facts.name_range, f"`{target.name}`")],
            )


def _one(context: Context, name: str) -> MappedClass | None:
    """Return the only class of a name, where all its attributes are known."""
    found = context.index.by_name.get(name, [])
    if len(found) != 1 or found[0].open_reason is not None or found[0].symbol.facts.is_conditional:
        return None
    return found[0]
