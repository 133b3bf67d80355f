"""Our MRO is Python's own, for any hierarchy Python accepts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.index.symbols import ClassSymbol
from ormlint.text import decode_source


@given(st.lists(st.lists(st.integers(0, 9), max_size=4, unique=True), min_size=1, max_size=10))
def test_mro(parents: list[list[int]]) -> None:
    classes: list[type] = []
    lines: list[str] = []
    for number, chosen in enumerate(parents):
        bases = [classes[index] for index in chosen if index < len(classes)]
        try:
            made = type(f"C{number}", tuple(bases), {})
        except TypeError:  # no consistent order: Python refuses the class
            bases = []
            made = type(f"C{number}", (), {})
        classes.append(made)
        lines.append(f"class C{number}({', '.join(base.__name__ for base in bases)}): pass")
    index = analyse({"a.py": decode_source("\n".join(lines).encode())}, Statistics(), interpret=False).index
    for symbol, real in zip(index.modules["a.py"].classes, classes, strict=True):
        ours = [base.name for base in index.bases.mro(symbol) if isinstance(base, ClassSymbol)]
        assert ours == [base.__name__ for base in real.__mro__[:-1]]
