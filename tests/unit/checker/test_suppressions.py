"""Suppressions: every form, in every place, and what is said of the useless ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormlint.checker.engine import check_project
from ormlint.checker.noqa import with_noqa
from ormlint.checker.registry import load_rules
from ormlint.checker.selection import RuleTable
from ormlint.checker.suppressions import apply_suppressions
from ormlint.diagnostics import Severity
from ormlint.facts.module import Comment
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
        "# noqa: unknown-constructor-keyword",
        "# noqa: E501, Unknown-Constructor-Keyword because",
        "# noqa: ORM201-because",
        "# noqa: ORM201: because",
        "# noqa: ORM201 known-good, as agreed",
        "# ormlint: ignore",
        "# ormlint: ignore[ORM201]",
        "# ormlint: ignore[unknown-constructor-keyword] because",
        "# ormlint: ignore[ORM202, unknown-constructor-keyword]  # noqa: ORM201",
    ],
)
def test_on_the_line(comment: str) -> None:
    assert (1, "ORM201") not in found(f"Job(a=1)  {comment}\n")


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: ORM202",
        "# noqa: E501",
        "# ormlint: ignore[ORM202]",
        "# type: ignore",
        "# no qa",
        "# noqable",
        "# ormlint: ignored",
    ],
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


def test_words_that_are_meant_for_ormlint() -> None:
    assert found("x = 1  # noqa: unknown-constructor-keywords\n") == [(1, "ORM004")]
    assert found("x = 1  # noqa: unknown-constructor-keyword\n") == [(1, "ORM003")]
    assert found("x = 1  # noqa: ORM201because\n") == [(1, "ORM004")]
    assert found("x = 1  # noqa: some-other-tool, because well-known\n") == []


def test_a_bare_comment_for_the_file_silences_what_is_said_of_comments() -> None:
    assert found("# ormlint: noqa\nx = 1  # noqa: ORM201\ny = 2  # noqa: ORM999\n") == []
    assert found("# ormlint: file-ignore\nx = 1  # noqa: ORM201\n") == []
    assert found("x = 1  # noqa: ORM201, ORM003\n") == [(1, "ORM003")], "on the row it would silence itself"


def test_the_configured_severity_of_what_is_said_of_comments() -> None:
    source = decode_source(b"x = 1  # noqa: ORM201\n")
    comment = Comment(7, 21, "# noqa: ORM201", False)
    rules = load_rules()
    table = RuleTable(Settings(severity=(("ORM003", "info"),)), rules)
    (item,) = apply_suppressions("a.py", source, [comment], [], rules, rules, table.severity)
    assert (item.code, item.severity) == ("ORM003", Severity.INFO)
    (item,) = apply_suppressions("a.py", source, [comment], [], rules, rules)
    assert item.severity is Severity.WARNING


def test_adding_leaves_strings_and_its_own_findings_alone() -> None:
    source = decode_source((HEAD + "Job(a='# noqa')\nJob(b='é日')  # why # noqa: E501 it is long\n").encode())
    text, count = with_noqa(source, check_project({"a.py": source}, Settings()).diagnostics)
    assert text == HEAD + ("Job(a='# noqa')  # noqa: ORM201\nJob(b='é日')  # why # noqa: E501, ORM201 it is long\n")
    assert count == 2
    assert with_noqa(decode_source(text.encode()), []) == (text, 0)


@given(
    st.lists(st.sampled_from(["ORM201", "orm201", "E501", "F401", "unknown-constructor-keyword"]), min_size=1),
    st.sampled_from([",", ", ", " ", " , "]),
    st.sampled_from(["", " because", " - because of E501", "; see #12"]),
)
def test_any_list_that_names_the_rule_silences_it(words: list[str], separator: str, reason: str) -> None:
    named = any(word.lower() in ("orm201", "unknown-constructor-keyword") for word in words)
    comment = f"# noqa: {separator.join(words)}{reason}"
    assert ((1, "ORM201") not in found(f"Job(a=1)  {comment}\n")) == named, comment


@pytest.mark.parametrize("comment", ["# noqa: ORM201", "# ormlint: ignore", "# type: ignore  # noqa"])
def test_a_string_before_it_may_hold_what_begins_a_comment(comment: str) -> None:
    for text in ("#fff", "a # noqa", "# ormlint: ignore[x]", "# type: ignore"):
        assert found(f"Job(a='{text}')  {comment}\n") == []


_MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class Video(Base):
    __tablename__ = "videos"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
"""
_REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_table("videos", sa.Column("id", sa.Integer, primary_key=True)){comment}
"""


def drift(comment: str, only: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    files = {"models.py": _MODELS, "m/versions/a1.py": _REVISION.format(comment=comment)}
    sources = {path: decode_source(text.encode()) for path, text in files.items()}
    settings = Settings(preview=True, select=("ORM902", "ORM903", "ORM003"))
    return [(item.path, item.code) for item in check_project(sources, settings, only=only).diagnostics]


def test_a_finding_of_drift_is_suppressed_at_the_migration_too() -> None:
    assert drift("") == [("models.py", "ORM902")]
    assert drift("  # noqa: ORM902") == []
    assert drift("  # ormlint: ignore[column-without-migration]") == []
    assert drift("  # noqa: ORM902", only=("models.py",)) == []
    assert drift("", only=("m/versions/a1.py",)) == []


def test_a_suppression_at_the_migration_that_silences_nothing_is_reported() -> None:
    assert drift("  # noqa: ORM903") == [("m/versions/a1.py", "ORM003"), ("models.py", "ORM902")]
