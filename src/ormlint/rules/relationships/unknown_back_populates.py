"""Rule unknown-back-populates. Its documentation and tests: unknown_back_populates.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.index.symbols import ClassSymbol
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import closest, nearest
from ormlint.linting.relationships import is_unread, option, relationships, target_of
from ormlint.linting.rule import Fixes, Rule, Status

rule = Rule(
    __name__,
    code="ORM502",
    summary="A `back_populates` that names no relationship of the other class, or one to a third class",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

# Kinds of attributes that are certainly not relationships.
_OTHERS = {
    "column": "a column",
    "column_property": "a column property",
    "composite": "a composite",
    "hybrid": "a hybrid",
    "property": "a property",
    "method": "a method",
    "association_proxy": "an association proxy",
}


@rule.on(subjects.Model)
def unknown_back_populates(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, relationship, call in relationships(context, subject):
        given = option(call, "back_populates")
        target = target_of(context, attribute, relationship, call)
        if not isinstance(given, e.Str) or target is None or is_unread(call):
            continue
        name = given.value
        problem, related = _problem(context, mapped, target, name)
        if problem is None:
            continue
        error = "ArgumentError" if "not back to" in problem else "InvalidRequestError"
        context.report_at(
            attribute.module,
            given.range,
            f"{problem}: the first use of any model of this registry raises {error}",
            symbol=f"{mapped.name}.{attribute.name}",
            fix=_fix(context, attribute, given, target),
            related=[Place(target.symbol.module.path, target.symbol.facts.name_range, f"`{target.name}`"), *related],
        )


def _fix(context: Context, attribute: ModelAttribute, given: e.Str, target: MappedClass) -> Fix | None:
    """Rename it where it is a slip of the name of a relationship."""
    names = sorted(item.name for item in target.attributes.values() if item.relationship is not None)
    near = nearest(given.value, names)
    if near is None:
        return None
    return fixes.fix(f"Rename it to `{near}`", fixes.respell(context, given, near, attribute.module), safe=False)


def _problem(context: Context, mapped: MappedClass, target: MappedClass, name: str) -> tuple[str | None, list[Place]]:
    other = target.attributes.get(name)
    if other is None:
        if target.has(name) or name in context.index.floating_backrefs or target.symbol.facts.is_conditional:
            return None, []
        names = [item.name for item in target.attributes.values() if item.relationship is not None]
        near = closest(name, sorted(names), 0.6)
        hint = f" (it has `{near}`)" if near else ""
        return f"`{target.name}` has no relationship `{name}`{hint}", []
    place = [Place(other.module.path, other.range, f"`{target.name}.{name}`")]
    if other.conditional or target.open_reason is not None:
        return None, []
    if other.kind in _OTHERS:
        return f"`{target.name}.{name}` is {_OTHERS[other.kind]}, not a relationship", place
    back = context.index.target(other.relationship)
    if other.kind != "relationship" or back is None or _are_related(context, back, mapped):
        return None, []
    return f"`{target.name}.{name}` leads to `{back.name}`, not back to `{mapped.name}`", place


def _are_related(context: Context, left: MappedClass, right: MappedClass) -> bool:
    """Tell whether two classes are one, or of one inheritance; a namesake may be the same class in another guise."""
    if left.name == right.name:
        return True
    mine = {base.key for base in left.mro if isinstance(base, ClassSymbol) and context.index.mapped_of(base)}
    return any(isinstance(base, ClassSymbol) and base.key in mine for base in right.mro)
