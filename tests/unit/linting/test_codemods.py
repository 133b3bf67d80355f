"""Steps of fixes to text: layout, comments and commas survive."""

from __future__ import annotations

import pytest

from ormlint.diagnostics import Applicability, Edit, Fix
from ormlint.diagnostics.steps import (
    AddArgument,
    AddImport,
    RemoveItem,
    RemoveStatement,
    ReplaceExpression,
    ReplaceText,
    Step,
)
from ormlint.linting.codemods import Rewriter, UnwritableError
from ormlint.text import Range


def place(text: str, part: str) -> Range:
    data = text.encode()
    assert data.count(part.encode()) == 1, part
    start = data.index(part.encode())
    return Range(start, start + len(part.encode()))


def applied(text: str, *steps: Step) -> str:
    data = text.encode()
    for edit in reversed(Rewriter(data).edits(Fix("", Applicability.SAFE, steps))):
        data = data[: edit.range.start] + edit.content.encode() + data[edit.range.end :]
    return data.decode()


@pytest.mark.parametrize(
    ("text", "part", "code", "expected"),
    [
        ("x = f([])\n", "[]", "list", "x = f(list)\n"),
        ("x = not a == b\n", "a == b", "a & b", "x = not (a & b)\n"),
        ("x = (a and b)\n", "a and b", "a | b", "x = (a | b)\n"),
        ("x = a.b\n", "a", "b + c", "x = (b + c).b\n"),
        ("x = [a, b]\n", "a, b", "z", None),
        ("é = f(  # ü\n    a,\n    'x',\n)\n", "'x'", "S.X", "é = f(  # ü\n    a,\n    S.X,\n)\n"),
        ("class A:\n\tx = f(1)  # one\r\n\ty = 2\r\n", "1", "g", "class A:\n\tx = f(g)  # one\r\n\ty = 2\r\n"),
    ],
)
def test_replace(text: str, part: str, code: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(UnwritableError):
            applied(text, ReplaceExpression(place(text, part), code))
        return
    assert applied(text, ReplaceExpression(place(text, part), code)) == expected


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("f(a=1, b=2)\n", "a=1", "f(b=2)\n"),
        ("f(a=1, b=2)\n", "b=2", "f(a=1)\n"),
        ("f(a=1)\n", "a=1", "f()\n"),
        ("f(\n    a=1,\n)\n", "a=1", "f()\n"),
        ("f(\n    a=1,  # one\n    b=2,  # two\n)\n", "b=2", "f(\n    a=1,  # one\n)\n"),
        ("f(\n    a=1,  # one\n    b=2  # two\n)\n", "b=2", "f(\n    a=1  # one\n)\n"),
        ("f(\n    a=1,  # one\n    b=2,\n    c=3,\n)\n", "b=2", "f(\n    a=1,  # one\n    c=3,\n)\n"),
        ("x = {'a': 1, 'b': 2}\n", "'b': 2", "x = {'a': 1}\n"),
        ("x = {\n    'a': 1,  # one\n    'b': 2\n}\n", "'b': 2", "x = {\n    'a': 1  # one\n}\n"),
        ("x = [\n    1,\n    2,\n]\n", "2", "x = [\n    1,\n]\n"),
        ("x = [1]\n", "1", "x = []\n"),
    ],
)
def test_remove_item(text: str, part: str, expected: str) -> None:
    assert applied(text, RemoveItem(place(text, part))) == expected


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("class A:\n    x = 1\n", "x = 1", "class A:\n    pass\n"),
        ("class A:\n    # why\n    x = 1  # one\n", "x = 1", "class A:\n    # why\n    # one\n    pass\n"),
        ("class A:\n    x = 1  # noqa: X1\n", "x = 1", "class A:\n    pass\n"),
        ('class A:\n    """Doc."""\n\n    x = 1\n    y = 2\n', "x = 1", 'class A:\n    """Doc."""\n\n    y = 2\n'),
        ('class A:\n    """Doc."""\n\n    x = 1\n', "x = 1", 'class A:\n    """Doc."""\n'),
        (
            "class A:\n    y = 2\n\n    x = 1\n\n    def f(self): ...\n",
            "x = 1",
            "class A:\n    y = 2\n\n    def f(self): ...\n",
        ),
        ("class A:\n    y = 2\n    # why\n    x = 1\n", "x = 1", "class A:\n    y = 2\n    # why\n"),
        ("if a: x = 1\n", "x = 1", "if a: pass\n"),
        ("if a: x = 1; y = 2\n", "y = 2", "if a: x = 1\n"),
        ("def f():\n\tx = 1; y = 2\n", "x = 1", "def f():\n\ty = 2\n"),
        ("a = 1\nb = 2\nc = 3\n", "b = 2", "a = 1\nc = 3\n"),
        ("a = 1\n# why\nb = 2\n", "b = 2", "a = 1\n# why\n"),
        ("a = 1; b = 2\n", "b = 2", "a = 1\n"),
        ("a = 1\nb = 2", "b = 2", "a = 1\n"),
        ("class A:\r\n    x = 1\r\n", "x = 1", "class A:\r\n    pass\r\n"),
    ],
)
def test_remove_statement(text: str, part: str, expected: str) -> None:
    assert applied(text, RemoveStatement(place(text, part))) == expected


