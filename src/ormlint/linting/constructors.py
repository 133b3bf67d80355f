"""Which keywords the constructor of a mapped class takes."""

from __future__ import annotations

from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex


def accepts_keyword(index: ProjectIndex, mapped: MappedClass, name: str) -> bool:
    """Tell whether `Class(name=…)` is accepted, for a class whose constructor is not open."""
    constructor = mapped.constructor
    if name in constructor.extra:
        return True
    if constructor.accepted is not None:
        return name in constructor.accepted
    has = mapped.declares(name) if mapped.open_on_reads else mapped.has(name)
    if name in index.floating_backrefs or has:
        return True
    # SQLModel takes a field by its alias too.
    return any(attribute.alias == name for attribute in mapped.attributes.values())
