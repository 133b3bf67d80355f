"""The files that CI services read are well formed, and call options that exist."""

from __future__ import annotations

import argparse
import re
import shlex
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
