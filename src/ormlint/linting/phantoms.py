"""What the rules about unknown attributes share: which stores are on names a model does not have."""

from __future__ import annotations

from ormlint.index.model import MappedClass
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.names import nearest
from ormlint.semantic import types as t


def is_unknown(context: Context, store: subjects.AttributeStore) -> bool:
    """Tell whether a store sets a name that none of the possible classes declares in any way."""
    name = store.name
    if name in context.index.floating_backrefs or name.startswith("__"):
        return False
    if any(context.index.may_have(mapped, name) for mapped in store.models):
        return False
    return not context.is_type_ignored(store.node) and not context.model.is_contradicted(store.record, store.receiver)


def owner_name(models: tuple[MappedClass, ...]) -> str:
    """Return the class names for a message."""
    return "` or `".join(dict.fromkeys(mapped.name for mapped in models))


def near_attribute(store: subjects.AttributeStore) -> str | None:
    """Return the attribute a name is a slip of, or None."""
    candidates = [
        attribute.name
        for attribute in store.models[0].attributes.values()
        if attribute.kind not in ("method", "plain", "unknown")
    ]
    return nearest(store.name, candidates)


def is_meant_to_be_kept(context: Context, store: subjects.AttributeStore) -> bool:
    """Tell whether the value was surely meant for the database: a write follows, a near miss, or SQLModel."""
    if any(mapped.raises_on_unknown for mapped in store.models):
        return not store.name.startswith("_")
    if near_attribute(store) is not None:
        return True
    if _is_list_of_models(context, store.type) and (
        not store.receiver or context.model.is_named_after(store.record, store.receiver, store.place.end)
    ):
        return False  # put there for who is handed this object below: a serialiser, a template
    if context.model.is_label(store.name):
        return False  # what a query computes beside the entity is put on it for those who read it
    return not store.via_self and context.model.write_follows(store.record, store.statement)


def _is_list_of_models(context: Context, kind: t.Type) -> bool:
    return isinstance(kind, t.Sequence) and any(
        context.index.mapped_of(item.cls) is not None for item in t.instances(kind.element)
    )
