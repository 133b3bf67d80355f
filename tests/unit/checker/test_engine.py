"""The engine: one program, one order, and nothing lost when a part fails."""

from __future__ import annotations

import random

import pytest

from ormlint.checker.engine import check_project
from ormlint.checker.registry import load_rules
from ormlint.index.symbols import Module
from ormlint.linting import subjects
from ormlint.linting.rule import Rule
from ormlint.semantic.model import SemanticModel
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText, decode_source

MODELS = """\
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
"""


def files(**texts: str) -> dict[str, SourceText | SourceError]:
    return {f"{name}.py": decode_source(text.encode()) for name, text in texts.items()}


def codes(**texts: str) -> list[tuple[str, int, str]]:
    return [(item.path, item.start.row, item.code) for item in check_project(files(**texts), Settings()).diagnostics]


def test_across_files() -> None:
    assert codes(models=MODELS, service="from models import Video\nVideo(a=1)\n") == [("service.py", 2, "ORM201")]


def test_only_limits_what_is_shown_not_what_is_read() -> None:
    given = files(
        models=MODELS, one="from models import Video\nVideo(a=1)\n", two="from models import Video\nVideo(b=1)\n"
    )
    found = check_project(given, Settings(), only={"two.py"}).diagnostics
    assert [item.path for item in found] == ["two.py"]


def test_a_rule_that_fails_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = load_rules()["ORM203"]
    assert isinstance(rule, Rule)

    def broken(context: object, subject: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(rule, "hooks", {subjects.ConstructorCall: [broken]})
    found = check_project(
        files(models=MODELS, service="from models import Video\nVideo(a=1)\n"), Settings()
    ).diagnostics
    assert [(item.code, item.path) for item in found] == [("ORM002", "service.py"), ("ORM201", "service.py")]
    assert "phantom-attribute-read" in found[0].message and "ZeroDivisionError: oh" in found[0].message


def test_a_failure_of_the_interpreter_costs_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    interpret = SemanticModel.interpret

    def failing(self: SemanticModel, module: Module) -> None:
        if module.path == "bad.py":
            raise ZeroDivisionError("oh")
        interpret(self, module)

    monkeypatch.setattr(SemanticModel, "interpret", failing)
    monkeypatch.delenv("ORMLINT_TRACEBACK", raising=False)
    found = codes(models=MODELS, service="from models import Video\nVideo(a=1)\n", bad="x = 1\n")
    assert found == [("bad.py", 1, "ORM002"), ("service.py", 2, "ORM201")]


def test_the_order_of_files_changes_nothing() -> None:
    texts = {
        "models": MODELS,
        "a": "from b import make\nmake().x\n",
        "b": "from models import Video\nfrom c import other\ndef make():\n    return Video(q=1)\n",
        "c": "from b import make\ndef other():\n    v = make()\n    v.y\n    return v\n",
        "d": "from c import other\nother().z\n",
    }
    expected = codes(**texts)
    assert len(expected) == 4
    shuffler = random.Random(7)
    for _ in range(10):
        names = list(texts)
        shuffler.shuffle(names)
        assert codes(**{name: texts[name] for name in names}) == expected


def test_a_large_generated_module() -> None:
    body = "".join(
        f"def f{number}(a, b):\n    '''doc {number} \u00e9'''\n    return a + b * {number}\n\n"
        for number in range(12_500)
    )
    text = f"from models import Video\n{body}Video(a=1)\n"
    found = check_project(files(models=MODELS, big=text), Settings()).diagnostics
    assert [(item.code, item.start.row, item.start.column) for item in found] == [("ORM201", 50_002, 7)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_columns(end: str) -> None:
    text = end.join(["# \u65e5\u672c \U0001f60b", "from models import Video", "x = '\U0001f60b'; Video(a=1)", ""])
    found = check_project(files(models=MODELS, service=text), Settings()).diagnostics
    assert [(item.start.row, item.start.column) for item in found] == [(3, 16)]


def test_form_feeds_and_tabs() -> None:
    text = "from models import Video\n\x0c\ndef f():\n\tif 1:\n\t\tVideo(a=1)\n"
    found = check_project(files(models=MODELS, service=text), Settings()).diagnostics
    assert [(item.start.row, item.start.column) for item in found] == [(5, 9)]


def test_nested_source_ends() -> None:
    for text in ("(" * 10_000 + ")" * 10_000, "[" * 10_000, "a." * 10_000 + "b", "a + " * 10_000 + "a", "if a:\n" * 3):
        check_project(files(models=MODELS, service=f"{text}\n"), Settings())
    deep = "".join(" " * depth + "if a:\n" for depth in range(300))
    check_project(files(service=deep + " " * 300 + "pass\n"), Settings())


def test_the_configured_severity_is_that_of_the_findings() -> None:
    """By code, by prefix and by name; the nearest wins, and others keep the rule's own."""
    given = files(
        models=MODELS + "    tags = Column(Integer, default=[])\n", service="from models import Video\nVideo(a=1)\n"
    )

    def severities(*configured: tuple[str, str]) -> dict[str, str]:
        found = check_project(given, Settings(severity=configured)).diagnostics
        return {item.code: item.severity.value for item in found}

    assert severities() == {"ORM201": "error", "ORM401": "error"}
    assert severities(("ORM201", "info")) == {"ORM201": "info", "ORM401": "error"}
    assert severities(("ORM4", "warning")) == {"ORM201": "error", "ORM401": "warning"}
    assert severities(("unknown-constructor-keyword", "warning"))["ORM201"] == "warning"
    assert severities(("ORM", "info"), ("ORM401", "warning")) == {"ORM201": "info", "ORM401": "warning"}
