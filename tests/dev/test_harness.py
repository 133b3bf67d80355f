"""The harness itself: a wrong expectation fails, and says where."""

from __future__ import annotations

import pytest

from ormlint.testing.markdown import parse_document
from ormlint.testing.mdtest import check_section, run_block, section_settings

MODEL = """\
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Job(Base):
    __tablename__ = "job"
    id = Column(Integer, primary_key=True)


"""


def problems(document: str) -> list[str]:
    found: list[str] = []
    for section in parse_document(document, "unknown-constructor-keyword").sections:
        if section.files:
            found += check_section(section, section_settings(section, ("ORM201",)))
        for block in section.runs:
            found += run_block(block, "test")
    return [*parse_document(document, "x").mistakes, *found]


def document(last: str, before: str = "") -> str:
    return f"# title\n\n{before}\n\n## Part\n\n```py\n{MODEL}{last}\n```\n"


def test_an_expectation_that_is_met() -> None:
    assert problems(document('Job(a=1)  # error: 5 [unknown-constructor-keyword] "no attribute `a`"')) == []
    assert problems(document("Job(a=1, b=2)  # error: 5  # error: 10")) == []
    assert problems(document("Job(id=1)")) == []


def test_expectations_that_are_not_met() -> None:
    for last in ("Job(id=1)  # error", 'Job(a=1)  # error: "other"', "Job(a=1)  # error: 6", "Job(a=1)"):
        found = problems(document(last))
        assert found, last
    assert "line 19" in problems(document("Job(id=1)  # error"))[0]


def test_settings_reach_the_sections_below() -> None:
    assert problems(document("Job(a=1)", '```toml\nignore = ["ORM201"]\n```')) == []


def test_several_files() -> None:
    text = f"# t\n\n`a/models.py`:\n\n```py\n{MODEL}```\n\n`a/use.py`:\n\n```py\nfrom a.models import Job\n\nJob(x=1)  # error\n```\n"
    assert problems(text) == []


def test_known_missed_alarms() -> None:
    mark = "<!-- known missed alarm -->\n\n"
    missed = document("Job(id=1)  # error").replace("```py", mark + "```py")
    assert problems(missed) == []
    found = document("Job(a=1)  # error").replace("```py", mark + "```py")
    assert "remove the mark" in problems(found)[0]


def test_run_blocks() -> None:
    def run(code: str) -> list[str]:
        return problems(f"# t\n\n```py run\n{code}\n```\n")

    assert run("assert 1 + 1 == 2") == []
    assert run("assert 1 + 1 == 3") == ["line 4: AssertionError: "]
    assert run("int('x')  # raises: ValueError: invalid literal") == []
    assert run("x = int('x')  # raises: ValueError") == []
    assert "nothing was raised" in run("int('1')  # raises: ValueError")[0]
    assert "raised ValueError" in run("int('x')  # raises: TypeError")[0]
    assert "expected ValueError: other" in run("int('x')  # raises: ValueError: other")[0]
    assert run("with open('/dev/null') as f:\n    f.nope  # raises: AttributeError") == []


def test_revealed_types() -> None:
    assert problems(document("reveal_type(Job())  # revealed: Job")) == []
    assert problems(document("reveal_type(Job())  # revealed: Jobs")) != []


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\nx += 1  # raises: TypeError",
        "d = {1: 1}\ndel d[1]  # raises: KeyError",
        "x: int = 1  # raises: TypeError",
        "int(\n    '1'\n)  # raises: ValueError",
        "int(  # raises: ValueError\n    'x1'[1:]\n)",
        "import os  # raises: ImportError",
        "def f():\n    int('x')  # raises: ValueError",
        "int('1')  # raise: ValueError",
    ],
)
def test_each_raises_mark_is_judged(code: str) -> None:
    assert problems(f"# t\n\n```py run\n{code}\n```\n")


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\nx += 'a'  # raises: TypeError",
        "assert 0, 'no'  # raises: AssertionError: no",
        "int(\n    'x'\n)  # raises: ValueError",
    ],
)
def test_any_statement_can_be_marked(code: str) -> None:
    assert problems(f"# t\n\n```py run\n{code}\n```\n") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python run\nassert 0\n```", "line 3: no test knows blocks of kind `python run`"),
        ("```py  run\nassert 0\n```", "no test knows"),
        ("```py\nx = 1\n", "line 3: this fence is not closed"),
        ("```py\nx = 1\n\n```py run\nassert 0\n```", "line 6: a fence within a block"),
        ("<!-- require: python>=3.11 -->", "line 3: `require` is no directive"),
        ("```py\nx = 1  # error 5\n```", "line 4: a mark that cannot be read"),
        ("```py\nx = 1  # errors\n```", "a mark that cannot be read"),
        ('```py\nx = 1  # error: 5 [x] "t" and more\n```', "a mark that cannot be read"),
    ],
)
def test_what_would_be_passed_over_is_named(text: str, message: str) -> None:
    assert any(message in mistake for mistake in parse_document(f"# t\n\n{text}\n", "x").mistakes)


def test_tildes_long_fences_and_indented_code() -> None:
    shown = "~~~md\n```py run\nassert 0\n```\n~~~\n\n````md\n```py run\nassert 0\n```\n````\n\n    # no heading\n    ```py run\n"
    assert problems(f"# t\n\n{shown}") == []
    assert problems("# t\n\n~~~py run\nassert 0\n~~~\n") == ["line 4: AssertionError: "]


def test_comments_that_only_begin_like_marks() -> None:
    assert problems(document("x = 1  # error handling is left to the caller")) == []


def test_a_block_that_cannot_be_read_is_no_clean_twin() -> None:
    assert "syntax-error" in problems(document("def (:\n    pass"))[0]
    assert "syntax-error" in problems(document("def (:\n    pass", '```toml\nselect = ["ORM201"]\n```'))[0]


def test_requirements_add_up_and_reach_the_sections_below() -> None:
    text = "# t\n\n## P\n\n<!-- requires: python>=4 -->\n<!-- requires: msgspec -->\n\n### C\n\n<!-- requires: sqlalchemy>=9 -->\n\n```py\nx = 1\n```\n\n## Q\n\n```py\nx = 1\n```\n"
    assert [section.requires for section in parse_document(text, "x").sections] == [
        ("python>=4", "msgspec", "sqlalchemy>=9"),
        (),
    ]
