"""Source text to facts: the only place that sees a syntax node to read it."""

from ormlint.syntax.lowering import lower_module

__all__ = ["lower_module"]
