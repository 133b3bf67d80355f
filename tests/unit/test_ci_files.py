"""The files that CI services read are well formed, and call options that exist."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ormlint.cli.check import add_arguments

ROOT = Path(__file__).parent.parent.parent


def commands() -> list[str]:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    job: dict[str, Any] = yaml.safe_load((ROOT / "templates" / "gitlab.yml").read_text(encoding="utf-8"))["ormlint"]
    scripts.extend(job["script"])
    document = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    scripts.extend(re.findall(r"^(?:\$|    -|- run:) (.*ormlint check.*)$", document, re.MULTILINE))
    found = [line.strip() for script in scripts for line in script.splitlines() if "ormlint check" in line]
    return [re.sub(r'"?\$@"?|"?\$\w+"?', "", line[line.index("ormlint check") :]) for line in found]


@pytest.mark.parametrize("command", commands())
def test_commands_are_understood(command: str) -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    add_arguments(parser)
    parser.parse_args(shlex.split(command)[2:])


def test_there_are_commands() -> None:
    assert len(commands()) >= 5


def test_every_step_of_the_action_says_its_shell() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["runs"]["using"] == "composite"
    assert all("shell" in step for step in action["runs"]["steps"] if "run" in step)


def run_step(name: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as the runner does: with these options, any command that fails ends it."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if step.get("name") == name]
    assert set(variables) == set(step["env"])
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("scripts", ["bin", "Scripts"])
def test_the_check_of_the_action(tmp_path: Path, scripts: str) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "models.py").write_text(
        "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\n"
        "Base = declarative_base()\nclass Video(Base):\n    __tablename__ = 'video'\n"
        "    id = Column(Integer, primary_key=True)\nVideo(nope=1)\n",
        encoding="utf-8",
    )
    program(tmp_path / "target" / scripts / "ormlint", f"exec '{sys.executable}' -m ormlint \"$@\"")
    report = tmp_path / "out.sarif"
    given = {"ARGS": ". --no-cache", "TARGET": str(tmp_path / "target")}
    plain = run_step("Check", shop, SARIF="", **given)
    assert (plain.returncode, plain.stderr) == (1, "")
    assert plain.stdout.startswith("::error title=ormlint (ORM201),file=models.py,line=7,")
    assert not report.exists()
    both = run_step("Check", shop, SARIF=str(report), **given)
    assert (both.returncode, both.stdout) == (1, plain.stdout)
    assert len(json.loads(report.read_text(encoding="utf-8"))["runs"][0]["results"]) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize(("version", "package"), [("", "/the/action"), ("==0.1.0", "ormlint==0.1.0")])
def test_the_installation_of_the_action(tmp_path: Path, version: str, package: str) -> None:
    told = tmp_path / "told"
    program(tmp_path / "pip", f"echo \"$@\" >'{told}'")
    program(tmp_path / "python", f'mkdir -p "$3/bin" && cp \'{tmp_path}/pip\' "$3/bin/pip"')
    variables = {"PYTHON": str(tmp_path / "python"), "SOURCE": "/the/action", "TARGET": str(tmp_path / "a b")}
    done = run_step("Install", tmp_path, VERSION=version, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert told.read_text(encoding="utf-8") == f"install --quiet {package}\n"


def test_the_image_runs_what_was_installed_as_nobody() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    last = dict(steps)  # of instructions that occur twice the last one counts
    (venv,) = re.findall(r"python -m venv (\S+) && \1/bin/pip install --no-cache-dir /ormlint$", last["RUN"])
    assert last["COPY"] == f"--from=build {venv} {venv}" and last["ENV"] == f'PATH="{venv}/bin:$PATH"'
    assert last["USER"].isdigit() and last["USER"] != "0"
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert json.loads(last["ENTRYPOINT"]) == ["ormlint"]
    command, *arguments = json.loads(last["CMD"])
    assert command == "check"
    parser.parse_args(arguments)
