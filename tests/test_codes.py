"""One set of codes everywhere: registry, rules.md, changelog, documents; and the names they were given for good."""

from __future__ import annotations

import re
from pathlib import Path

import tomli

from ormlint.checker.registry import load_rules

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"\bORM\d{3}\b")


def test_rules_md() -> None:
    table = re.findall(r"^\| (ORM\d{3}) \| \[([\w-]+)\]", (ROOT / "rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(table) == {code: rule.name for code, rule in load_rules().items()}


def test_changelog() -> None:
    listed = re.findall(r"([\w-]+)\s+\((ORM\d{3})\)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert {code: name for name, code in listed} == {code: rule.name for code, rule in load_rules().items()}


def test_names_are_those_of_the_catalogue() -> None:
    catalogue = tomli.loads((ROOT / "tests" / "catalogue.toml").read_text(encoding="utf-8"))
    for code, rule in load_rules().items():
        assert catalogue.get(code) == rule.name, f"{code} is {catalogue.get(code)!r} in tests/catalogue.toml"


def test_every_rule_has_its_two_files_and_no_document_is_alone() -> None:
    folder = ROOT / "src" / "ormlint" / "rules"
    modules = {path.with_suffix("") for path in folder.glob("*/*.py") if path.stem != "__init__"}
    assert modules == {path.with_suffix("") for path in folder.glob("*/*.md")}


def test_documents_name_only_codes_that_exist_or_are_reserved() -> None:
    catalogue = tomli.loads((ROOT / "tests" / "catalogue.toml").read_text(encoding="utf-8"))
    allowed = {*catalogue, "ORM999"}
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("src/ormlint/rules/*/*.md")]:
        unknown = set(CODE.findall(path.read_text(encoding="utf-8"))) - allowed
        assert not unknown, f"{path.name}: {unknown}"
