"""Formats for services: each is read back by the reader or the schema of somebody else."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormlint.checker.engine import check_project
from ormlint.cli.main import main
from ormlint.diagnostics import Applicability, Diagnostic, Edit, Fix
from ormlint.reporters import ReportOptions, reporter
from ormlint.reporters.fingerprints import fingerprints, line_hashes
from ormlint.settings import Settings
from ormlint.text import Range, SourceText, decode_source

SCHEMAS = Path(__file__).parent / "schemas"
CODE = """from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)


def f(session):
    "\U0001f60b"; Video(nope=1, other=2)
    Video(nope=1)
    Video(nope=1)
"""


def found() -> tuple[list[Diagnostic], dict[str, SourceText]]:
    source = decode_source(CODE.encode())
    diagnostics = check_project({"app/models.py": source}, Settings()).diagnostics
    assert len(diagnostics) == 4
    place = diagnostics[0].range
    fix = Fix("Remove `nope`", Applicability.UNSAFE, (), (Edit(Range(place.start, place.start + 8), ""),))
    diagnostics[0] = msgspec.structs.replace(diagnostics[0], fix=fix)
    return diagnostics, {"app/models.py": source}


def render(form: str, diagnostics: list[Diagnostic], sources: dict[str, SourceText]) -> str:
    stream = io.StringIO()
    reporter(form).report(diagnostics, sources, ReportOptions(files=1), stream)
    return stream.getvalue()


def sarif_problems(text: str) -> list[str]:
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(json.loads(text))]


def test_sarif_is_valid_and_has_what_code_scanning_reads() -> None:
    text = render("sarif", *found())
    assert sarif_problems(text) == []
    (run,) = json.loads(text)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "ORM201" and len(rule["fullDescription"]["text"]) <= 1024 and rule["help"]["markdown"]
    first = run["results"][0]
    assert first["ruleIndex"] == 0 and len(first["locations"]) == 1 and first["fixes"]
    region = first["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 13, "startColumn": 16, "endLine": 13, "endColumn": 20}
    assert re.search(r"\[[^\]]*\]\(1\)", first["message"]["text"]) and first["relatedLocations"][0]["id"] == 1
    broken = json.loads(text)
    del broken["runs"][0]["tool"]
    assert sarif_problems(json.dumps(broken)), "the validator accepts anything"


def test_sarif_of_nothing_is_valid() -> None:
    assert sarif_problems(render("sarif", [], {})) == []


def test_gitlab_fingerprints_differ_and_survive_moves() -> None:
    diagnostics, sources = found()
    issues: list[dict[str, Any]] = json.loads(render("gitlab", diagnostics, sources))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 4
    for issue in issues:
        assert set(issue) >= {"check_name", "description", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not issue["location"]["path"].startswith("/") and issue["location"]["lines"]["begin"] >= 1
    moved = decode_source(("# moved\n\n" + CODE).encode())
    again = check_project({"app/models.py": moved}, Settings()).diagnostics
    assert fingerprints(again, {"app/models.py": moved}) == fingerprints(diagnostics, sources)


def test_line_hashes_are_those_of_code_scanning() -> None:
    # Test vectors of github/codeql-action, MIT licence.
    assert list(line_hashes(" a\nb\n  \t\tc\n d").values()) == [
        "271789c17abda88f:1",
        "54703d4cd895b18:1",
        "180aee12dab6264:1",
        "a23a3dc5e078b07b:1",
    ]
    assert next(iter(line_hashes(" a\r\nb\r\n  \t\tc\r\n d").values())) == "271789c17abda88f:1"


def test_rdjson_columns_count_bytes() -> None:
    report = json.loads(render("rdjson", *found()))
    first = report["diagnostics"][0]
    assert report["source"]["name"] == "ormlint" and first["severity"] == "ERROR" and first["code"]["url"]
    assert first["location"]["range"] == {"start": {"line": 13, "column": 19}, "end": {"line": 13, "column": 23}}
    assert first["suggestions"][0]["range"]["start"] == {"line": 13, "column": 19}
    assert first["relatedLocations"][0]["location"]["path"] == "app/models.py"


def test_junit_is_read_by_junitparser(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(render("junit", *found()), encoding="utf-8")
    xml = junitparser.JUnitXml.fromfile(str(tmp_path / "r.xml"))
    cases = [case for suite in xml for case in suite]
    assert (xml.tests, xml.failures) == (4, 4) and [case.is_failure for case in cases] == [True] * 4
    (tmp_path / "r.xml").write_text(render("junit", [], {}), encoding="utf-8")
    clean = junitparser.JUnitXml.fromfile(str(tmp_path / "r.xml"))
    assert (clean.tests, clean.failures) == (1, 0)


def test_checkstyle_and_pylint_and_grouped_and_json_lines() -> None:
    diagnostics, sources = found()
    tree = ElementTree.fromstring(render("checkstyle", diagnostics, sources))
    assert [file.get("name") for file in tree] == ["app/models.py"] and len(tree[0]) == 4
    assert tree[0][0].get("severity") == "error" and tree[0][0].get("source") == "ormlint.ORM201"
    for line in render("pylint", diagnostics, sources).splitlines():
        assert re.fullmatch(r"[^:]+:\d+: \[ORM\d{3}\] .+", line)
    grouped = render("grouped", diagnostics, sources)
    assert grouped.startswith("app/models.py:\n  13:16  ORM201 [unknown") and grouped.endswith("in 1 of 1 file.\n")
    lines = [json.loads(line) for line in render("json-lines", diagnostics, sources).splitlines()]
    assert lines == json.loads(render("json", diagnostics, sources))


@given(st.text())
def test_any_message_makes_well_formed_reports(text: str) -> None:
    diagnostics, sources = found()
    odd = [msgspec.structs.replace(diagnostics[0], message=text, path=f"{text}.py".replace("\0", "") or "x")]
    for form in ("junit", "checkstyle"):
        ElementTree.fromstring(render(form, odd, sources).encode("utf-8", "backslashreplace"))
    for form in ("sarif", "gitlab", "rdjson"):
        json.loads(render(form, odd, sources))
    assert len(render("pylint", odd, sources).splitlines()) == 1


def test_several_outputs_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "models.py").write_text(CODE, encoding="utf-8")
    sarif = tmp_path / "out.sarif"
    arguments = ["check", "--isolated", str(tmp_path), "--output", f"sarif:{sarif}", "--output", "concise"]
    assert main(arguments) == 1
    assert capsys.readouterr().out.count("ORM201") == 4
    assert len(json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "nope"], "no format"),
        (["--output", "json:"], "missing after the colon"),
        (["--output", "json", "--output", "github"], "two outputs go to standard output"),
        (["--output", "json", "--output-format", "github"], "in place of"),
        (["--output", "json:/nowhere/at/all/x.json"], "cannot be written"),
    ],
)
def test_outputs_that_cannot_be(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models.py").write_text(CODE, encoding="utf-8")
    assert main(["check", "--isolated", str(tmp_path), *arguments]) == 2
    assert message in capsys.readouterr().err
