"""Formats read by other people's programs: SARIF by Microsoft's multitool with GitHub's rules, annotations against GitHub's
own library, rdjson by a validator of reviewdog's format. They come from npm: `make formats` installs and runs this.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ormlint.checker.engine import check_project
from ormlint.cli.main import main
from ormlint.diagnostics import Diagnostic, Severity
from ormlint.reporters import ReportOptions, reporter
from ormlint.settings import Settings
from ormlint.text import SourceText, decode_source

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MODULES = HERE / "node_modules"

pytestmark = pytest.mark.skipif("ORMLINT_FORMATS" not in os.environ, reason="`make formats` runs this")

CODE = """from sqlalchemy import JSON, Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    tags = Column(JSON, default=[])


"\U0001f60b"; Video(nope=1)
"""
ODD = ("a,b:c %.py", '100% of "x": a, b\r\nsecond\n::error::no command %0A', "über/\U0001f60b datei.py")


def report(form: str, diagnostics: list[Diagnostic], sources: dict[str, SourceText]) -> str:
    stream = io.StringIO()
    reporter(form).report(diagnostics, sources, ReportOptions(files=len(sources)), stream)
    return stream.getvalue()


def odd() -> tuple[list[Diagnostic], dict[str, SourceText]]:
    """Return findings with whatever a message or a path can hold, of each severity."""
    source = decode_source(CODE.encode())
    (first, second) = check_project({"models.py": source}, Settings()).diagnostics
    made = []
    for number, path in enumerate((ODD[0], ODD[2])):
        for item in (first, second):
            severity = list(Severity)[number % len(Severity)]
            message = ODD[1] if item is first else item.message
            made.append(msgspec.structs.replace(item, path=path, message=message, severity=severity))
    made.append(msgspec.structs.replace(first, severity=Severity.INFO))
    return made, {"models.py": source, ODD[0]: source, ODD[2]: source}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write what the command says of the examples, fixes and related places included."""
    folder = tmp_path_factory.mktemp("reports")
    outputs = [f"--output={form}:{folder / form}" for form in ("sarif", "rdjson", "json")]
    arguments = ["check", str(ROOT / "examples"), "--preview", "--unsafe-fixes", "--show-fixes", "--no-cache", *outputs]
    assert main(arguments) == 1
    assert len(json.loads((folder / "json").read_text(encoding="utf-8"))) > 30
    return folder


def multitool(file: Path) -> Counter[tuple[str, str]]:
    """Return how often each of the validator's rules speaks, with its level. Its exit code says nothing."""
    platform = {"linux": "linux", "darwin": "darwin", "win32": "win32"}[sys.platform]
    name = "Sarif.Multitool.exe" if platform == "win32" else "Sarif.Multitool"
    program = MODULES / "@microsoft" / f"sarif-multitool-{platform}" / name
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    verdict = file.with_suffix(".verdict")
    command = [program, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "-o", verdict]
    done = subprocess.run([*command, "--log", "ForceOverwrite"], capture_output=True, text=True, check=False)
    assert verdict.is_file(), done.stdout + done.stderr
    (run,) = json.loads(verdict.read_text(encoding="utf-8-sig"))["runs"]
    assert all(item["executionSuccessful"] for item in run["invocations"]), done.stdout
    return Counter((item["ruleId"], item.get("level", "warning")) for item in run.get("results", ()))


def test_sarif_of_the_examples_has_neither_errors_nor_warnings(reports: Path) -> None:
    assert multitool(reports / "sarif") == {}


def test_sarif_of_odd_findings_and_of_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.sarif").write_text(report("sarif", *odd()), encoding="utf-8")
    (tmp_path / "none.sarif").write_text(report("sarif", [], {}), encoding="utf-8")
    assert multitool(tmp_path / "odd.sarif") == {}
    assert {code for code, level in multitool(tmp_path / "none.sarif") if level == "error"} == set()


def test_the_multitool_sees_what_is_wrong(reports: Path, tmp_path: Path) -> None:
    log = json.loads((reports / "sarif").read_text(encoding="utf-8"))
    (run,) = log["runs"]
    del run["results"][0]["locations"]
    del run["tool"]["driver"]["rules"][0]["help"]
    run["results"][1]["ruleIndex"] = 999
    (tmp_path / "broken.sarif").write_text(json.dumps(log), encoding="utf-8")
    assert {"GH1015", "GH2012"} & {code for code, _ in multitool(tmp_path / "broken.sarif")}


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does; what is escaped stays so, to be compared as it stands."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match is not None, f"no workflow command: {line}"
        properties = dict(item.split("=", 1) for item in match[2].split(","))
        found.append((match[1], properties, match[3]))
    return found


def test_github_annotations_are_those_of_its_own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    diagnostics, sources = odd()
    ours = commands(report("github", diagnostics, sources))
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    wanted = [
        {
            "command": names[item.severity],
            "message": f"{item.path}:{item.start.row}:{item.start.column}: {item.code} {item.message}",
            "properties": {
                "title": f"ormlint ({item.code})",
                "file": item.path,
                "startLine": item.start.row,
                "startColumn": item.start.column,
                "endLine": item.end.row,
                "endColumn": item.end.column,
            },
        }
        for item in diagnostics
    ]
    theirs = subprocess.run(
        ["node", HERE / "github.mjs"], input=json.dumps(wanted), capture_output=True, encoding="utf-8", check=True
    )

    def order(command: tuple[str, dict[str, str], str]) -> str:
        return json.dumps(command, sort_keys=True)

    assert sorted(ours, key=order) == sorted(commands(theirs.stdout), key=order)
    assert [name for name, _, _ in ours] == sorted(
        (name for name, _, _ in ours), key=["error", "warning", "notice"].index
    )


def reviewdog(file: Path) -> tuple[bool, dict[str, Any]]:
    program = MODULES / "@umbrelladocs" / "rdformat-validator" / "bin" / "rdformat-validator.js"
    command = ["node", program, "--format", "json", file]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    (result,) = json.loads(done.stdout)["fileResults"]
    return result["valid"], result


def test_rdjson_is_reviewdogs_format(reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.rdjson").write_text(report("rdjson", *odd()), encoding="utf-8")
    for file in (reports / "rdjson", tmp_path / "odd.rdjson"):
        valid, result = reviewdog(file)
        assert valid, result
        # The validator is older than related locations; nothing else may be unknown to it.
        unknown = {re.sub(r"\[\d+\]", "[]", item["path"]) for item in result.get("warningDetails", ())}
        assert unknown <= {"diagnostics[].relatedLocations"}
    broken = json.loads((reports / "rdjson").read_text(encoding="utf-8"))
    del broken["diagnostics"][0]["message"]
    (tmp_path / "broken.rdjson").write_text(json.dumps(broken), encoding="utf-8")
    assert not reviewdog(tmp_path / "broken.rdjson")[0], "the validator accepts anything"
