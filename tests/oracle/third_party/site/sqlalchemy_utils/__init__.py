"""Stands in for sqlalchemy-utils."""

from .models import Timestamp, generic_repr

__all__ = ["Timestamp", "generic_repr"]
