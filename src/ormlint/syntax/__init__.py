"""Source text to facts: the only place that sees a syntax node to read it."""

from ormlint.syntax.lowering import lower_module, lower_parsed, parse_module

__all__ = ["lower_module", "lower_parsed", "parse_module"]
