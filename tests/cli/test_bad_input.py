"""What is no project, no file or no option: one line that says so, and exit code 2; never a traceback or a hang."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ormlint.cli.main import COMMANDS, main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "models.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "ormlint: the following arguments are required: COMMAND; see `ormlint --help`"),
        (["nope"], "ormlint: argument COMMAND: invalid choice: 'nope'"),
        (["check", "--nope"], "unrecognized arguments: --nope"),
        (["check", "--jobs", "-1"], "argument --jobs: takes a whole number from 0 on, not `-1`"),
        (["check", "--output-format", "x"], "argument --output-format: invalid choice: 'x'"),
        (["check", "nope.py"], "ormlint: nope.py: no such file or folder"),
        (["check", "--config", "nope.toml"], "ormlint: nope.toml: there is no such configuration file"),
        (["check", "--output", "sarif:nope/x"], "ormlint: nope/x: cannot be written"),
        (["check", "--python", "nope"], "no Python interpreter or environment"),
        (["model", "Nope"], "ormlint: no mapped class `Nope`"),
        (["graph", "Nope"], "ormlint: no mapped class or table `Nope`"),
        (["config", "nope"], "ormlint: nope: no such file or folder"),
        (["rule"], "ormlint: give a rule's code or name, or --all"),
    ],
)
def test_one_line(arguments: list[str], message: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert message in err and err.count("\n") == 1


def test_links_that_lead_to_themselves(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "self").symlink_to(".")
    assert main(["check"]) == 0
    assert main(["check", "self"]) == 0
    assert main(["check", "loop.py"]) == 2
    assert "loop.py: no such file or folder" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(folder / "pipe.py")
    assert main(["check"]) == 0
    assert main(["check", "pipe.py"]) == 2
    assert "pipe.py: is neither a file nor a folder" in capsys.readouterr().err


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        assert main([command, "--help"]) == 0
        out = capsys.readouterr().out
        assert out.startswith(f"usage: ormlint {command}")
