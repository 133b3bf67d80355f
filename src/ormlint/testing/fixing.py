"""What is demanded of the fixes of every section, asked for or not."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from ormlint.checker.analysis import analyse
from ormlint.checker.engine import RULE_CRASHED, SYNTAX_ERROR, check_project
from ormlint.checker.fixing import Files, FixResult, fix_project, with_edits
from ormlint.checker.result import Statistics
from ormlint.diagnostics import Applicability, Diagnostic
from ormlint.linting.rule import Fixes, Rule
from ormlint.schema.metadata import build_tables
from ormlint.schema.render import create_statements, dialect_named
from ormlint.settings import Settings
from ormlint.testing.markdown import Section
from ormlint.text import SourceText


def check_fixes(section: Section, files: Files, settings: Settings, rules: Mapping[str, Rule]) -> list[str]:
    """Fix a section's files, and return what is wrong with that.

    Fixes are of rules that declare them, can be made, parse, come to an end and change nothing when run again; safe
    ones leave `CREATE TABLE` as it was; what `py fixed` blocks show is what comes out.
    """
    found = check_project(files, settings).diagnostics
    problems = [
        f"{item.code} has a fix and declares none"
        for item in found
        if item.fix is not None and item.code in rules and rules[item.code].fixes is Fixes.NEVER
    ]
    problems += [
        f"{item.code} declares a fix for every finding and has none: {item.message}"
        for item in found
        if item.fix is None and item.code in rules and rules[item.code].fixes is Fixes.ALWAYS
    ]
    fixable = [item for item in found if item.fix is not None]
    broken = {item.path for item in found if item.code == SYNTAX_ERROR}
    made = with_edits(files, [item for item in fixable if item.path not in broken])
    problems += [f"the fix of {item.code} cannot be made: {item.message}" for item in made if item.fix is None]
    after: dict[bool, FixResult] = {}
    for unsafe in (False, True):
        if fixable and _matters(fixable, unsafe):
            after[unsafe] = fix_project(files, settings, unsafe=unsafe)
            problems += _problems(files, settings, after[unsafe], unsafe)
    for block in section.fixed:
        result = after.get(block.unsafe)
        texts = result.files if result is not None else files
        source = texts.get(block.path)
        text = source.text if isinstance(source, SourceText) else ""
        if text.strip("\n") != block.text.strip("\n"):
            lines = difflib.unified_diff(
                block.text.strip("\n").split("\n"), text.strip("\n").split("\n"), "shown", "made"
            )
            problems.append(f"line {block.line}: the fixed text is another one:\n" + "\n".join(lines))
    return problems


def _matters(fixable: Collection[Diagnostic], unsafe: bool) -> bool:
    return unsafe or any(item.fix is not None and item.fix.applicability is Applicability.SAFE for item in fixable)


def _problems(files: Files, settings: Settings, result: FixResult, unsafe: bool) -> list[str]:
    kind = "all" if unsafe else "the safe"
    problems = [
        f"after {kind} fixes: {item.message}" for item in result.result.diagnostics if item.code == RULE_CRASHED
    ]
    again = fix_project(result.files, settings, unsafe=unsafe)
    if again.applied:
        problems.append(f"{kind} fixes change the text again: {again.applied}")
    if not unsafe and tables(files) != tables(result.files):
        problems.append("the safe fixes change CREATE TABLE")
    return problems


def tables(files: Files) -> list[str]:
    """Return the CREATE TABLE statements of the mapped classes."""
    index = analyse(files, Statistics(), interpret=False).index
    return create_statements(build_tables(index, lambda mapped: True), dialect_named("postgresql"))
