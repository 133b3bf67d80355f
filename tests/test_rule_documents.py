"""Every rule's document is its test; and what is demanded of each rule and its document, unasked."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from ormlint.checker.registry import load_rules
from ormlint.linting.rule import Fixes, Rule
from ormlint.testing.markdown import Document, Section, parse_document
from ormlint.testing.mdtest import check_section, run_block, section_settings
from ormlint.testing.requirements import missing

RULES = load_rules()
MDTEST = Path(__file__).parent / "mdtest"
ORDER = [
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "Fix safety",
    "Options",
    "Known limits",
    "References",
    "Tests",
]


def document_path(rule: Rule) -> Path:
    module = importlib.import_module(rule.module)
    return Path(inspect.getfile(module)).with_suffix(".md")


def document(rule: Rule) -> Document:
    return parse_document(document_path(rule).read_text(encoding="utf-8"), rule.name)


def sections() -> list[object]:
    cases: list[object] = []
    for rule in RULES.values():
        for section in document(rule).sections:
            cases.append(pytest.param(rule.code, section, id=f"{rule.name}::{section.title}"))
    for path in sorted(MDTEST.rglob("*.md")):
        found = parse_document(path.read_text(encoding="utf-8"), None)
        for section in found.sections:
            cases.append(pytest.param(None, section, id=f"{path.stem}::{section.title}"))
    return cases


@pytest.mark.parametrize(("code", "section"), sections())
def test_section(code: str | None, section: Section) -> None:
    if needed := missing(section.requires):
        pytest.skip(f"{needed} is not here")
    problems: list[str] = []
    if section.files:
        # Without a code the document selects its own rules; ORM001 to ORM004 are nobody's by accident.
        settings = section_settings(section, (code,) if code else ("ORM001",))
        problems += check_section(section, settings)
    for block in section.runs:
        problems += run_block(block, f"run block at line {block.line}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "path",
    [*(document_path(rule) for rule in RULES.values()), *sorted(MDTEST.rglob("*.md"))],
    ids=lambda path: path.stem.replace("_", "-"),
)
def test_nothing_in_a_document_is_passed_over(path: Path) -> None:
    mistakes = parse_document(path.read_text(encoding="utf-8"), None).mistakes
    assert not mistakes, "\n".join(f"{path.name}: {mistake}" for mistake in mistakes)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_document_is_complete(rule: Rule) -> None:
    text = document_path(rule).read_text(encoding="utf-8")
    found = document(rule)
    assert found.title == f"{rule.name} ({rule.code})"
    assert found.headings == [heading for heading in ORDER if heading in found.headings], "headings in the set order"
    assert {"What it does", "Why is this bad?", "Tests"} <= set(found.headings)
    assert ("Fix safety" in found.headings) == (rule.fixes is not Fixes.NEVER)
    assert ("Options" in found.headings) == bool(rule.options)
    for option in rule.options:
        assert f"`{option.name}`" in text
        assert any(option.name in body for section in found.sections for body in section.settings), "it is tried"
    assert any(section.title == "Left alone" for section in found.sections), "no clean twins"
    if rule.code in ("ORM002", "ORM005"):
        return  # no document can make a sound rule fail, or has a baseline: test_engine and test_baseline do
    example = next(section for section in found.sections if section.title == "Example")
    assert example.expectations, "no example yet"
    if rule.family != "ormlint":
        assert any(section.runs for section in found.sections), "no claim is run"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_rule_is_well_formed(rule: Rule) -> None:
    assert rule.summary[0].isupper() and not rule.summary.endswith(".")
    assert rule.since.count(".") == 2
    assert rule.family == "ormlint" or rule.hooks, "it hooks on nothing"
