"""Which databases a message speaks of: the configured ones, or all."""

from __future__ import annotations

from ormlint.settings import Settings


def uses(settings: Settings, dialect: str) -> bool:
    """Tell whether the project may use a database; without a configuration it may use any."""
    return not settings.dialects or dialect in settings.dialects


def uses_others(settings: Settings, dialect: str) -> bool:
    """Tell whether the project may use any other database than this one."""
    return not settings.dialects or any(name != dialect for name in settings.dialects)


def keeps_time_zones(settings: Settings) -> bool:
    """Tell whether the project may use a database on which `DateTime(timezone=True)` is another type."""
    return not settings.dialects or any(name not in ("sqlite", "mysql", "mariadb") for name in settings.dialects)
