"""Fixing to a fixed point: rounds, conflicts, and fixes that are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

import pytest

from ormlint.checker import engine, fixing
from ormlint.checker.fixing import fix_project, with_edits
from ormlint.checker.registry import load_rules
from ormlint.diagnostics import Fix, Severity
from ormlint.facts.expressions import Call
from ormlint.index.model import ModelAttribute
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.settings import Settings
from ormlint.text import SourceText, decode_source

MODELS = """\
import enum
from sqlalchemy import Column, Enum, Integer, JSON
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Status(enum.Enum):
    DONE = "done"
    OPEN = "open"


class Job(Base):
    __tablename__ = "job"
    id = Column(Integer, primary_key=True)
    status = Column(Enum(Status))
    data = Column(JSON, default=[])
    more = Column(JSON, default={"a": []})
"""
SETTINGS = Settings(select=("ALL",), preview=True)


def fixed(
    files: dict[str, str], unsafe: bool = False, settings: Settings = SETTINGS
) -> tuple[dict[str, str], fixing.FixResult]:
    sources = {path: decode_source(text.encode()) for path, text in files.items()}
    result = fix_project(sources, settings, unsafe=unsafe)
    texts = {path: source.text for path, source in result.files.items() if isinstance(source, SourceText)}
    return texts, result


def test_fixes_of_several_files_and_rules_are_applied_together() -> None:
    service = (
        "from app.models import Job\n\n\ndef work(session):\n    a = Job(status='DONE')\n    b = Job(status='OPEN')\n"
    )
    texts, result = fixed({"app/__init__.py": "", "app/models.py": MODELS, "app/service.py": service})
    assert texts["app/service.py"] == service.replace("import Job", "import Job, Status").replace(
        "'DONE'", "Status.DONE"
    ).replace("'OPEN'", "Status.OPEN")
    assert "default=list)" in texts["app/models.py"] and 'default=lambda: {"a": []})' in texts["app/models.py"]
    assert sorted(item.code for item in result.applied) == ["ORM301", "ORM301", "ORM401", "ORM401"]
    assert result.changed({}.fromkeys(result.files)) == list(result.files)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        # the enum's module imports this one: a circle that is there already makes the fix unsafe
        ("from app.models import Job\nJob(status='DONE')\n", None),
        # known for types only: the import at run time is a person's decision
        (
            "from typing import TYPE_CHECKING\nimport app.models\nif TYPE_CHECKING:\n    from app.models import Status\n"
            "app.models.Job(status='DONE')\n",
            None,
        ),
        ("from app.models import Job\nStatus = 1\nJob(status='DONE')\n", None),
        ("from app import models\nmodels.Job(status='DONE')\n", "models.Status.DONE"),
        ("from app.models import *\nJob(status='DONE')\n", "(status=Status.DONE)"),
        ("from app.models import Job\ndef f(Status):\n    Job(status='DONE')\n", None),
    ],
)
def test_how_the_member_is_written(service: str, expected: str | None) -> None:
    is_circle = service.startswith("from app.models import Job\nJob(")
    models = MODELS + ("import app.service\n" if is_circle else "")
    texts, _ = fixed({"app/__init__.py": "", "app/models.py": models, "app/service.py": service})
    if expected is None:
        assert texts["app/service.py"] == service
    else:
        assert expected in texts["app/service.py"]


def test_no_import_that_would_make_a_circle() -> None:
    files = {
        "app/__init__.py": "",
        "app/status.py": "import enum\nimport app.service\n\n\nclass Status(enum.Enum):\n    DONE = 'done'\n",
        "app/models.py": MODELS.replace("import enum\n", "from app.status import Status\n").replace(
            'class Status(enum.Enum):\n    DONE = "done"\n    OPEN = "open"\n\n\n', ""
        ),
        "app/service.py": "def work():\n    from app.models import Job\n    Job(status='DONE')\n",
    }
    texts, _ = fixed(files, unsafe=True)
    assert texts["app/service.py"] == files["app/service.py"]


@pytest.mark.parametrize("head", ['"""Doc."""\n', "from __future__ import annotations\n", "# just a comment\n", ""])
def test_imports_below_what_has_to_come_first(head: str) -> None:
    service = head + "import app.other\n\n\ndef work():\n    from app.models import Job\n    Job(status='DONE')\n"
    other = "from app.models import Status\n"
    texts, _ = fixed(
        {"app/__init__.py": "", "app/models.py": MODELS, "app/other.py": other, "app/service.py": service}, unsafe=True
    )
    found = texts["app/service.py"]
    assert found.startswith(head) and "from app.models import Status\n" in found and "Status.DONE" in found
    compile(found, "service.py", "exec")


def test_an_import_that_stood_in_a_function_is_moved_up_by_a_person_only() -> None:
    service = "def work():\n    from app.models import Job\n    Job(status='DONE')\n"
    other = "from app.models import Status\n"
    files = {"app/__init__.py": "", "app/models.py": MODELS, "app/other.py": other, "app/service.py": service}
    assert fixed(files)[0]["app/service.py"] == service
    assert "Status.DONE" in fixed(files, unsafe=True)[0]["app/service.py"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_line_ends_tabs_and_encodings_are_kept(end: str, encoding: str) -> None:
    text = f"# coding: {encoding}\n" + MODELS.replace("    ", "\t") + "# Grüße\n"
    raw = text.replace("\n", end).encode(encoding)
    source = decode_source(raw)
    result = fix_project({"models.py": source}, SETTINGS).files["models.py"]
    assert isinstance(result, SourceText)
    expected = text.replace("default=[]", "default=list").replace('default={"a": []}', 'default=lambda: {"a": []}')
    assert result.encode(result.text) == expected.replace("\n", end).encode(encoding)


def test_edits_are_made_on_demand() -> None:
    files = {"models.py": decode_source(MODELS.encode())}
    found = [item for item in engine.check_project(files, SETTINGS).diagnostics if item.code == "ORM401"]
    assert all(item.fix is not None and item.fix.edits is None for item in found)
    contents = [edit.content for item in with_edits(files, found) if item.fix for edit in item.fix.edits or ()]
    assert contents == ["list", 'lambda: {"a": []}'] or "".join(contents).startswith("list")


# -- rules that misbehave


@pytest.fixture
def with_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[Context, ModelAttribute], Fix | None]], None]]:
    def install(make: Callable[[Context, ModelAttribute], Fix | None]) -> None:
        rule = Rule(
            "ormlint.rules.columns.bad_rule",
            code="ORM499",
            summary="Bad",
            since="0.1.0",
            severity=Severity.INFO,
            status=Status.STABLE,
            fixes=Fixes.ALWAYS,
        )

        @rule.on(subjects.Model)
        def report(context: Context, subject: subjects.Model) -> None:
            for attribute in subject.mapped.columns():
                context.report_at(attribute.module, attribute.range, attribute.name, fix=make(context, attribute))

        table = MappingProxyType({**load_rules(), rule.code: rule})
        monkeypatch.setattr(engine, "load_rules", lambda: table)
        monkeypatch.setattr(fixing, "load_rules", lambda: table)

    yield install


ONLY_BAD = Settings(select=("ORM499", "ORM002"))
SMALL = "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\n\nclass A(declarative_base()):\n    id = Column(Integer, primary_key=True)\n    b = Column(Integer)\n"


@pytest.mark.parametrize("text", ["1 +", "(", "x y"])
def test_a_fix_that_does_not_parse_is_left_out_and_reported(with_rule: Callable[..., None], text: str) -> None:
    with_rule(lambda context, attribute: fixes.fix("Break it", fixes.rename(attribute.range, text), safe=True))
    texts, result = fixed({"a.py": SMALL}, settings=ONLY_BAD)
    assert texts["a.py"] == SMALL and not result.applied
    assert [item.path for item in result.result.diagnostics if item.code == "ORM002"] == ["a.py"]
    assert "would not be Python" in next(item.message for item in result.result.diagnostics if item.code == "ORM002")


def test_a_fix_that_turns_round_is_left_out_and_reported(with_rule: Callable[..., None]) -> None:
    def turn(context: Context, attribute: ModelAttribute) -> Fix:
        name = "c" if attribute.name == "b" else "b"
        return fixes.fix("Turn it", fixes.rename(attribute.range, name), safe=True)

    def make(context: Context, attribute: ModelAttribute) -> Fix | None:
        return None if attribute.name == "id" else turn(context, attribute)

    with_rule(make)
    texts, result = fixed({"a.py": SMALL}, settings=ONLY_BAD)
    assert texts["a.py"] == SMALL and not result.applied
    assert any("does not come to an end" in item.message for item in result.result.diagnostics)


def test_a_fix_that_grows_for_ever_is_left_out_and_reported(with_rule: Callable[..., None]) -> None:
    def make(context: Context, attribute: ModelAttribute) -> Fix | None:
        if attribute.name != "b" or not isinstance(attribute.value, Call):
            return None
        return fixes.fix("Grow", fixes.add_argument(attribute.value, "*[]"), safe=True)

    with_rule(make)
    texts, result = fixed({"a.py": SMALL}, settings=ONLY_BAD)
    assert texts["a.py"] == SMALL and not result.applied
    assert any("does not come to an end" in item.message for item in result.result.diagnostics)


def test_an_encoding_that_cannot_hold_the_fix(with_rule: Callable[..., None]) -> None:
    with_rule(lambda context, attribute: fixes.fix("Say", fixes.rename(attribute.range, "я = 1"), safe=True))
    raw = ("# coding: latin-1\n" + SMALL).encode()
    result = fix_project({"a.py": decode_source(raw)}, ONLY_BAD)
    source = result.files["a.py"]
    assert isinstance(source, SourceText) and source.encode(source.text) == raw
    assert any(item.code == "ORM002" for item in result.result.diagnostics)


def test_two_removals_never_leave_an_empty_block(with_rule: Callable[..., None]) -> None:
    def make(context: Context, attribute: ModelAttribute) -> Fix | None:
        body = attribute.owner.facts.body if attribute.owner is not None else ()
        statement = next(item for item in body if item.start <= attribute.range.start < item.end)
        return fixes.fix("Remove", fixes.remove_statement(statement), safe=True)

    with_rule(make)
    texts, result = fixed({"a.py": SMALL.replace("class A", "class A")}, settings=ONLY_BAD)
    assert texts["a.py"].endswith(":\n    pass\n")
    assert len(result.applied) == 2
