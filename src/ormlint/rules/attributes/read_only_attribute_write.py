"""Rule read-only-attribute-write. Its documentation and tests: read_only_attribute_write.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM208",
    summary="A property or hybrid without a setter is written",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.ConstructorCall)
def in_constructor(context: Context, call: subjects.ConstructorCall) -> None:
    constructor = call.mapped.constructor
    if constructor.kind != "default" or constructor.open_reason is not None or call.is_expected:
        return
    for given in call.keywords:
        attribute = _read_only(context, call.mapped, given.name)
        if attribute is not None and isinstance(given.node, e.Keyword):
            _report(context, call.mapped, attribute, given.node)


@rule.on(subjects.AttributeStore)
def in_assignment(context: Context, store: subjects.AttributeStore) -> None:
    if context.is_type_ignored(store.node) or store.is_expected:
        return
    found = [_read_only(context, mapped, store.name) for mapped in store.models]
    if all(found) and found[0] is not None:
        _report(context, store.models[0], found[0], store.node)


def _read_only(context: Context, mapped: MappedClass, name: str) -> ModelAttribute | None:
    """Return an attribute that can only be read, in the class and all that derive from it."""
    attribute = mapped.attributes.get(name)
    for model in context.index.subclasses(mapped):
        own = model.attributes.get(name)
        if own is None or not own.read_only or own.conditional or own.kind not in ("property", "hybrid"):
            return None
    return attribute


def _report(context: Context, mapped: MappedClass, attribute: ModelAttribute, node: e.Node) -> None:
    error = (
        f"AttributeError: property '{attribute.name}' of '{mapped.name}' object has no setter"
        if attribute.kind == "property"
        else "AttributeError: can't set attribute"
    )
    place = node.name_range if isinstance(node, e.Keyword) else node.range
    context.report(
        place,
        f"`{mapped.name}.{attribute.name}` is a {'hybrid property' if attribute.kind == 'hybrid' else 'property'} "
        f"without a setter: this raises {error}",
        symbol=f"{mapped.name}.{attribute.name}",
        related=[Place(attribute.module.path, attribute.range, f"`{attribute.name}` is declared here")],
    )
