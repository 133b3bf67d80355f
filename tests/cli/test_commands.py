"""The command line as a user meets it: exit codes, output, and one clear line for every mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ormlint.checker.registry import load_rules
from ormlint.cli.main import main
from ormlint.linting.rule import Status

SRC = Path(__file__).parent.parent.parent / "src"
MODELS = """\
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column(String(20), nullable=False)
"""
SERVICE = """\
from models import Video

Video(titel="é")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "service.py").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.ormlint]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORMLINT_OUTPUT_FORMAT", raising=False)
    return tmp_path


def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ormlint", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SRC), **environment},
    )


def test_findings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "ORM201 [unknown-constructor-keyword] error" in out and "service.py:3:7" in out
    assert "^^^^^" in out and "Found 1 error in 1 of 2 files." in out


def test_paths_are_those_of_the_working_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    assert main(["check", "--output-format", "full"]) == 1
    out = capsys.readouterr().out
    assert "--> ../service.py:3:7" in out and "note: ../models.py:7:7" in out and "Video(titel" in out


def test_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--isolated"]) == 0
    assert "no Python files found" in capsys.readouterr().err


def test_clean(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "models.py"]) == 0
    assert capsys.readouterr().out == "All checks passed!\n"
    assert main(["check", "--ignore", "ORM2"]) == 0
    assert main(["check", "--select", "ORM1"]) == 0
    assert main(["check", "--exit-zero"]) == 0


def test_concise(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--output-format", "concise", "--quiet"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("service.py:3:7: ORM201 [unknown-constructor-keyword] `Video` has no attribute `titel`")
    assert line.endswith("did you mean `title`?")


def test_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--output-format", "json"]) == 1
    (item,) = json.loads(capsys.readouterr().out)
    assert list(item) == [
        "code",
        "name",
        "message",
        "severity",
        "filename",
        "location",
        "end_location",
        "url",
        "fix",
        "related",
    ]
    assert item["location"] == {"row": 3, "column": 7} and item["end_location"] == {"row": 3, "column": 12}
    assert item["related"][0]["filename"] == "models.py"


def test_github(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--output-format", "github"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("::error title=ormlint (ORM201),file=service.py,line=3,col=7,endLine=3,endColumn=12::")


def test_output_file_is_replaced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["check", "--output-format", "json", "--output-file", "out.json"]) == 1
    assert len(json.loads((project / "out.json").read_text())) == 1
    assert capsys.readouterr().out == ""


def test_stdin_stands_for_a_file(project: Path) -> None:
    done = run("check", "-", "--stdin-filename", "service.py", stdin=SERVICE.replace("titel", "title"))
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("check", "-", "--stdin-filename", "service.py", "--output-format", "concise", stdin=SERVICE)
    assert done.returncode == 1 and "service.py:3:7" in done.stdout
    assert run("check", "-", stdin="x = 1\n").returncode == 0


def test_statistics(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistics"]) == 1
    assert capsys.readouterr().out == "1\tORM201\tunknown-constructor-keyword\n"


def test_add_noqa(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "service.py").write_bytes(SERVICE.replace("\n", "\r\n").encode())
    assert main(["check", "--add-noqa"]) == 0
    assert (project / "service.py").read_bytes().endswith('Video(titel="é")  # noqa: ORM201\r\n'.encode())
    assert main(["check"]) == 0
    before = (project / "service.py").read_bytes()
    assert main(["check", "--add-noqa"]) == 0
    assert (project / "service.py").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere"], "nowhere: no such file or folder"),
        (["check", "--select", "ORM9999"], "`ORM9999` selects no rule"),
        (["check", "--select", "unknown-constructor-keywords"], "did you mean `unknown-constructor-keyword`?"),
        (["check", "--config", "none.toml"], "none.toml: there is no such configuration file"),
        (["check", "-", "models.py"], "`-` reads one file"),
        (["rule", "ORM777"], "`ORM777` selects no rule"),
        (["rule"], "give a rule's code or name"),
        (["model", "Vidio"], "did you mean `Video`?"),
    ],
)
def test_mistakes(project: Path, arguments: list[str], message: str) -> None:
    done = run(*arguments, stdin="")
    assert done.returncode == 2
    assert message in done.stderr and len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[tool.ormlint]\nselct = []\n", "pyproject.toml:2: unknown key `selct`; did you mean `select`?"),
        ("[tool.ormlint]\npreview = 1\n", "pyproject.toml:2: `preview` takes true or false"),
        ("[tool.ormlint]\nselect = 'ORM1'\n", "pyproject.toml:2: `select` takes a list of strings"),
        ("[tool.ormlint]\nx = = 1\n", "pyproject.toml:2: not valid TOML"),
        ("[tool.ormlint]\ndialects = ['postgres']\n", "did you mean `postgresql`?"),
        ("[tool.ormlint.rules.phantom-attribute-assignment]\nallow = []\n", "has no option `allow`"),
        ("[tool.ormlint.rules.nothing]\n", "no rule `nothing`"),
        ("[tool.ormlint.severity]\nORM101 = 'bad'\n", "takes error, warning or info"),
    ],
)
def test_broken_configuration(project: Path, config: str, message: str) -> None:
    (project / "pyproject.toml").write_text(config)
    done = run("check")
    assert done.returncode == 2 and message in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_configuration_is_followed(project: Path) -> None:
    config = '[tool.ormlint]\nignore = ["ORM201"]\n[tool.ormlint.per-file-ignores]\n"x/*" = ["ALL"]\n'
    (project / "pyproject.toml").write_text(config)
    assert main(["check"]) == 0
    assert main(["check", "--isolated"]) == 1
    assert main(["check", "--select", "ORM201"]) == 1, "the command line overrules the file"
    (project / "pyproject.toml").write_text(
        '[tool.ormlint.per-file-ignores]\n"serv*.py" = ["unknown-constructor-keyword"]\n'
    )
    assert main(["check"]) == 0


