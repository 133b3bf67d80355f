"""Settings as resolved, and selectors; knows no files."""

from ormlint.settings.model import Settings

__all__ = ["Settings"]
