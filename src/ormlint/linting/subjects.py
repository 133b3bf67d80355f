"""The subjects rules hook on: mapped classes, constructor calls, stores, loads, enum operands."""

from __future__ import annotations

from dataclasses import dataclass

from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass, ModelAttribute
from ormlint.schema.difference import CoreDifference, RevisionHazard, SchemaDifference, TableWithoutModel
from ormlint.semantic.events import (
    AttributeStore,
    ColumnWrite,
    ComparedValue,
    ConstructorCall,
    CoroutineUse,
    DiscardedValue,
    EnumOperand,
    GivenKey,
    GivenKeyword,
    InPlaceChange,
    LazyLoad,
    NullMembership,
    OrmCall,
    PythonOperator,
    RelationshipOperand,
    Reveal,
    RowLoad,
    SqlText,
    TimeOperand,
    UnknownAttributeLoad,
    Upsert,
)


@dataclass(frozen=True, slots=True)
class Model:
    """A mapped class, asked about once, in the file that defines it.

    Abstract bases and mixins that derive from others come too, with `is_mapped` false: what they redeclare
    their heirs inherit.
    """

    mapped: MappedClass
    is_mapped: bool


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of one Alembic environment, asked about once, in the file of its first revision."""

    environment: Environment


__all__ = [
    "AttributeStore",
    "ColumnWrite",
    "ComparedValue",
    "ConstructorCall",
    "CoreDifference",
    "CoroutineUse",
    "DiscardedValue",
    "EnumOperand",
    "GivenKey",
    "GivenKeyword",
    "History",
    "InPlaceChange",
    "LazyLoad",
    "Model",
    "ModelAttribute",
    "NullMembership",
    "OrmCall",
    "PythonOperator",
    "RelationshipOperand",
    "Reveal",
    "RevisionHazard",
    "RowLoad",
    "SchemaDifference",
    "SqlText",
    "TableWithoutModel",
    "TimeOperand",
    "UnknownAttributeLoad",
    "Upsert",
]
