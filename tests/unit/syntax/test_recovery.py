"""Reading goes on after a syntax error: only its region is lost."""

from __future__ import annotations

import pytest

from ormlint.facts.module import ModuleFacts
from ormlint.syntax import lower_module
from ormlint.text import decode_source


def lower(text: str) -> ModuleFacts:
    return lower_module(decode_source(text.encode()))


AFTER = "\n\nclass After(Base):\n    x = 1\n\n    def m(self):\n        return self.x\n"


@pytest.mark.parametrize(
    "broken",
    [
        "class A(Base):\n    x = Column(",
        "def f(:\n    pass",
        "x = (1,",
        "x = [1, 2",
        "x = {",
        "if True\n    x = 1",
        "def f():\n    job.",
        "for x in\n    pass",
        "x = 'not closed",
        "print 'hello'",
        "class A(\n    pass",
        "import",
        "from x import (a,",
        "def f(a, b",
        "x = = 1",
        "return return",
        "lambda: (",
    ],
)
def test_what_follows_is_read(broken: str) -> None:
    facts = lower(broken + AFTER)
    assert facts.interface.problems, "no problem was reported"
    assert "After" in {item.name for item in facts.interface.classes}
    assert "After.m" in {item.qualname for item in facts.interface.functions}


def test_what_stands_before_is_read() -> None:
    facts = lower("class Before(Base):\n    y = 1\n    z = Column(\n" + AFTER)
    assert {"Before", "After"} <= {item.name for item in facts.interface.classes}


def test_an_error_in_a_method_keeps_the_class() -> None:
    facts = lower("class A:\n    def f(self):\n        x = [1,\n    def g(self):\n        pass\n" + AFTER)
    assert {"A", "After"} <= {item.name for item in facts.interface.classes}


def test_problems_are_in_order_and_few() -> None:
    facts = lower("x = = 1\n" * 100)
    starts = [problem.start for problem in facts.interface.problems]
    assert starts == sorted(starts) and 0 < len(starts) <= 100


@pytest.mark.parametrize("text", ["", "\n\n", "# comment", "\ufeff", "\x0c\n", "\r\n\r\n", "\\\n", "\t\n"])
def test_nothing_is_no_problem(text: str) -> None:
    assert not lower(text).interface.classes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    text = end.join(["class A(Base):", "    x = 1", "", "class B(A):", "\ty = 2", ""])
    facts = lower(text)
    assert [item.name for item in facts.interface.classes] == ["A", "B"]
    assert not facts.interface.problems


def test_a_file_of_python_2_is_told_of_once() -> None:
    facts = lower("print 'a'\n\n\ndef f():\n    print 'b'\n    return 1\n\n\nexec 'x'\n")
    (problem,) = facts.interface.problems
    assert problem.start == 0 and problem.message == "a statement of Python 2, the first of 3 here"
