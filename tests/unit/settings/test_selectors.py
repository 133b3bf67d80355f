"""Selectors: what they mean, and which of several decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormlint.checker.registry import load_rules
from ormlint.checker.selection import RuleTable, matches_glob
from ormlint.diagnostics import Severity
from ormlint.settings import Settings
from ormlint.settings.selectors import SelectorError, parse_selector

RULES = load_rules()
NAMES = {code: rule.name for code, rule in RULES.items()}
DEFAULT = RuleTable(Settings(), RULES).enabled("a.py")


def enabled(path: str = "a.py", **settings: object) -> frozenset[str]:
    return RuleTable(Settings(**settings), RULES).enabled(path)  # type: ignore[arg-type]


def test_stable_rules_run_by_default() -> None:
    assert "ORM201" in DEFAULT and "ORM212" not in DEFAULT
    assert DEFAULT == {code for code, rule in RULES.items() if rule.status.value == "stable"}


def test_selecting() -> None:
    assert enabled(select=("ORM201",)) == {"ORM201"}
    assert enabled(select=("orm201",)) == {"ORM201"}
    assert enabled(select=("unknown-constructor-keyword",)) == {"ORM201"}
    assert enabled(select=("ORM1",)) == {code for code in DEFAULT if code.startswith("ORM1")}
    assert enabled(extend_select=("ORM212",)) == DEFAULT | {"ORM212"}
    assert "ORM212" in enabled(select=("ALL",))
    assert enabled(ignore=("ORM201",)) == DEFAULT - {"ORM201"}


def test_the_more_specific_decides() -> None:
    assert "ORM201" in enabled(extend_select=("ORM201",), ignore=("ORM2",))
    assert "ORM201" not in enabled(select=("ORM2",), ignore=("ORM201",))
    assert "ORM201" not in enabled(select=("ORM201",), ignore=("ORM201",)), "ignore wins a tie"


def test_the_command_line_overrules_the_file() -> None:
    assert "ORM201" in enabled(ignore=("ORM201",), cli_extend_select=("ORM2",))
    assert enabled(select=("ORM1",), cli_select=("ORM201",)) == {"ORM201"}
    assert "ORM201" not in enabled(select=("ORM201",), cli_ignore=("ALL",))


def test_per_file_ignores() -> None:
    ignores = (("tests/*", ("ORM201",)), ("!src/**", ("ORM104",)))
    assert "ORM201" not in enabled("tests/a.py", per_file_ignores=ignores)
    assert "ORM201" in enabled("src/a.py", per_file_ignores=ignores)
    assert "ORM104" in enabled("src/a.py", per_file_ignores=ignores)
    assert "ORM104" not in enabled("lib/a.py", per_file_ignores=ignores)


def test_severity() -> None:
    table = RuleTable(Settings(severity=(("ORM2", "info"), ("ORM201", "warning"))), RULES)
    assert table.severity(RULES["ORM201"], Severity.ERROR) is Severity.WARNING
    assert table.severity(RULES["ORM202"], Severity.ERROR) is Severity.INFO
    assert table.severity(RULES["ORM101"], Severity.ERROR) is Severity.ERROR


@pytest.mark.parametrize("text", ["", "ORM9999", "ORM20x", "nothing-like-it", "E501", "unknown constructor keyword"])
def test_selectors_that_mean_nothing(text: str) -> None:
    with pytest.raises(SelectorError):
        parse_selector(text, NAMES)


@given(st.sets(st.sampled_from(sorted(RULES))), st.sampled_from(sorted(RULES)))
def test_ignoring_a_rule_takes_away_just_that_rule(selected: set[str], ignored: str) -> None:
    before = enabled(select=tuple(sorted(selected)) or ("ALL",))
    after = enabled(select=tuple(sorted(selected)) or ("ALL",), ignore=(ignored,))
    assert before - after <= {ignored} and after <= before and ignored not in after


@pytest.mark.parametrize(
    ("path", "pattern", "matches"),
    [
        ("a/b.py", "b.py", True),
        ("a/b.py", "a", True),
        ("a/b.py", "a/", True),
        ("a/b.py", "*.py", True),
        ("a/b/c.py", "a/*.py", True),
        ("a/b/c.py", "a/b", True),
        ("x/a/b.py", "a/b.py", False),
        ("x/a/b.py", "**/a/b.py", True),
        ("ab.py", "b.py", False),
        ("a/b.py", "./a", True),
    ],
)
def test_globs(path: str, pattern: str, matches: bool) -> None:
    assert matches_glob(path, pattern) is matches
