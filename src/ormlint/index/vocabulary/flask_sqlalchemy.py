"""Flask-SQLAlchemy's names: the extension object, what is reached through it, and what it adds to queries."""

from __future__ import annotations

from ormlint.index.vocabulary import sqlalchemy

PACKAGE = "flask_sqlalchemy"
# Packages with the same interface.
PACKAGES = frozenset({PACKAGE, "flask_sqlalchemy_lite"})
EXTENSION = "flask_sqlalchemy.SQLAlchemy"
# `Model` itself, and `db.Model`.
MODELS = frozenset({"flask_sqlalchemy.Model", "flask_sqlalchemy.db.Model"})
SESSION = "flask_sqlalchemy.db.session"
SYNC_SESSIONS = frozenset({"flask_sqlalchemy.SignallingSession"})
# Names every model class has.
ATTRIBUTES = frozenset({"query", "query_class"})
# Methods of queries and of the extension object that answer 404 where there is no row.
GET_OR_404 = "get_or_404"
ONE_OR_404 = frozenset({"first_or_404", "one_or_404"})
PAGINATE = "paginate"
HELPERS = ONE_OR_404 | {GET_OR_404, PAGINATE}
_OWN = frozenset({"session", "engine", "Model", "Query"})


def extension_name(name: str) -> str:
    """Return what an attribute of the extension object is: its own, or SQLAlchemy's name."""
    return f"flask_sqlalchemy.db.{name}" if name in _OWN else f"{sqlalchemy.PREFIX}{name}"
