"""What the column rules share: the columns of a model with the class that declares each."""

from __future__ import annotations

from collections.abc import Iterator

from ormlint.index.columns import Column
from ormlint.index.model import MappedClass, ModelAttribute


def declared_columns(mapped: MappedClass) -> Iterator[tuple[ModelAttribute, Column, str]]:
    """Yield every column with its attribute and the name of the class that declares it.

    An inherited column comes with each heir; reported at its own place in the same words it is one finding.
    """
    for attribute in mapped.columns():
        if attribute.column is not None and not attribute.conditional:
            yield attribute, attribute.column, (attribute.owner or mapped.symbol).name