def test_files_that_cannot_be_read_as_text(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "binary.py").write_bytes(b"\x00\x01\x02")
    (project / "wrong.py").write_bytes(b"x = '\xff'\n")
    (project / "latin.py").write_bytes("# coding: latin-1\nfrom models import Video\nVideo(é=1)\n".encode("latin-1"))
    (project / "empty.py").write_bytes(b"")
    assert main(["check", "--output-format", "concise"]) == 1
    out = capsys.readouterr().out
    assert "binary.py:1:1: ORM001" in out and "wrong.py:1:1: ORM001" in out
    assert "latin.py:3:7: ORM201" in out and "empty.py" not in out


def test_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "unknown-constructor-keyword"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# unknown-constructor-keyword (ORM201)") and "# error" not in out and "## Tests" not in out
    assert main(["rule", "--all", "--output-format", "json"]) == 0
    assert {item["code"] for item in json.loads(capsys.readouterr().out)} >= {"ORM001", "ORM201", "ORM303"}


def test_model(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model"]) == 0
    assert "models.Video  video  models.py:7" in capsys.readouterr().out
    assert main(["model", "Video"]) == 0
    out = capsys.readouterr().out
    assert "required columns:\n    title  String(20)  not null" in out
    assert main(["model", "--format", "json"]) == 0
    (card,) = json.loads(capsys.readouterr().out)
    assert {"class", "module", "path", "line", "table", "open", "bases", "attributes"} <= set(card)
    assert card["attributes"]["title"]["kind"] == "column" and card["attributes"]["title"]["nullable"] is False


def test_schema(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--dialect", "sqlite"]) == 0
    assert "CREATE TABLE video" in capsys.readouterr().out
    assert main(["schema", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["tables"]["video"]["columns"]["title"]["type"] == "VARCHAR(20)"


def test_version_is_cheap() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ormlint", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    assert done.stdout.startswith("ormlint ")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"libcst", "tree_sitter", "sqlalchemy", "sqlglot", "msgspec", "asyncio", "logging", "pygls"}


def test_check_loads_no_writer_and_no_sqlalchemy(project: Path) -> None:
    done = run("check")
    assert done.returncode == 1
    code = "import sys; from ormlint.cli.main import main; main(['check']); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    loaded = set(done.stdout.splitlines()[-1].strip("[]").replace("'", "").split(", "))
    assert not loaded & {"libcst", "sqlalchemy", "sqlglot", "pygls", "asyncio"}


def test_an_internal_error_is_one_message(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ormlint.checker.engine.check_again", lambda *_, **__: 1 / 0)
    assert main(["check"]) == 2
    err = capsys.readouterr().err
    assert "internal error: ZeroDivisionError" in err and "Traceback" not in err


def test_a_broken_pipe_is_quiet(project: Path) -> None:
    command = f"{sys.executable} -m ormlint rule --all | head -1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(SRC)}
    )
    assert done.stdout.startswith("# syntax-error") and done.stderr == ""


def test_model_and_schema_of_a_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "more.py").write_text(MODELS.replace("Video", "Film").replace('"video"', '"film"'))
    assert main(["model", "--project", "sub"]) == 0
    out = capsys.readouterr().out
    assert "Film" in out and "Video" not in out and "1 mapped class\n" in out
    assert main(["schema", "--project", "sub"]) == 0
    out = capsys.readouterr().out
    assert "CREATE TABLE film" in out and "CREATE TABLE video" not in out


def test_standard_input_changes_no_file(project: Path) -> None:
    for arguments in (("-", "--stdin-filename", "service.py"), ("--stdin-filename", "service.py")):
        done = run("check", *arguments, "--add-noqa", stdin="from models import Video\nVideo(zzz=1)\n")
        assert done.returncode == 2 and "standard input" in done.stderr
    assert (project / "service.py").read_text(encoding="utf-8") == SERVICE


def test_a_name_for_standard_input_means_that_it_is_read(project: Path) -> None:
    done = run("check", "--stdin-filename", "service.py", stdin=SERVICE.replace("titel", "title"))
    assert done.returncode == 0, done.stdout + done.stderr
    done = run("check", "models.py", "--stdin-filename", "service.py", stdin="")
    assert done.returncode == 2 and "`-` reads one file" in done.stderr


def test_exclusions_add_up(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--exclude", "service.py"]) == 0
    assert main(["check", "--exclude", "service.py", "--exclude", "x,y"]) == 0
    assert main(["check", "--extend-exclude", "x", "--extend-exclude", "service.py"]) == 0
    assert main(["check", "service.py", "--exclude", "service.py"]) == 1
    assert main(["check", "service.py", "--exclude", "service.py", "--force-exclude"]) == 0


def test_adding_passes_over_ormlints_own_findings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "x = 1  # noqa: ORM201\ndef work(:\n    pass\n"
    (project / "service.py").write_text(text)
    assert main(["check", "--add-noqa"]) == 0
    assert (project / "service.py").read_text() == text
    assert "Added 0 noqa comments." in capsys.readouterr().out


def test_a_file_name_that_is_no_text(project: Path) -> None:
    try:
        (project / os.fsdecode(b"caf\xe9.py")).write_text(SERVICE, encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    for form in ("full", "concise", "json", "github"):
        done = run("check", "--output-format", form, "--output-file", "out")
        assert done.returncode == 1 and done.stderr == ""
    done = run("check", "--output-format", "json")
    assert done.returncode == 1 and len(json.loads(done.stdout)) == 2


def test_a_traceback_on_request(project: Path) -> None:
    code = (
        "import ormlint.cli.rule, sys; ormlint.cli.rule.run = lambda options: 1 / 0\n"
        "from ormlint.cli.main import main; sys.exit(main(['rule', 'ORM201']))"
    )
    for value, shown in (("", False), ("1", True)):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(SRC), "ORMLINT_TRACEBACK": value},
        )
        assert done.returncode == 2 and ("Traceback" in done.stderr) == shown


def test_an_interrupt(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ormlint.checker.engine.check_again", interrupt)
    assert main(["check"]) == 130
    assert capsys.readouterr().err == "ormlint: interrupted\n"


def test_options_are_not_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--sel", "ORM201"]) == 2
    assert "--sel" in capsys.readouterr().err


def test_nobody_reads_the_output(project: Path) -> None:
    # Little enough to stay in Python's buffer until the end, where a broken pipe is found too late to be answered.
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [sys.executable, "-m", "ormlint", "check", "models.py"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )
    os.close(writer)
    assert process.communicate()[1] == b"" and process.returncode == 1


def test_the_format_from_the_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORMLINT_OUTPUT_FORMAT", "json")
    assert main(["check"]) == 1
    assert json.loads(capsys.readouterr().out)
    assert main(["check", "--output-format", "concise", "-q"]) == 1
    assert capsys.readouterr().out.startswith("service.py:3:7")
    monkeypatch.setenv("ORMLINT_OUTPUT_FORMAT", "jsn")
    assert main(["check"]) == 2
    assert "ORMLINT_OUTPUT_FORMAT=jsn" in capsys.readouterr().err


def test_a_preview_rule_that_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preview = next(rule for rule in load_rules().values() if rule.status is Status.PREVIEW)
    assert main(["check", "--select", preview.code]) == 0
    captured = capsys.readouterr()
    assert "does not run without `--preview`" in captured.err and len(captured.err.splitlines()) == 1
    assert main(["check", "--select", preview.code, "--preview"]) == 0
    assert capsys.readouterr().err == ""
