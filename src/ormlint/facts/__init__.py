"""The plain data one file yields by itself: expressions, statements, and the interface of a module."""

from ormlint.facts.module import FACTS_VERSION

__all__ = ["FACTS_VERSION"]
