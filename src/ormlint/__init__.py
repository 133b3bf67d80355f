"""ormlint: a static linter for SQLAlchemy models, the services that use them and their migrations."""

from ormlint._version import __version__

__all__ = ["__version__"]
