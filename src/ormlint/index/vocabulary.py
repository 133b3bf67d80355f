"""The frameworks' names in one place: which external object a dotted name means, and what kind it is."""

from __future__ import annotations

# SQLAlchemy's public names are unique over its modules, so a name is known by its last part wherever it was
# imported from (`sqlalchemy.Column`, `sqlalchemy.schema.Column`, `sqlmodel.Column`).
_FAMILIES = {
    "sqlalchemy": "sqlalchemy",
    "sqlmodel": "sqlmodel",
    "flask_sqlalchemy": "flask_sqlalchemy",
    "flask_sqlalchemy_lite": "flask_sqlalchemy",
}

# What `from sqlmodel import …` re-exports from SQLAlchemy unchanged is everything but these.
_SQLMODEL_OWN = frozenset(
    {"SQLModel", "Field", "Relationship", "Session", "AsyncSession", "select", "AutoString", "create_engine"}
)


def canonical(dotted: str) -> str:
    """Return the one spelling of an external name: `sqlalchemy.Column`, `sqlmodel.Field`, `enum.Enum`."""
    top, _, rest = dotted.partition(".")
    family = _FAMILIES.get(top)
    if family is None or not rest:
        return dotted
    parts = rest.split(".")
    if "func" in parts[:-1]:
        return f"sqlalchemy.func.{parts[-1]}"
    last = parts[-1]
    if family == "sqlmodel" and last not in _SQLMODEL_OWN:
        return f"sqlalchemy.{last}"
    return f"{family}.{last}"


def flask_name(name: str) -> str:
    """Return what an attribute of a Flask-SQLAlchemy extension object is: its own, or SQLAlchemy's name."""
    if name in ("session", "engine", "Model", "Query"):
        return f"flask_sqlalchemy.db.{name}"
    return f"sqlalchemy.{name}"


DECLARATIVE_BASES = frozenset({"sqlalchemy.DeclarativeBase", "sqlalchemy.DeclarativeBaseNoMeta"})
CONCRETE_BASES = frozenset({"sqlalchemy.ConcreteBase", "sqlalchemy.AbstractConcreteBase"})
BASE_FACTORIES = frozenset({"sqlalchemy.declarative_base", "sqlalchemy.automap_base"})
DATACLASS_BASES = frozenset({"sqlalchemy.MappedAsDataclass"})
COLUMN_CALLS = frozenset({"sqlalchemy.Column", "sqlalchemy.mapped_column"})
RELATIONSHIP_CALLS = frozenset(
    {"sqlalchemy.relationship", "sqlalchemy.relation", "sqlalchemy.dynamic_loader", "sqlmodel.Relationship"}
)
UNMAPPED = frozenset({"sqlalchemy.Unmapped", "sqlalchemy.unmapped_column"})  # of a table, not of a class
MAPPED = frozenset({"sqlalchemy.Mapped", "sqlalchemy.MappedColumn"})
MAPPED_COLLECTIONS = frozenset({"sqlalchemy.DynamicMapped", "sqlalchemy.WriteOnlyMapped"})
PROPERTY_CALLS = {
    "sqlalchemy.synonym": "synonym",
    "sqlalchemy.column_property": "column_property",
    "sqlalchemy.query_expression": "column_property",
    "sqlalchemy.composite": "composite",
    "sqlalchemy.association_proxy": "association_proxy",
}
HYBRIDS = frozenset({"sqlalchemy.hybrid_property"})
DECLARED_ATTRS = frozenset({"sqlalchemy.declared_attr", "sqlalchemy.declarative_props"})
ENUM_TYPES = frozenset({"sqlalchemy.Enum", "sqlalchemy.ENUM"})
SYNC_SESSIONS = frozenset(
    {
        "sqlalchemy.Session",
        "sqlalchemy.scoped_session",
        "sqlmodel.Session",
        "flask_sqlalchemy.SignallingSession",
    }
)
ASYNC_SESSIONS = frozenset({"sqlalchemy.AsyncSession", "sqlmodel.AsyncSession", "sqlalchemy.async_scoped_session"})
SESSION_FACTORIES = {
    "sqlalchemy.sessionmaker": False,
    "sqlalchemy.async_sessionmaker": True,
}
# What makes a session when it is called.
SESSION_CLASSES = frozenset(
    {"sqlalchemy.Session", "sqlmodel.Session", "sqlalchemy.AsyncSession", "sqlmodel.AsyncSession"}
)
STATEMENTS = frozenset(
    {"sqlalchemy.select", "sqlmodel.select", "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
)
# FastAPI's: a parameter with such a default is what its function gives.
PROVIDERS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})
# Functions that do not come back: of Python, Flask and Quart, pytest.
NOT_COMING_BACK = frozenset(
    {
        "sys.exit",
        "os._exit",
        "builtins.exit",
        "flask.abort",
        "quart.abort",
        "werkzeug.exceptions.abort",
        "pytest.fail",
        "pytest.skip",
        "pytest.exit",
    }
)
ENUM_BASES = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "strenum.StrEnum"})
# Attributes every class has from `object`, its metaclass or SQLAlchemy's base.
BASE_ATTRIBUTES = frozenset(
    {"metadata", "registry", "__table__", "__tablename__", "__mapper__", "__table_args__", "__mapper_args__"}
)
# Bases that add no names a model could be asked for.
HARMLESS_BASES = frozenset(
    {
        "object",
        "builtins.object",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "abc.ABC",
        "sqlalchemy.MappedAsDataclass",
        "sqlalchemy.DeclarativeBase",
        "sqlalchemy.DeclarativeBaseNoMeta",
        "sqlalchemy.AbstractConcreteBase",
        "sqlalchemy.ConcreteBase",
        "flask_sqlalchemy.Model",
        "flask_sqlalchemy.db.Model",
    }
)
# Packages whose classes are declarative bases and mixins: a model over one needs no column of its own.
ORM_PACKAGES = frozenset(
    {
        "advanced_alchemy",
        "fastapi_users",
        "fastapi_users_db_sqlalchemy",
        "flask_appbuilder",
        "litestar",
        "sqlalchemy_continuum",
        "sqlalchemy_mixins",
        "sqlalchemy_utils",
    }
)
# Mixins of other packages whose names are few and known.
EXTERNAL_MIXINS: dict[str, frozenset[str]] = {
    "sqlalchemy.AsyncAttrs": frozenset({"awaitable_attrs"}),
    "flask_login.UserMixin": frozenset({"get_id", "is_active", "is_authenticated", "is_anonymous"}),
    "flask_login.mixins.UserMixin": frozenset({"get_id", "is_active", "is_authenticated", "is_anonymous"}),
    "starlette.authentication.SimpleUser": frozenset({"is_authenticated", "display_name", "identity", "username"}),
    "starlette.authentication.BaseUser": frozenset({"is_authenticated", "display_name", "identity"}),
}
# Names a class has by its framework.
STYLE_ATTRIBUTES: dict[str, frozenset[str]] = {
    "declarative": frozenset(),
    "flask": frozenset({"query", "query_class"}),
    "sqlmodel": frozenset(
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
    ),
}
