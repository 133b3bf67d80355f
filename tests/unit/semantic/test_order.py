"""The answer is the same in whatever order the modules of a project are interpreted, and nothing hangs."""

from __future__ import annotations

import dataclasses
import itertools
import random

import pytest
from documents import Section, all_sections, semantic_model

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.facts.expressions import Node
from ormlint.semantic.model import SemanticModel
from ormlint.semantic.printing import show
from ormlint.semantic.solver import Kind, Solver
from ormlint.text import decode_source


def dump(model: SemanticModel) -> list[str]:
    """Return every event and every returned type as one line of text each."""
    lines: list[str] = []
    model.write_follows(next(model.all_records()), 0)
    for record in model.all_records():
        where = f"{record.module.path}:{record.symbol.facts.qualname if record.symbol else ''}"
        lines.append(f"{where} returns {show(record.returned)} writes {sorted(record.write_calls)}")
        lines.extend(f"{where} self.{name}: {show(kind)}" for name, kind in sorted(record.self_types.items()))
        for event in record.events:
            parts = []
            for field in dataclasses.fields(event):  # type: ignore[arg-type]
                value = getattr(event, field.name)
                if isinstance(value, Node):
                    parts.append(f"{field.name}={value.start}-{value.end}")
                elif field.name == "type":
                    parts.append(f"type={show(value)}")
                elif field.name != "record":
                    parts.append(f"{field.name}={len(value) if isinstance(value, tuple) else value}")
            lines.append(f"{where} {type(event).__name__} {' '.join(parts)}")
    return lines


MODELS = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column(String)

class Channel(Base):
    __tablename__ = "channel"
    id = Column(Integer, primary_key=True)
"""
CIRCLE = {
    "models.py": MODELS,
    "a.py": """
from models import Video, Channel
import b, c

VALUE = b.VALUE

def first(n):
    if n > 3:
        return Video()
    return b.second(n)

def inner(session):
    def again(n):
        return first(n) if n else again(n - 1)
    video = again(2)
    reveal_type(video)
    video.phantom = 1
    return again

class Left:
    def __init__(self):
        self.right = b.Right(self)
        self.item = first(1)

    def use(self):
        reveal_type(self.right.left)
        reveal_type(self.item)
        self.item.nothing = 2
        return self.right.use()
""",
    "b.py": """
from models import Video, Channel
import a, c

VALUE = c.VALUE

def second(n):
    if n == 1:
        return None
    return c.third(n) or a.first(n)

class Right:
    def __init__(self, left: "a.Left"):
        self.left = left
        self.found = second(2)

    def use(self):
        reveal_type(self.found)
        return self.left.item or self.left.use()
""",
    "c.py": """
from models import Video, Channel
import a, b

VALUE = a.VALUE

def third(n):
    if n == 2:
        return Channel()
    for item in [a.first(n), b.second(n), third(n)]:
        if item is not None:
            reveal_type(item)
            item.unknown_thing = 1
            return item
    return a.inner(None)(3)

