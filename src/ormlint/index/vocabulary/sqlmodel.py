"""SQLModel's names: what it adds to SQLAlchemy, and what its classes have from pydantic."""

from __future__ import annotations

PACKAGE = "sqlmodel"
PREFIX = f"{PACKAGE}."
BASE = "sqlmodel.SQLModel"
METACLASS = "sqlmodel.SQLModelMetaclass"
FIELD = "sqlmodel.Field"
RELATIONSHIP = "sqlmodel.Relationship"
AUTO_STRING = "sqlmodel.AutoString"
SESSION_CLASSES = {"sqlmodel.Session": False, "sqlmodel.AsyncSession": True}
SELECT = "sqlmodel.select"
COL = "sqlmodel.col"  # `col(attribute)` is that attribute
# What `from sqlmodel import …` does not re-export from SQLAlchemy unchanged.
OWN = frozenset(
    {
        *("SQLModel", "SQLModelMetaclass", "Field", "Relationship", "Session", "AsyncSession", "select"),
        *("AutoString", "col"),
    }
)
# Methods that make or change a model of names which the call does not show.
OPENING = frozenset(
    {
        *("model_validate", "model_validate_json", "model_construct", "model_copy", "sqlmodel_update"),
        *("parse_obj", "from_orm", "construct"),
    }
)
# Names every SQLModel class has.
ATTRIBUTES = frozenset(
    [
        "query",
        "model_config",
        "model_fields",
        "model_computed_fields",
        "model_extra",
        "model_fields_set",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
        "dict",
        "json",
        "copy",
        "parse_obj",
        "parse_raw",
        "parse_file",
        "from_orm",
        "construct",
        "schema",
        "schema_json",
        "validate",
        "update_forward_refs",
        "sqlmodel_update",
        "Config",
        "fields",
    ]
)
