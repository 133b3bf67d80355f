"""The harness itself: a wrong expectation fails, and says where."""

from __future__ import annotations

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
    return found


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
