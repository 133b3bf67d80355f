"""Stands in for Flask-AppBuilder."""

from .models.sqla import Base, Model

__all__ = ["Base", "Model"]
