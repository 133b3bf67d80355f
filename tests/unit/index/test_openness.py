"""A class is open for as little as can be: what is not known of one thing leaves the others known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.cli.main import main
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.text import decode_source

HEAD = """
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, deferred, mapped_column, relationship
from nowhere import Anything, anything, decorate, options

class Base(DeclarativeBase):
    pass

class Other(Base):
    __tablename__ = "other"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


def index_of(code: str) -> ProjectIndex:
    source = decode_source((HEAD + code).encode())
    return analyse({"models.py": source}, Statistics(), interpret=False).index


def model(index: ProjectIndex, name: str) -> MappedClass:
    (found,) = index.called(name)
    return found


def column(mapped: MappedClass, name: str) -> tuple[object, ...]:
    found = mapped.attributes[name].column
    assert found is not None
    return found.name, found.type, found.nullable, found.primary_key, found.foreign_keys, found.unread


WRITTEN = """
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column("n", String(9))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("other.id"))
    other: Mapped[Other] = relationship()
"""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (f"class A(Anything, Base):{WRITTEN}", "`nowhere.Anything`"),
        (f"@decorate\nclass A(Base):{WRITTEN}", "`decorate`"),
        (f"class A(Base, metaclass=Anything):{WRITTEN}", "a metaclass of its own"),
        (f"class A(Base):{WRITTEN}    locals()[anything] = 1\n", "changes its own names"),
        (f"class A(Base):{WRITTEN}    __mapper_args__ = {{'properties': anything}}\n", "`__mapper_args__`"),
        (f"class A(Base):{WRITTEN}\nsetattr(A, anything, 5)\n", "computed names"),
        (f"class A(Base):{WRITTEN}\nA.__mapper__.add_property(anything, deferred(A.id))\n", "computed names"),
    ],
)
def test_names_are_open_and_what_is_written_is_known(code: str, reason: str) -> None:
    index = index_of(code)
    mapped = model(index, "A")
    assert mapped.open_reason is not None and reason in mapped.open_reason
    assert mapped.has("anything_at_all") and not mapped.declares("anything_at_all")
    assert column(mapped, "id") == ("id", "sqlalchemy.Integer", False, True, (), False)
    assert column(mapped, "name") == ("n", "sqlalchemy.String", False, False, (), False)
    assert column(mapped, "other_id") == ("other_id", "sqlalchemy.Integer", True, False, ("other.id",), False)
    assert index.target(mapped.attributes["other"].relationship) is model(index, "Other")
    assert mapped.attributes["other"].relationship.uselist is False  # type: ignore[union-attr]
    assert model(index, "Other").open_reason is None


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        ("x = Column(anything)", {"type"}),
        ("x = Column(anything.create(String))", {"type"}),
        ("x = Column(String, nullable=anything)", {"nullable"}),
        ("x = Column(String, **options)", {"unread"}),
        ("x: Mapped[Anything] = mapped_column()", {"type"}),
        ("x = Column(String, ForeignKey(anything))", {"foreign_keys"}),
        ("x: Mapped[int] = mapped_column(default=anything)", set()),
    ],
)
def test_what_one_column_hides_is_its_own(line: str, unknown: set[str]) -> None:
    index = index_of(f"class A(Base):{WRITTEN}    {line}\n")
    mapped = model(index, "A")
    assert mapped.open_reason is None and mapped.constructor.open_reason is None
    found = mapped.attributes["x"].column
    assert found is not None and found.name == "x"
    hidden = {
        "type": found.type is None or found.type.startswith("nowhere."),
        "nullable": found.nullable is None,
        "unread": found.unread,
        "foreign_keys": any("?" in key or key.startswith("=") for key in found.foreign_keys),
    }
    assert {name for name, is_hidden in hidden.items() if is_hidden} == unknown
    assert column(mapped, "name") == ("n", "sqlalchemy.String", False, False, (), False)
    assert not mapped.has("anything_at_all")


@pytest.mark.parametrize(
    "line",
    [
        "__table_args__ = anything",
        "__table_args__ = (UniqueConstraint(*anything), CheckConstraint(anything), {**options})",
        "__mapper_args__ = anything(version_id_col=id)",
        "__tablename__ = anything",
        "x = anything",
        "x = anything()",
        "x = relationship(anything)",
        "x = relationship(Anything, back_populates=anything)",
        "def x(self): return anything",
    ],
)
def test_these_do_not_open_a_class(line: str) -> None:
    mapped = model(index_of(f"class A(Base):{WRITTEN}    {line}\n"), "A")
    assert mapped.open_reason is None
    assert not mapped.has("anything_at_all")


def test_a_computed_backref_opens_its_target_only() -> None:
    index = index_of(f"class A(Base):{WRITTEN}    more = relationship(Other, backref=anything)\n")
    assert "`A.more` gives it a backref" in (model(index, "Other").open_reason or "")
    assert model(index, "A").open_reason is None


def test_heirs_are_open_and_parents_are_not() -> None:
    index = index_of(f"class A(Base):{WRITTEN}\nclass B(Anything, A):\n    pass\nclass C(B):\n    pass\n")
    assert [bool(model(index, name).open_reason) for name in "ABC"] == [False, True, True]


def test_reads_may_be_open_and_the_constructor_closed() -> None:
    index = index_of(f"class A(Base):{WRITTEN}    def __getattr__(self, name): return 1\n")
    mapped = model(index, "A")
    assert mapped.open_on_reads and mapped.has("anything_at_all")
    assert mapped.constructor.open_reason is None
    index = index_of(f"class A(Anything, Base):{WRITTEN}    def __getattr__(self, name): return 1\n")
    assert not model(index, "A").open_on_reads


def test_a_constructor_may_be_open_alone() -> None:
    index = index_of(f"class A(Base):{WRITTEN}    def __init__(self, **given): anything(self, given)\n")
    mapped = model(index, "A")
    assert mapped.open_reason is None
    assert mapped.constructor.open_reason == "the `__init__` of `A` takes any keyword"


def test_model_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "models.py").write_text(f"{HEAD}class A(Anything, Base):{WRITTEN}")
    monkeypatch.chdir(tmp_path)
    assert main(["model", "A"]) == 0
    out = capsys.readouterr().out
    reason = (
        "its base `nowhere.Anything` belongs to the package `nowhere`, and no environment to read it from was found"
    )
    assert reason in out
    assert "String(9)" in out
    assert main(["model", "A", "--format", "json"]) == 0
    (card,) = json.loads(capsys.readouterr().out)
    assert card["open"] == reason
    assert card["attributes"]["name"]["column"] == "n"
