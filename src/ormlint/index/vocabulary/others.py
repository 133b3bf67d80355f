"""Names of Python's own library and of smaller packages: enums, mixins of models, functions that do not come back."""

from __future__ import annotations

ENUM_BASES = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "strenum.StrEnum"})
# Functions that do not come back: of Python, Flask and Quart.
NOT_COMING_BACK = frozenset(
    {
        "sys.exit",
        "os._exit",
        "builtins.exit",
        "flask.abort",
        "quart.abort",
        "werkzeug.exceptions.abort",
    }
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
    }
)
METACLASSES = frozenset({"abc.ABCMeta"})
_USER = frozenset({"get_id", "is_active", "is_authenticated", "is_anonymous"})
# Mixins whose names are few and known.
MIXINS: dict[str, frozenset[str]] = {
    "flask_login.UserMixin": _USER,
    "flask_login.mixins.UserMixin": _USER,
    "starlette.authentication.SimpleUser": frozenset({"is_authenticated", "display_name", "identity", "username"}),
    "starlette.authentication.BaseUser": frozenset({"is_authenticated", "display_name", "identity"}),
}
# Methods of serialisers and other mixins that make or change a model of names which the call does not show.
OPENING = frozenset({"from_dict", "populate_obj", "update_from_dict", "bulk_insert", "load"})
# The table in which Alembic keeps where a database stands: no revision makes it.
ALEMBIC_VERSION_TABLE = "alembic_version"
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
# What decorators of attrs begin with: they give a class methods, its constructor among them.
ATTRS = ("attr.", "attrs.")
STANDARD_DATACLASS = "dataclasses.dataclass"