@pytest.mark.parametrize(
    ("text", "call", "expected"),
    [
        ("x = f()\n", "f()", "x = f(z=1)\n"),
        ("x = f(a)\n", "f(a)", "x = f(a, z=1)\n"),
        (
            "x = f(\n    a,\n    b=2,  # two\n)\n",
            "f(\n    a,\n    b=2,  # two\n)",
            "x = f(\n    a,\n    b=2,  # two\n    z=1,\n)\n",
        ),
        (
            "x = f(\n    a,\n    b=2  # two\n)\n",
            "f(\n    a,\n    b=2  # two\n)",
            "x = f(\n    a,\n    b=2,  # two\n    z=1\n)\n",
        ),
        ("x = f(\n    a\n)\n", "f(\n    a\n)", "x = f(\n    a,\n    z=1\n)\n"),
    ],
)
def test_add_argument(text: str, call: str, expected: str) -> None:
    assert applied(text, AddArgument(place(text, call), "z=1")) == expected


@pytest.mark.parametrize(
    ("text", "module", "name", "expected"),
    [
        ("x = 1\n", "a.b", "C", "from a.b import C\n\n\nx = 1\n"),
        ('"""Doc."""\nx = 1\n', "a", "C", '"""Doc."""\n\nfrom a import C\n\nx = 1\n'),
        ('"""Doc."""\n', "a", "C", '"""Doc."""\n\nfrom a import C\n'),
        ("#!/bin/sh\n# head\n\nx = 1\n", "a", "C", "#!/bin/sh\n# head\n\nfrom a import C\n\n\nx = 1\n"),
        (
            "from __future__ import annotations\n\nx = 1\n",
            "a",
            "C",
            "from __future__ import annotations\n\nfrom a import C\n\nx = 1\n",
        ),
        (
            "import os\n\nfrom a.b import D\n\nx = 1\n",
            "a.a",
            "C",
            "import os\n\nfrom a.a import C\nfrom a.b import D\n\nx = 1\n",
        ),
        (
            "import os\nfrom a.b import D\nx = 1\n",
            "a.c",
            "C",
            "import os\nfrom a.b import D\nfrom a.c import C\nx = 1\n",
        ),
        ("from a import B, D\nx = 1\n", "a", "C", "from a import B, C, D\nx = 1\n"),
        ("from a import B\nx = 1\n", "a", "C", "from a import B, C\nx = 1\n"),
        ("from a import C\nx = 1\n", "a", "C", "from a import C\nx = 1\n"),
        (
            "from a import (\n    B,\n    D,\n)\nx = 1\n",
            "a",
            "E",
            "from a import (\n    B,\n    D,\n    E,\n)\nx = 1\n",
        ),
        (
            "from a import (\n    B,  # b\n    D,  # d\n)\nx = 1\n",
            "a",
            "C",
            "from a import (\n    B,  # b\n    C,\n    D,  # d\n)\nx = 1\n",
        ),
        ("from a import (\n    B,  # b\n    D  # d\n)\nx = 1\n", "a", "E", None),
        ("from .m import B\r\nx = 1\r\n", ".m", "C", "from .m import B, C\r\nx = 1\r\n"),
        (
            "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from a import C\n\nx = 1\n",
            "a",
            "C",
            "import os\nfrom typing import TYPE_CHECKING\nfrom a import C\n\nif TYPE_CHECKING:\n    from a import C\n\nx = 1\n",
        ),
        (
            "from a import " + ", ".join(f"name_{n}" for n in range(12)) + "\nx = 1\n",
            "a",
            "zed",
            "from a import " + ", ".join(f"name_{n}" for n in range(12)) + "\nfrom a import zed\nx = 1\n",
        ),
    ],
)
def test_add_import(text: str, module: str, name: str, expected: str | None) -> None:
    found = applied(text, AddImport(module, name, len(text.encode())))
    compile(found, "found.py", "exec")
    if expected is not None:
        assert found == expected
    assert applied(found, AddImport(module, name, len(found.encode()))) == found


def test_an_import_stands_above_its_use() -> None:
    text = "import os\nx = 1\nfrom a import B\n"
    assert applied(text, AddImport("a", "C", 12)) == "import os\nfrom a import C\nx = 1\nfrom a import B\n"


def test_text_and_several_steps() -> None:
    text = "from a import B\nf(x=1, y='z')\n"
    steps = (ReplaceText(place(text, "x"), "w"), ReplaceExpression(place(text, "'z'"), "C.Z"), AddImport("a", "C", 20))
    assert applied(text, *steps) == "from a import B, C\nf(w=1, y=C.Z)\n"


def test_edits_are_small() -> None:
    text = "def f():\n    g(a=1, b=2)\n"
    edits = Rewriter(text.encode()).edits(Fix("", Applicability.SAFE, (RemoveItem(place(text, "b=2")),)))
    assert edits == (Edit(Range(18, 23), ""),)


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(UnwritableError, match="line 1"):
        Rewriter(b"def (\n")
    with pytest.raises(UnwritableError, match="no statement"):
        Rewriter(b"x = 1\n").edits(Fix("", Applicability.SAFE, (RemoveItem(Range(50, 51)),)))