reveal_type(VALUE)
reveal_type(third(1))
""",
}


@pytest.mark.parametrize("order", list(itertools.permutations(CIRCLE)), ids=lambda order: "".join(p[0] for p in order))
def test_circle_in_every_order(order: tuple[str, ...]) -> None:
    reference = dump(semantic_model(CIRCLE, sorted(CIRCLE)))
    assert dump(semantic_model(CIRCLE, list(order))) == reference


@pytest.mark.parametrize("section", all_sections(), ids=str)
def test_documents_in_other_orders(section: Section) -> None:
    reference = dump(semantic_model(section.files))
    for order in itertools.islice(itertools.permutations(section.files), 6):
        assert dump(semantic_model(section.files, list(order))) == reference


@pytest.mark.parametrize("seed", range(25))
def test_random_call_graphs(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"m{module}.f{number}" for module in range(4) for number in range(5)]
    files = {"models.py": MODELS}
    for module in range(4):
        lines = ["import m0, m1, m2, m3", "from models import Video, Channel"]
        for number in range(5):
            lines.append(f"def f{number}(n):")
            for _ in range(chance.randrange(1, 4)):
                called = chance.choice(names)
                shapes = ["Video()", "None", "[Channel()]", *[f"{called}(n)"] * 5]
                shapes += [f"{called}(n) or None", f"[item for item in [{called}(n)]][0]"]
                value = chance.choice(shapes)
                lines.append(f"    if n: return {value}")
            lines.append(f"    x = {chance.choice(names)}(n)\n    x.phantom = 1\n    return x")
        files[f"m{module}.py"] = "\n".join(lines) + "\n"
    reference = dump(semantic_model(files))
    for _ in range(4):
        order = list(files)
        chance.shuffle(order)
        assert dump(semantic_model(files, order)) == reference


def test_long_chains_are_followed_to_their_end() -> None:
    calls = [f"def f{n}(s):\n    return f{n + 1}(s)\n" for n in range(200)]
    chain = "from models import Video\n" + "".join(calls) + "def f200(s):\n    return Video()\nreveal_type(f0(1))\n"
    for files in ({"models.py": MODELS, "chain.py": chain},):
        model = semantic_model(files)
        assert [event.text for event in model.module_records["chain.py"].events] == ["Video"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 300 + "1" + ")" * 300,
        "x = " + "f(" * 300 + "1" + ")" * 300,
        "x = a" + ".b" * 2000,
        "x = " + " + ".join(["a"] * 3000),
        "def f(a):\n" + "".join("    " * (n + 1) + f"if a == {n}:\n" for n in range(90)) + "    " * 91 + "return a",
        "def f(a):\n" + "    a = f(a) or g(a)\n" * 2000 + "    return a\ndef g(a):\n    return f(a)",
        "def f(a):\n" + "    a = [a]\n" * 200 + "    return a",
        "def f(a):\n    while a:\n        a = [a, f(a)]\n    return a",
        "class A(A):\n    def f(self):\n        return self.f()\n    x = A().f()",
        "class A(B): pass\nclass B(A):\n    def f(self):\n        self.g = self.f()\nA().f().g.h()",
        "".join(f"def f{n}(a):\n    return f{(n * 7 + 1) % 60}(a) or f{(n * 3 + 2) % 60}(a)\n" for n in range(60)),
        "a = b\nb = c\nc = a\nprint(a.x)",
        "f = lambda: f()\nf()()",
        "def f():\n    def f():\n        def f():\n            return f()\n        return f()\n    return f()",
    ],
    ids=range(14),
)
def test_nothing_hangs(text: str) -> None:
    semantic_model({"models.py": MODELS, "snippet.py": text + "\n"})


def test_an_annotated_self_is_no_argument() -> None:
    text = (
        "from typing import TypeVar\n\nT = TypeVar('T')\n\n\nclass A:\n    def copy(self: T) -> T: ...\n\n\n"
        "def f():\n    return A().copy()\n"
    )
    analyse({"a.py": decode_source(text.encode())}, Statistics())


def test_a_failure_leaves_the_solver_usable() -> None:
    solver = Solver()
    kind = Kind(lambda: 0, lambda value: value, lambda before, after: after)

    def fail() -> object:
        solver.ask(("inner",), lambda: 1 / 0, kind)
        return None

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            solver.ask(("outer",), fail, kind)
    assert solver.ask(("other",), lambda: 7, kind) == 7


def test_what_is_given_up_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ormlint.semantic.screen.MAX_BODY_BYTES", 200)
    long = (
        "from models import Video\n\ndef f():\n"
        + "    x = 1\n" * 40
        + "    return Video()\n\ndef g():\n    return f()\n"
    )
    statistics = Statistics()
    files = {"models.py": decode_source(MODELS.encode()), "long.py": decode_source(long.encode())}
    analysis = analyse(files, statistics)
    assert statistics.given_up == {"a body too large to follow": 1}
    caller = analysis.index.modules["long.py"].functions[1]
    assert show(analysis.model.record(caller).returned) == "Unknown(a body too large to follow)"


def test_a_body_that_is_given_up_may_call_what_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from models import Video\n\ndef f(video):\n    return video\n\ndef g():\n    return f(Video())\n"
    long = "from a import f\n\ndef h():\n" + "    x = 1\n" * 40 + "    f(x)\n"
    for size, wanted in ((200, "Unknown(parameter `video` has no annotation)"), (400_000, "Video | int")):
        monkeypatch.setattr("ormlint.semantic.screen.MAX_BODY_BYTES", size)
        model = semantic_model({"models.py": MODELS, "a.py": text, "long.py": long})
        assert show(model.record(model.index.modules["a.py"].functions[0]).returned) == wanted
