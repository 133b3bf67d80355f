"""`ormlint rule`: explain a rule, or all of them."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ormlint.checker.documents import explanation
from ormlint.checker.registry import load_rules
from ormlint.cli.common import fail
from ormlint.linting.rule import Rule
from ormlint.reporters.links import rule_url
from ormlint.settings.selectors import SelectorError, parse_selector


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("rule", nargs="?", metavar="CODE|NAME", help="the rule to explain")
    parser.add_argument("--all", action="store_true", help="explain all rules")
    parser.add_argument(
        "--format",
        "--output-format",
        dest="output_format",
        choices=("text", "json"),
        default="text",
        help="how it is shown",
    )


def run(options: argparse.Namespace) -> int:
    """Print the rule's document, up to its tests."""
    rules = load_rules()
    if options.all == bool(options.rule):
        return fail(SelectorError("give a rule's code or name, or --all"))
    if options.all:
        chosen = list(rules.values())
    else:
        try:
            selector = parse_selector(options.rule, {code: rule.name for code, rule in rules.items()})
        except SelectorError as error:
            return fail(error)
        chosen = [rule for code, rule in rules.items() if selector.matches(code, rule.name)]
    if options.output_format == "json":
        items = [_item(rule) for rule in chosen]
        print(json.dumps(items if options.all or len(items) != 1 else items[0], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(explanation(rule) for rule in chosen))
    return 0


def _item(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "status": rule.status.value,
        "since": rule.since,
        "fixes": rule.fixes.value,
        "options": {option.name: option.default for option in rule.options},
        "url": rule_url(rule.name),
        "explanation": explanation(rule),
    }
