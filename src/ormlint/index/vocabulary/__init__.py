"""The frameworks' names, a module for each; here what is asked of all of them at once."""

from __future__ import annotations

from ormlint.index.vocabulary import flask_sqlalchemy, others, pytest, sqlalchemy, sqlmodel

# SQLAlchemy's public names are unique over its modules, so a name is known by its last part wherever it was
# imported from (`sqlalchemy.Column`, `sqlalchemy.schema.Column`, `sqlmodel.Column`).
_FAMILIES = {
    sqlalchemy.PACKAGE: sqlalchemy.PACKAGE,
    sqlmodel.PACKAGE: sqlmodel.PACKAGE,
    **dict.fromkeys(sorted(flask_sqlalchemy.PACKAGES), flask_sqlalchemy.PACKAGE),
}
# What canonical names of SQLAlchemy's and SQLModel's objects begin with.
ORM_PREFIXES = (sqlalchemy.PREFIX, sqlmodel.PREFIX)
# Packages whose bases need no environment: they are known.
KNOWN_PACKAGES = frozenset({sqlalchemy.PACKAGE, sqlmodel.PACKAGE, flask_sqlalchemy.PACKAGE})


def canonical(dotted: str) -> str:
    """Return the one spelling of an external name: `sqlalchemy.Column`, `sqlmodel.Field`, `enum.Enum`."""
    top, _, rest = dotted.partition(".")
    family = _FAMILIES.get(top)
    if family is None or not rest:
        return dotted
    parts = rest.split(".")
    if "func" in parts[:-1]:
        return f"{sqlalchemy.FUNCTIONS}{parts[-1]}"
    last = parts[-1]
    if family == sqlmodel.PACKAGE and last not in sqlmodel.OWN:
        return f"{sqlalchemy.PREFIX}{last}"
    return f"{family}.{last}"


def flavor_of(name: str) -> str:
    """Return whose object a canonical name of SQLAlchemy or SQLModel is: "sqlalchemy" or "sqlmodel"."""
    return sqlmodel.PACKAGE if name.startswith(sqlmodel.PREFIX) else sqlalchemy.PACKAGE


# What makes a session when it is called, and whether it is asynchronous.
SESSION_CLASSES = {**sqlalchemy.SESSION_CLASSES, **sqlmodel.SESSION_CLASSES}
_SESSIONS = {**SESSION_CLASSES, **sqlalchemy.SCOPED_SESSIONS}
SYNC_SESSIONS = flask_sqlalchemy.SYNC_SESSIONS | {name for name, is_async in _SESSIONS.items() if not is_async}
ASYNC_SESSIONS = frozenset(name for name, is_async in _SESSIONS.items() if is_async)
STATEMENTS = sqlalchemy.STATEMENTS | {sqlmodel.SELECT}
RELATIONSHIP_CALLS = sqlalchemy.RELATIONSHIP_CALLS | {sqlmodel.RELATIONSHIP}
NOT_COMING_BACK = others.NOT_COMING_BACK | pytest.NOT_COMING_BACK
METACLASSES = others.METACLASSES | sqlalchemy.METACLASSES | {sqlmodel.METACLASS}
# Bases that make a class mapped, or able to be.
MODEL_BASES = sqlalchemy.DECLARATIVE_BASES | flask_sqlalchemy.MODELS | {sqlmodel.BASE}
# Bases that add no names a model could be asked for.
HARMLESS_BASES = others.HARMLESS_BASES | sqlalchemy.HARMLESS_BASES | flask_sqlalchemy.MODELS
# Mixins whose names are few and known.
EXTERNAL_MIXINS = {**sqlalchemy.MIXINS, **others.MIXINS}
# Names a class has by its framework.
STYLE_ATTRIBUTES: dict[str, frozenset[str]] = {
    "declarative": frozenset(),
    "flask": flask_sqlalchemy.ATTRIBUTES,
    "sqlmodel": sqlmodel.ATTRIBUTES,
}
