"""The extension for Visual Studio Code says of itself what is so: version, licence, settings, commands, trust."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ormlint._version import __version__

ROOT = Path(__file__).parent.parent.parent
EXTENSION = ROOT / "editors" / "vscode"


def package() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    return found


def readme() -> str:
    return (EXTENSION / "README.md").read_text(encoding="utf-8")


def test_version_and_licence_are_those_of_ormlint() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert {package()["version"], lock["version"], lock["packages"][""]["version"]} == {__version__}
    assert (EXTENSION / "LICENSE").read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert f"## {__version__}" in (EXTENSION / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readme_lists_each_setting_with_its_default() -> None:
    settings = package()["contributes"]["configuration"]["properties"]
    rows = dict(re.findall(r"^\| `(ormlint\.[\w.]+)` \| `(.*?)` \|", readme(), re.MULTILINE))
    assert rows == {name: json.dumps(setting["default"]) for name, setting in settings.items()}


def test_the_readme_lists_each_command() -> None:
    commands = [f"{item['category']}: {item['title']}" for item in package()["contributes"]["commands"]]
    assert sorted(re.findall(r"^\| (ormlint: .*?) \|", readme(), re.MULTILINE)) == sorted(commands)


def test_what_names_a_program_is_not_taken_from_an_untrusted_workspace() -> None:
    trust = package()["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    assert set(trust["restrictedConfigurations"]) == {"ormlint.path", "ormlint.interpreter", "ormlint.importStrategy"}


def test_dependencies_are_pinned_and_their_lock_names_no_registry() -> None:
    for folder in (EXTENSION, ROOT / "tests" / "formats", ROOT / "tests" / "editors" / "vscode"):
        given = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        wanted = {**given.get("dependencies", {}), **given.get("devDependencies", {})}
        assert wanted
        for name, version in wanted.items():
            assert lock[f"node_modules/{name}"]["version"] == version
        for name, item in lock.items():
            assert "resolved" not in item and (name == "" or "integrity" in item), name
