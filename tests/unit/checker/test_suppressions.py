"""Suppressions: every form, in every place, and what is said of the useless ones."""

from __future__ import annotations

import pytest

from ormlint.checker.engine import check_project
from ormlint.cli.noqa import with_noqa
from ormlint.settings import Settings
from ormlint.text import decode_source

HEAD = """\
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Job(Base):
    __tablename__ = "job"
    id = Column(Integer, primary_key=True)


"""


def found(text: str, settings: Settings | None = None) -> list[tuple[int, str]]:
    diagnostics = check_project({"a.py": decode_source((HEAD + text).encode())}, settings or Settings()).diagnostics
    return [(item.start.row - HEAD.count("\n"), item.code) for item in diagnostics]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA: ORM201",
        "# noqa:ORM201",
        "# noqa: orm201",
        "# noqa: E501,ORM201",
        "# noqa: E501 ORM201 because",
        "# note # noqa: ORM201",
        "# ormlint: ignore",
        "# ormlint: ignore[ORM201]",
        "# ormlint: ignore[unknown-constructor-keyword] because",
        "# ormlint: ignore[ORM202, unknown-constructor-keyword]  # noqa: ORM201",
    ],
)
def test_on_the_line(comment: str) -> None:
    assert (1, "ORM201") not in found(f"Job(a=1)  {comment}\n")


@pytest.mark.parametrize(
    "comment", ["# noqa: ORM202", "# noqa: E501", "# ormlint: ignore[ORM202]", "# type: ignore", "# no qa"]
)
def test_others_do_not_silence(comment: str) -> None:
    assert (1, "ORM201") in found(f"Job(a=1)  {comment}\n")


def test_on_the_line_above() -> None:
    assert found("# ormlint: ignore[ORM201]\n\n# more\nJob(a=1)\nJob(b=1)\n") == [(5, "ORM201")]


def test_for_the_file() -> None:
    for comment in (
        "# ormlint: file-ignore[ORM201]",
        "# ormlint: noqa: ORM201",
        "# ormlint: noqa",
        "# ormlint: file-ignore",
    ):
        assert found(f"Job(a=1)\n\n\nJob(b=1)\n{comment}\n") == []
    assert found("# flake8: noqa\nJob(a=1)\n") == [(2, "ORM201")]


def test_where_a_finding_spans_rows() -> None:
    text = "Job(\n    **{\n        'a': 1,\n    }\n)\n"
    assert found(text) == [(3, "ORM201")]
    assert found(text.replace("'a': 1,", "'a': 1,  # noqa: ORM201")) == []


def test_useless_ones_are_reported() -> None:
    assert found("x = 1  # noqa: ORM201\n") == [(1, "ORM003")]
    assert found("x = 1  # noqa: ORM201\n", Settings(ignore=("ORM201",))) == []
    assert found("x = 1  # ormlint: ignore[nothing]\n") == [(1, "ORM004")]
    assert found("# ormlint: file-ignore[ORM003]\nx = 1  # noqa: ORM201\n") == []
    assert found("x = '# noqa: ORM201'\n") == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_adding(end: str) -> None:
    body = ["Job(a=1)", "Job(b=1)  # noqa: E501", "Job(c=1)  # why", "Job(d='''", "''')", "Job(", "    e=1,", ")", ""]
    source = decode_source((HEAD.replace("\n", end) + end.join(body)).encode())
    text, count = with_noqa(source, check_project({"a.py": source}, Settings()).diagnostics)
    lines = text.split(end)[HEAD.count("\n") :]
    assert lines[0] == "Job(a=1)  # noqa: ORM201"
    assert lines[1] == "Job(b=1)  # noqa: E501, ORM201"
    assert lines[2] == "Job(c=1)  # why  # noqa: ORM201"
    assert lines[6] == "    e=1,  # noqa: ORM201"
    assert count == 4, "the row that ends in a string takes no comment"
    again = decode_source(text.encode())
    assert [item.start.row for item in check_project({"a.py": again}, Settings()).diagnostics] == [HEAD.count("\n") + 4]
