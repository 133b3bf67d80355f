"""`--fix`, `--diff`, `--fix-only`, `--show-fixes`, `--unsafe-fixes`: Ruff's semantics, and files kept as they were."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ormlint.cli.main import main
from ormlint.project import runner
from ormlint.project.rewriting import write_files
from ormlint.text import SourceText, decode_source

SRC = Path(__file__).parent.parent.parent / "src"
MODELS = """\
from sqlalchemy import JSON, Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column(String(20))
    data = Column(JSON, default=[])


Video(titel="x")
"""
SAFE = MODELS.replace("default=[]", "default=list")
ALL = SAFE.replace("titel", "title")
SELECT = ("--preview", "--select", "ORM201,ORM401")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text("[tool.ormlint]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORMLINT_OUTPUT_FORMAT", raising=False)
    return tmp_path


def check(*arguments: str) -> int:
    return main(["check", *SELECT, *arguments])


@pytest.mark.parametrize(
    ("arguments", "code", "text", "closing"),
    [
        (["--fix"], 1, SAFE, "Found 2 errors (1 fixed, 1 remaining)."),
        (["--fix", "--unsafe-fixes"], 0, ALL, "Found 2 errors (2 fixed, 0 remaining)."),
        (["--fix", "--unsafe-fixes", "--exit-non-zero-on-fix"], 1, ALL, "(2 fixed, 0 remaining)."),
        (["--fix-only"], 0, SAFE, "Fixed 1 error."),
        (["--fix-only", "--exit-non-zero-on-fix"], 1, SAFE, "Fixed 1 error."),
        (["--fix", "--exit-zero"], 0, SAFE, "1 remaining)."),
        ([], 1, MODELS, "[*] 1 fixable with the `--fix` option (1 hidden fix can be enabled"),
        (["--unsafe-fixes"], 1, MODELS, "[*] 2 fixable with the `--fix` option."),
        (["--diff"], 1, MODELS, "+    data = Column(JSON, default=list)"),
    ],
)
def test_exit_codes(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    text: str,
    closing: str,
) -> None:
    assert check(*arguments) == code
    assert closing in capsys.readouterr().out
    assert (project / "models.py").read_text() == text


def test_marks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check("--output-format", "concise")
    out = capsys.readouterr().out
    assert "ORM401 [*] [mutable-column-default]" in out and "ORM201 [unknown" in out
    check("--unsafe-fixes")
    out = capsys.readouterr().out
    assert "ORM201 [*] [unknown" in out and "help: Rename it to `title`" in out


def test_diff_is_one_that_tools_apply(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--diff", "--unsafe-fixes") == 1
    captured = capsys.readouterr()
    assert captured.err == "Would fix 2 errors.\n"
    subprocess.run(["git", "apply", "-p0", "-"], input=captured.out, text=True, check=True, cwd=project)
    assert (project / "models.py").read_text() == ALL
    assert check("--diff", "--unsafe-fixes") == 0
    assert capsys.readouterr().out == ""


def test_show_fixes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check("--fix", "--show-fixes")
    assert "Fixed 1 error:\n- models.py:\n    1 x ORM401 (mutable-column-default)\n" in capsys.readouterr().out


def test_formats_for_programs_carry_edits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check("--output-format", "json")
    fixes = {item["code"]: item["fix"] for item in json.loads(capsys.readouterr().out)}
    place = {"location": {"row": 11, "column": 33}, "end_location": {"row": 11, "column": 35}}
    safe = {"applicability": "safe", "message": "Use `list`, called for each row"}
    assert fixes["ORM401"] == {**safe, "edits": [{"content": "list", **place}]}
    assert fixes["ORM201"]["applicability"] == "unsafe"
    for form in ("json-lines", "sarif", "rdjson"):
        check("--output-format", form)
        assert '"list"' in capsys.readouterr().out


def test_edits_are_kept_in_the_cache(project: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    command = [sys.executable, "-X", "importtime", "-m", "ormlint", "check", *SELECT, "--output-format", "json"]
    runs = [subprocess.run(command, capture_output=True, text=True, check=False, env=env) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert '"list"' in runs[0].stdout
    assert ["libcst" in run.stderr for run in runs] == [True, False]
    plain = subprocess.run([*command, "--no-cache"], capture_output=True, text=True, check=False, env=env)
    assert plain.stdout == runs[0].stdout


def test_standard_input(project: Path) -> None:
    arguments = [sys.executable, "-m", "ormlint", "check", *SELECT, "--fix", "--stdin-filename", "models.py", "-"]
    done = subprocess.run(
        arguments, input=MODELS, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(SRC)}
    )
    assert (done.returncode, done.stdout) == (1, SAFE)
    assert "1 remaining" in done.stderr
    assert (project / "models.py").read_text() == MODELS


def test_mode_encoding_mark_and_ends_are_kept(project: Path) -> None:
    path = project / "models.py"
    raw = b"\xef\xbb\xbf" + MODELS.replace("    ", "\t").replace("\n", "\r\n").encode()
    path.write_bytes(raw)
    path.chmod(0o640)
    assert check("--fix-only") == 0
    assert path.read_bytes() == raw.replace(b"default=[]", b"default=list")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_changed_meanwhile_is_left_alone(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = runner.read_files

    def and_change(*arguments: object) -> object:
        files = read(*arguments)  # type: ignore[arg-type]
        (project / "models.py").write_text(MODELS + "# mine\n")
        return files

    monkeypatch.setattr(runner, "read_files", and_change)
    assert check("--fix") == 1
    assert (project / "models.py").read_text() == MODELS + "# mine\n"
    assert "models.py: not fixed: it was changed while it was checked" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    before, after = decode_source(b"x = 1\n"), decode_source(b"x = 2\n")
    assert isinstance(before, SourceText)
    assert "cannot be written" in write_files(tmp_path, ["gone.py"], {"gone.py": before}, {"gone.py": after})["gone.py"]


def test_a_file_with_an_error_gets_no_fix(project: Path) -> None:
    broken = MODELS + "def f(:\n    pass\n"
    (project / "models.py").write_text(broken)
    assert main(["check", "--select", "ORM001,ORM401", "--preview", "--fix"]) == 1
    assert (project / "models.py").read_text() == broken


def test_a_plain_check_loads_no_libcst(project: Path) -> None:
    code = f"import sys; from ormlint.cli.main import main; main(['check', *{SELECT!r}]); assert 'libcst' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)


def test_what_cannot_be_given_together(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--fix", "--add-noqa") == 2
    assert "--add-noqa" in capsys.readouterr().err
