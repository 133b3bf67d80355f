"""What the signs of operators in expressions do, for those who work expressions out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _bounded_power(left: Any, right: Any) -> Any:
    if abs(left) < 2**32 and 0 <= right <= 64:
        return left**right
    raise OverflowError("larger than any source means it")


ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": _bounded_power,
    "|": operator.or_,
}
